-- The lists of an import: created and frozen once, in the transaction that asks first.

-- name: read_import
SELECT status, channel, options, shards, list_ids, list_names
FROM imports WHERE account_id = $1 AND import_id = $2

-- name: named_lists
SELECT DISTINCT name
FROM chunks CROSS JOIN LATERAL unnest(list_names) AS name
WHERE account_id = $1 AND import_id = $2

-- name: create_lists
-- In key order, so that imports which create the same lists never wait for one another in a ring.
INSERT INTO lists (account_id, name, name_key, created_import)
SELECT $1, name, name_key, $2
FROM unnest($3::text[], $4::text[]) AS wanted (name, name_key)
ORDER BY name_key
ON CONFLICT (account_id, name_key) WHERE deleted_at IS NULL DO NOTHING

-- name: known_lists
SELECT list_id, name_key FROM lists
WHERE account_id = $1 AND name_key = ANY ($2::text[]) AND deleted_at IS NULL

-- name: freeze_lists
UPDATE imports SET list_ids = $3, list_names = $4
WHERE account_id = $1 AND import_id = $2 AND status = 'merging' AND list_ids IS NULL
RETURNING true
