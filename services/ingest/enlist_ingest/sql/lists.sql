-- Lists: read, made, renamed, deleted. One account a transaction.

-- name: lists
-- Every list that was not deleted, or the one $2, with how many contacts are on it, by name from
-- the key $3 on, at most $4.
SELECT l.list_id, l.name, l.name_key, l.created_at, l.created_import, (
  SELECT count(*) FROM memberships m
  WHERE m.account_id = l.account_id AND m.list_id = l.list_id
) AS members
FROM lists l
WHERE l.account_id = $1 AND l.deleted_at IS NULL AND ($2::bigint IS NULL OR l.list_id = $2)
  AND ($3::text IS NULL OR l.name_key > $3)
ORDER BY l.name_key LIMIT $4

-- name: list_names
SELECT list_id, name FROM lists WHERE account_id = $1 AND deleted_at IS NULL ORDER BY name_key

-- name: contact_lists
-- The lists of a contact: a probe of the primary key for each list of the account.
SELECT l.list_id, l.name, m.added_import FROM lists l
JOIN memberships m
  ON m.account_id = l.account_id AND m.list_id = l.list_id AND m.contact_id = $2
WHERE l.account_id = $1 AND l.deleted_at IS NULL
ORDER BY l.name_key

-- name: names_by_contact
-- The names of the lists of each of these contacts, in their order.
SELECT m.contact_id, array_agg(l.name ORDER BY l.name_key) AS names
FROM lists l JOIN memberships m ON m.account_id = $1 AND m.list_id = l.list_id
WHERE l.account_id = $1 AND l.deleted_at IS NULL AND m.contact_id = ANY ($2::bigint[])
GROUP BY m.contact_id

-- name: make_lists
-- In key order, so that those who make the same lists never wait for one another in a ring. Only
-- what is new is returned.
INSERT INTO lists (account_id, name, name_key)
SELECT $1, name, name_key FROM unnest($2::text[], $3::text[]) AS wanted (name, name_key)
ORDER BY name_key
ON CONFLICT (account_id, name_key) WHERE deleted_at IS NULL DO NOTHING
RETURNING list_id, name, created_at

-- name: known_lists
SELECT list_id, name_key FROM lists
WHERE account_id = $1 AND name_key = ANY ($2::text[]) AND deleted_at IS NULL

-- name: rename_list
UPDATE lists SET name = $3, name_key = $4
WHERE account_id = $1 AND list_id = $2 AND deleted_at IS NULL
RETURNING list_id

-- name: delete_list
-- It is gone for everybody; its memberships follow in the background.
UPDATE lists SET deleted_at = now()
WHERE account_id = $1 AND list_id = $2 AND deleted_at IS NULL
RETURNING list_id

-- name: lock_lists
SELECT list_id FROM lists
WHERE account_id = $1 AND list_id = ANY ($2::bigint[]) AND deleted_at IS NULL
ORDER BY list_id
FOR KEY SHARE
