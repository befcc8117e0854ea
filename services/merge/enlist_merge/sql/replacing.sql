-- What the option `list_mode: replace` adds to the transaction of an import's only shard: who is on a
-- list of the option and no record has met leaves it. $1 account, $2 lists.

-- name: hash_everybody
-- Those who were met are hashed, however many: a scan for each member would take for ever.
SELECT set_config('work_mem', '1GB', true)

-- name: leaving
SELECT count(*) AS members,
  count(*) FILTER (WHERE contact_id NOT IN (SELECT contact_id FROM classified)) AS leaving
FROM memberships
WHERE account_id = $1 AND list_id = ANY ($2::bigint[])
GROUP BY list_id

-- name: remove_untouched
-- $3 import, $4 seq. What goes is kept as it was.
WITH gone AS (
  DELETE FROM memberships
  WHERE account_id = $1 AND list_id = ANY ($2::bigint[])
    AND contact_id NOT IN (SELECT contact_id FROM classified)
  RETURNING *
)
INSERT INTO removals (account_id, contact_id, list_id, seq, import_id, added_import, added_seq)
SELECT account_id, contact_id, list_id, $4, $3, added_import, added_seq FROM gone
