-- What the console shows of lists and contacts; one account a transaction, read only.

-- name: lists
-- Every list that was not deleted, with how many contacts are on it.
SELECT l.list_id, l.name, l.created_at, l.created_import, (
  SELECT count(*) FROM memberships m
  WHERE m.account_id = l.account_id AND m.list_id = l.list_id
) AS members
FROM lists l
WHERE l.account_id = $1 AND l.deleted_at IS NULL AND ($2::bigint IS NULL OR l.list_id = $2)
ORDER BY l.name_key

-- name: list_names
SELECT list_id, name FROM lists WHERE account_id = $1 AND deleted_at IS NULL ORDER BY name_key

-- name: members
-- A page of a list, newest contact first. $3 the contact after which it begins, $4 how many.
SELECT c.* FROM memberships m
JOIN contacts c ON c.account_id = m.account_id AND c.contact_id = m.contact_id
WHERE m.account_id = $1 AND m.list_id = $2 AND ($3::bigint IS NULL OR m.contact_id < $3)
ORDER BY m.contact_id DESC LIMIT $4

-- name: contacts
-- A page of all contacts, newest first. $2 the contact after which it begins, $3 how many.
SELECT * FROM contacts
WHERE account_id = $1 AND ($2::bigint IS NULL OR contact_id < $2)
ORDER BY contact_id DESC LIMIT $3

-- name: by_number
-- Contacts whose number begins with one of $2. A range instead of LIKE, which loses the index under
-- row security.
SELECT DISTINCT ON (c.phone_number, c.contact_id) c.* FROM unnest($2::text[]) AS prefix
JOIN LATERAL (
  SELECT * FROM contacts
  WHERE account_id = $1 AND phone_number >= prefix AND phone_number < prefix || ':'
  ORDER BY phone_number LIMIT $3
) AS c ON true
ORDER BY c.phone_number, c.contact_id LIMIT $3

-- name: contact
SELECT * FROM contacts WHERE account_id = $1 AND contact_id = $2

-- name: contact_lists
-- The lists of a contact: a probe of the primary key for each list of the account.
SELECT l.list_id, l.name, m.added_import FROM lists l
JOIN memberships m
  ON m.account_id = l.account_id AND m.list_id = l.list_id AND m.contact_id = $2
WHERE l.account_id = $1 AND l.deleted_at IS NULL
ORDER BY l.name_key

-- name: consents
-- Where the person stands, for each of the contact's numbers and each channel.
SELECT number, channel, state, source, effective_at FROM consents
WHERE account_id = $1 AND number = ANY ($2::text[])
ORDER BY number, channel

-- name: touches
-- What imports did to a contact, newest first: it was created, fields changed, it joined lists.
SELECT t.import_id, t.seq, t.what, t.fields, i.file_name, i.completed_at, i.requested_by
FROM (
  SELECT created_import AS import_id, created_seq AS seq, 'created' AS what, 0 AS fields
  FROM contacts WHERE account_id = $1 AND contact_id = $2
  UNION ALL
  SELECT import_id, seq, 'updated', fields
  FROM changes WHERE account_id = $1 AND contact_id = $2
) t
LEFT JOIN imports i ON i.account_id = $1 AND i.import_id = t.import_id
ORDER BY t.seq DESC LIMIT 100
