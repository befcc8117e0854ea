-- An account's own words, and what becomes of who texts one that joins a list.

-- name: account
SELECT true FROM accounts WHERE account_id = $1

-- name: add_keyword
-- No row where the word stands for this number already.
INSERT INTO keywords (account_id, number, keyword, word_key, effect, list_id)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, word_key, number) DO NOTHING
RETURNING *

-- name: keywords
SELECT * FROM keywords WHERE account_id = $1 ORDER BY word_key, number NULLS FIRST

-- name: remove_keyword
DELETE FROM keywords WHERE account_id = $1 AND keyword_id = $2 RETURNING keyword_id

-- name: words
-- The account's words with these keys at the number that was texted, those of all numbers among
-- them. Of one word the last decides: one that opts out, else that of the number itself.
SELECT word_key, effect, list_id FROM keywords
WHERE account_id = $1 AND word_key = ANY ($2::text[]) AND (number IS NULL OR number = $3)
ORDER BY effect = 'stop', number NULLS FIRST

-- name: add_list
INSERT INTO lists (account_id, name, name_key) VALUES ($1, $2, $3)
ON CONFLICT (account_id, name_key) WHERE deleted_at IS NULL DO NOTHING

-- name: list_named
SELECT list_id FROM lists WHERE account_id = $1 AND name_key = $2 AND deleted_at IS NULL

-- name: lock_list
SELECT list_id FROM lists WHERE account_id = $1 AND list_id = $2 AND deleted_at IS NULL
FOR KEY SHARE

-- name: contacts_of_number
-- Whom a number without names means: the contact without names (M1), else each of the others (M4).
SELECT contact_id, channels FROM (
  SELECT contact_id, channels, first_key || last_key = '' AS nameless,
    bool_or(first_key || last_key = '') OVER () AS any_nameless
  FROM contacts WHERE account_id = $1 AND phone_number = $2
) AS met
WHERE nameless = any_nameless
ORDER BY contact_id

-- name: create_contact
INSERT INTO contacts (account_id, contact_id, phone_number, channels, created_seq, changed_seq)
VALUES ($1, nextval('contact_ids'), $2, 1, $3, $3)
RETURNING contact_id

-- name: add_channel
-- Who texts can be reached by phone. The channels that they had go into a change entry.
WITH written AS (
  UPDATE contacts SET channels = channels | 1::smallint, changed_seq = $3, updated_at = now()
  WHERE account_id = $1 AND contact_id = ANY ($2::bigint[]) AND channels & 1 = 0
  RETURNING contact_id, old.channels
)
INSERT INTO changes (account_id, contact_id, seq, fields, channels)
SELECT $1, contact_id, $3, 32768, channels FROM written

-- name: join_list
INSERT INTO memberships (account_id, list_id, contact_id, added_seq)
SELECT $1, $2, contact_id, $4 FROM unnest($3::bigint[]) AS joining (contact_id)
ON CONFLICT DO NOTHING
