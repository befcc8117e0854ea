-- What metrics say of the ledger. Runs as enlist_system, every few seconds.

-- name: units
-- Only those of unfinished imports, found by imports_unfinished. A unit waits while it is open.
SELECT u.kind, u.state, count(*) AS units,
  extract(epoch FROM now() - min(u.created_at))::float8 AS oldest
FROM imports i
JOIN units u ON u.account_id = i.account_id AND u.import_id = i.import_id
WHERE i.status IN ('accepted', 'splitting', 'normalizing', 'forecasting', 'merging', 'undoing')
GROUP BY u.kind, u.state

-- name: outbox
-- Two halves, as each has its own partial index.
SELECT topic, count(*) AS events,
  extract(epoch FROM now() - min(created_at))::float8 AS oldest
FROM (
  SELECT topic, created_at FROM outbox WHERE published_at IS NULL AND held_until IS NULL
  UNION ALL
  SELECT topic, created_at FROM outbox WHERE published_at IS NULL AND held_until IS NOT NULL
) AS unpublished
GROUP BY topic
