-- Contacts, read: for the API, the console and the exports. One account a transaction.

-- name: plan_by_index
-- A page is walked in the order of its index, whatever the statistics say: who sorts reads all that
-- begins with a letter before showing the first. And for these values: a plan for any values tests
-- every condition on every contact, and takes ten times as long (measured).
SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),
  set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true),
  set_config('plan_cache_mode', 'force_custom_plan', true)

-- name: walk_newest
-- A walk is a stretch of an index in its order: $1 account, $2 where it ends, $3 the place after which
-- it begins, $4 how many contacts it looks at. `place` is where the next one would begin. A walk has no
-- other lower bound: of two, a B-tree begins at the one that is a row, wherever that is (measured).
-- Ranges instead of LIKE, which loses the index under row security.
SELECT c.*, ARRAY[contact_id::text] AS place
FROM contacts c
WHERE account_id = $1 AND contact_id > ($2::text[])[1]::bigint
  AND contact_id < ($3::text[])[1]::bigint
ORDER BY contact_id DESC LIMIT $4

-- name: walk_members
SELECT c.*, ARRAY[c.contact_id::text] AS place
FROM (
  SELECT contact_id FROM memberships
  WHERE account_id = $1 AND list_id = ($2::text[])[1]::bigint
    AND contact_id < ($3::text[])[1]::bigint
  ORDER BY contact_id DESC LIMIT $4
) m CROSS JOIN LATERAL (
  SELECT * FROM contacts WHERE account_id = $1 AND contact_id = m.contact_id
  OFFSET 0  -- one index probe a member, whatever the planner believes
) c
ORDER BY m.contact_id DESC

-- name: walk_by_number
SELECT c.*, ARRAY[phone_number, first_key, last_key, contact_id::text] AS place
FROM contacts c
WHERE account_id = $1 AND phone_number <= ($2::text[])[1]
  AND (phone_number, first_key, last_key, contact_id)
    > (($3::text[])[1], ($3::text[])[2], ($3::text[])[3], ($3::text[])[4]::bigint)
ORDER BY phone_number, first_key, last_key LIMIT $4

-- name: walk_by_email
SELECT c.*, ARRAY[email_key, contact_id::text] AS place
FROM contacts c
WHERE account_id = $1 AND email_key IS NOT NULL AND email_key <= ($2::text[])[1]
  AND (email_key, contact_id) > (($3::text[])[1], ($3::text[])[2]::bigint)
ORDER BY email_key, contact_id LIMIT $4

-- name: walk_by_first_name
SELECT c.*, ARRAY[first_key, last_key, contact_id::text] AS place
FROM contacts c
WHERE account_id = $1 AND first_key <> ''
  AND first_key <= ($2::text[])[1] AND last_key <= ($2::text[])[2]
  AND (first_key, last_key, contact_id)
    > (($3::text[])[1], ($3::text[])[2], ($3::text[])[3]::bigint)
ORDER BY first_key, last_key, contact_id LIMIT $4

-- name: walk_by_last_name
SELECT c.*, ARRAY[last_key, contact_id::text] AS place
FROM contacts c
WHERE account_id = $1 AND last_key <> '' AND last_key <= ($2::text[])[1]
  AND (last_key, contact_id) > (($3::text[])[1], ($3::text[])[2]::bigint)
ORDER BY last_key, contact_id LIMIT $4

-- name: conditions
-- What a contact that was looked at must meet; a condition that is null is none. $5 how many are
-- wanted, $6 beginnings of its number, $7 of its names, $8 of its e-mail, $9 its list, $10 its
-- channel as a bit, $11 the consent of its effective number on the channel $12, $13 custom fields,
-- $14 whether those are left out whom the walk by first name finds.
WHERE ($6::text[] IS NULL
    OR EXISTS (SELECT FROM unnest($6) AS beginning WHERE starts_with(phone_number, beginning)))
  AND ($7::text IS NULL OR starts_with(first_key || ' ' || last_key, $7)
    OR starts_with(last_key, $7))
  AND ($8::text IS NULL OR starts_with(email_key, $8))
  AND ($9::bigint IS NULL OR EXISTS (
    SELECT FROM memberships m
    WHERE m.account_id = $1 AND m.list_id = $9 AND m.contact_id = walked.contact_id
    OFFSET 0))  -- a probe for each; else the planner may hash all members of the list
  AND ($10::int IS NULL OR channels & $10 <> 0)
  AND ($11::text IS NULL OR $11 = coalesce((
    SELECT o.state FROM consents o
    WHERE o.account_id = $1 AND o.channel = $12::text AND o.number = CASE
      WHEN $12 = 'phone' OR whatsapp_number IS NULL THEN phone_number ELSE whatsapp_number END
  ), 'unknown'))
  AND custom @> $13::jsonb
  AND NOT ($14::boolean AND starts_with(first_key || ' ' || last_key, $7))
LIMIT $5

-- name: contact
SELECT * FROM contacts WHERE account_id = $1 AND contact_id = $2

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
