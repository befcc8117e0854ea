-- What the relay asks of the outbox. Runs as enlist_system; one relay at a time.
--
-- An event that could not be published holds up its own import and no other: it gets a time to
-- try again, and the import's events behind it wait without one ('infinity') until it is out. What
-- is about no import holds up its account's events of that kind: import or account is the queue.

-- name: unpublished
-- At most $1 events that nobody holds, in order. `behind`: an earlier one of its queue is held.
SELECT o.id, o.import_id, coalesce(o.import_id, o.account_id) AS queue, o.event_id, o.topic, o.key,
  o.data, o.created_at, EXISTS (
    SELECT FROM outbox h
    WHERE coalesce(h.import_id, h.account_id) = coalesce(o.import_id, o.account_id)
      AND h.published_at IS NULL AND h.held_until IS NOT NULL
  ) AS behind
FROM outbox o
WHERE o.published_at IS NULL AND o.held_until IS NULL
ORDER BY o.id
LIMIT $1

-- name: due
-- At most $1 held events whose time has come: one a queue, as those behind have no time.
SELECT id, import_id, coalesce(import_id, account_id) AS queue, event_id, topic, key, data,
  created_at
FROM outbox
WHERE published_at IS NULL AND held_until <= now()
ORDER BY held_until
LIMIT $1

-- name: hold
-- Hold $1; those in $2 are tried again after as long as they have waited, 1 to 60 seconds.
UPDATE outbox SET held_until = CASE WHEN id = ANY($2::bigint[])
  THEN now() + least(interval '60 s', greatest(interval '1 s', now() - created_at))
  ELSE 'infinity' END
WHERE id = ANY($1::bigint[])

-- name: published
UPDATE outbox SET published_at = now(), held_until = NULL WHERE id = ANY($1::bigint[])

-- name: let_go
-- What was behind an event that is out now.
UPDATE outbox SET held_until = NULL
WHERE coalesce(import_id, account_id) = ANY($1::uuid[])
  AND published_at IS NULL AND held_until IS NOT NULL
