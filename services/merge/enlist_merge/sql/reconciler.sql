-- What nobody works on: said again until the import ends. Runs as enlist_system.

-- name: overdue
-- A unit is due at once when its lease ran out or its time to retry has come, otherwise when its
-- import has made no progress for $1. Each time it was said again, the wait doubles, to 10 minutes.
WITH unfinished AS (
  SELECT u.account_id, u.import_id, u.kind, u.number, i.status, i.lane, i.manifest_key,
    u.emitted_at + least(interval '10 min', $1::interval * power(2, least(u.emissions, 20)))
      AS quiet_until,
    coalesce(CASE u.state WHEN 'claimed' THEN u.lease_until WHEN 'open' THEN u.retry_at END,
      'infinity') AS due_at,
    u.state, u.emitted_at, i.moved_at
  FROM imports i
  JOIN units u ON u.account_id = i.account_id AND u.import_id = i.import_id
  WHERE (i.status IN ('accepted', 'splitting') AND u.kind = 'split' AND u.state <> 'finished')
    OR (i.status = 'normalizing' AND u.kind = 'chunk' AND NOT EXISTS (
      SELECT FROM chunks c
      WHERE c.account_id = u.account_id AND c.import_id = u.import_id AND c.chunk = u.number
        AND c.recorded))
    OR (i.status = 'merging' AND u.kind = 'shard' AND NOT EXISTS (
      SELECT FROM shards s
      WHERE s.account_id = u.account_id AND s.import_id = u.import_id AND s.shard = u.number
        AND (s.merged OR s.given_up)))
)
SELECT account_id, import_id, kind, number, status, lane, manifest_key
FROM unfinished
WHERE due_at <= now() AND (emitted_at < due_at OR quiet_until <= now())
  OR (state <> 'claimed' AND due_at = 'infinity' OR state = 'finished' OR state = 'given_up')
    AND moved_at + $1::interval <= now() AND quiet_until <= now()
ORDER BY moved_at
LIMIT 1000

-- name: abandoned
-- Uploads that stopped without anybody saying so: their process died.
SELECT account_id, import_id
FROM imports
WHERE status = 'receiving' AND moved_at <= now() - $1::interval
ORDER BY moved_at
LIMIT 1000

-- name: said_again
UPDATE units SET emitted_at = now(), emissions = emissions + 1
WHERE (account_id, import_id, kind, number) IN (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[])
)
