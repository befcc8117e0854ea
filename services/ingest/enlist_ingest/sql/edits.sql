-- What people change by hand, in the order of every writer: slots, lists, contacts with their change
-- entries, memberships. One account a transaction.

-- name: lock_slots
SELECT lock_slots($1, $2)

-- name: draw_seq
-- After the locks, so that the order of the numbers is the order of the writes, slot by slot.
SELECT nextval('merge_order')

-- name: known_contacts
SELECT * FROM contacts WHERE account_id = $1 AND phone_number = $2 ORDER BY contact_id

-- name: create_contact
-- $2 what it holds, by column; $3 seq.
INSERT INTO contacts (
  account_id, contact_id, phone_number, first_key, last_key, title, first_name, last_name,
  whatsapp_number, country_code, email, date_of_birth, address_line1, address_line2, city,
  state_or_county, postcode, company_name, alternate_phone_number, custom, channels,
  created_seq, changed_seq
)
SELECT
  $1, nextval('contact_ids'), s.phone_number, s.first_key, s.last_key, s.title, s.first_name,
  s.last_name, s.whatsapp_number, s.country_code, s.email, s.date_of_birth, s.address_line1,
  s.address_line2, s.city, s.state_or_county, s.postcode, s.company_name,
  s.alternate_phone_number, s.custom, s.channels, $3, $3
FROM jsonb_populate_record(NULL::contacts, $2) s
RETURNING contact_id

-- name: change_contact
-- $2 the contact, $3 what changes, by column, $4 seq, $5 the bits of what changes: that, and nothing
-- else, goes into a change entry as it was.
WITH written AS (
  UPDATE contacts c SET (
    first_key, last_key, title, first_name, last_name, whatsapp_number, country_code, email,
    date_of_birth, address_line1, address_line2, city, state_or_county, postcode, company_name,
    alternate_phone_number, custom, channels, changed_seq, updated_at
  ) = (
    SELECT
      s.first_key, s.last_key, s.title, s.first_name, s.last_name, s.whatsapp_number,
      s.country_code, s.email, s.date_of_birth, s.address_line1, s.address_line2, s.city,
      s.state_or_county, s.postcode, s.company_name, s.alternate_phone_number, s.custom,
      s.channels, $4::bigint, now()
    FROM jsonb_populate_record(c, $3) s
  )
  WHERE c.account_id = $1 AND c.contact_id = $2
  RETURNING old.*
)
INSERT INTO changes
SELECT
  $1, contact_id, $4, NULL, NULL, $5,
  CASE WHEN $5 & 65536 <> 0 THEN first_key END,
  CASE WHEN $5 & 65536 <> 0 THEN last_key END,
  CASE WHEN $5 & 1 <> 0 THEN title END,
  CASE WHEN $5 & 2 <> 0 THEN first_name END,
  CASE WHEN $5 & 4 <> 0 THEN last_name END,
  CASE WHEN $5 & 8 <> 0 THEN whatsapp_number END,
  CASE WHEN $5 & 16 <> 0 THEN country_code END,
  CASE WHEN $5 & 32 <> 0 THEN email END,
  CASE WHEN $5 & 64 <> 0 THEN date_of_birth END,
  CASE WHEN $5 & 128 <> 0 THEN address_line1 END,
  CASE WHEN $5 & 256 <> 0 THEN address_line2 END,
  CASE WHEN $5 & 512 <> 0 THEN city END,
  CASE WHEN $5 & 1024 <> 0 THEN state_or_county END,
  CASE WHEN $5 & 2048 <> 0 THEN postcode END,
  CASE WHEN $5 & 4096 <> 0 THEN company_name END,
  CASE WHEN $5 & 8192 <> 0 THEN alternate_phone_number END,
  CASE WHEN $5 & 16384 <> 0 THEN custom END,
  CASE WHEN $5 & 32768 <> 0 THEN channels END
FROM written

-- name: join_lists
-- Who exists joins the lists that do; $3 contacts, $4 seq. How many memberships are new.
WITH joined AS (
  INSERT INTO memberships (account_id, list_id, contact_id, added_seq)
  SELECT $1, wanted.list_id, c.contact_id, $4
  FROM unnest($2::bigint[]) AS wanted (list_id)
  CROSS JOIN contacts c
  WHERE c.account_id = $1 AND c.contact_id = ANY ($3::bigint[])
  ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*) FROM joined

-- name: leave_list
-- The memberships $3 of the list $2 go, and are kept as they were under seq $4.
WITH gone AS (
  DELETE FROM memberships
  WHERE account_id = $1 AND list_id = $2 AND contact_id = ANY ($3::bigint[])
  RETURNING *
), kept AS (
  INSERT INTO removals (account_id, contact_id, list_id, seq, added_import, added_seq)
  SELECT account_id, contact_id, list_id, $4, added_import, added_seq FROM gone
  RETURNING 1
)
SELECT count(*) FROM kept

-- name: suppressed
-- Whether a contact's number is opted out on the channel $3.
SELECT EXISTS (
  SELECT FROM contacts c JOIN consents o ON o.account_id = $1 AND o.channel = $3
    AND o.number = CASE
      WHEN $3 = 'phone' OR c.whatsapp_number IS NULL THEN c.phone_number
      ELSE c.whatsapp_number END
  WHERE c.account_id = $1 AND c.contact_id = ANY ($2::bigint[]) AND o.state = 'opted_out')

-- name: forget_changes
-- Of contacts that are deleted nothing is kept but that something changed, and when.
UPDATE changes SET
  first_key = NULL, last_key = NULL, title = NULL, first_name = NULL, last_name = NULL,
  whatsapp_number = NULL, country_code = NULL, email = NULL, date_of_birth = NULL,
  address_line1 = NULL, address_line2 = NULL, city = NULL, state_or_county = NULL,
  postcode = NULL, company_name = NULL, alternate_phone_number = NULL, custom = NULL,
  channels = NULL
WHERE account_id = $1 AND contact_id = ANY ($2::bigint[])

-- name: leave_all_lists
DELETE FROM memberships m USING lists l
WHERE l.account_id = $1 AND m.account_id = $1 AND m.list_id = l.list_id
  AND m.contact_id = ANY ($2::bigint[])

-- name: delete_contacts
-- $3 seq, $4 who. Consent belongs to the number, and stays.
WITH gone AS (
  DELETE FROM contacts WHERE account_id = $1 AND contact_id = ANY ($2::bigint[])
  RETURNING contact_id, created_import
), kept AS (
  INSERT INTO deletions (account_id, contact_id, created_import, seq, deleted_by)
  SELECT $1, contact_id, created_import, $3, $4 FROM gone
  RETURNING 1
)
SELECT count(*) FROM kept
