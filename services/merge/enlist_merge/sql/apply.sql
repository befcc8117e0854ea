-- The writes of a shard, made from `classified` alone, in the order of every writer:
-- contacts with their change entries, then memberships.
-- $1 account, $2 import, $3 the channel as a bit, $4 seq.

-- name: create_contacts
INSERT INTO contacts (
  account_id, contact_id, phone_number, first_key, last_key, title, first_name, last_name,
  whatsapp_number, country_code, email, date_of_birth, address_line1, address_line2, city,
  state_or_county, postcode, company_name, alternate_phone_number, custom, channels,
  created_import, created_seq, changed_seq
)
SELECT
  $1, k.contact_id, s.phone_number, s.first_key, s.last_key, s.title, s.first_name, s.last_name,
  s.whatsapp_number, s.country_code, s.email, s.date_of_birth, s.address_line1, s.address_line2,
  s.city, s.state_or_county, s.postcode, s.company_name, s.alternate_phone_number,
  coalesce(s.custom, '{}'), $3, $2, $4, $4
FROM classified k JOIN staged s ON s.record = k.record
WHERE k.rule = 'create'

-- name: merge_contacts
-- A blank never erases. The fields that differed, and no others, go into a change entry as they
-- were.
WITH written AS (
  UPDATE contacts c SET
    first_key = coalesce(nullif(s.first_key, ''), c.first_key),
    last_key = coalesce(nullif(s.last_key, ''), c.last_key),
    title = coalesce(s.title, c.title),
    first_name = coalesce(s.first_name, c.first_name),
    last_name = coalesce(s.last_name, c.last_name),
    whatsapp_number = coalesce(s.whatsapp_number, c.whatsapp_number),
    country_code = coalesce(s.country_code, c.country_code),
    email = coalesce(s.email, c.email),
    date_of_birth = coalesce(s.date_of_birth, c.date_of_birth),
    address_line1 = coalesce(s.address_line1, c.address_line1),
    address_line2 = coalesce(s.address_line2, c.address_line2),
    city = coalesce(s.city, c.city),
    state_or_county = coalesce(s.state_or_county, c.state_or_county),
    postcode = coalesce(s.postcode, c.postcode),
    company_name = coalesce(s.company_name, c.company_name),
    alternate_phone_number = coalesce(s.alternate_phone_number, c.alternate_phone_number),
    custom = c.custom || coalesce(s.custom, '{}'),
    channels = c.channels | $3::smallint,
    changed_seq = $4,
    updated_at = now()
  FROM classified k JOIN staged s ON s.record = k.record
  WHERE c.account_id = $1 AND c.contact_id = k.contact_id AND k.rule = 'merge' AND k.fields <> 0
  RETURNING k.record, k.fields, old.*
)
INSERT INTO changes
SELECT
  $1, contact_id, $4, $2, record, fields,
  CASE WHEN fields & 65536 <> 0 THEN first_key END,
  CASE WHEN fields & 65536 <> 0 THEN last_key END,
  CASE WHEN fields & 1 <> 0 THEN title END,
  CASE WHEN fields & 2 <> 0 THEN first_name END,
  CASE WHEN fields & 4 <> 0 THEN last_name END,
  CASE WHEN fields & 8 <> 0 THEN whatsapp_number END,
  CASE WHEN fields & 16 <> 0 THEN country_code END,
  CASE WHEN fields & 32 <> 0 THEN email END,
  CASE WHEN fields & 64 <> 0 THEN date_of_birth END,
  CASE WHEN fields & 128 <> 0 THEN address_line1 END,
  CASE WHEN fields & 256 <> 0 THEN address_line2 END,
  CASE WHEN fields & 512 <> 0 THEN city END,
  CASE WHEN fields & 1024 <> 0 THEN state_or_county END,
  CASE WHEN fields & 2048 <> 0 THEN postcode END,
  CASE WHEN fields & 4096 <> 0 THEN company_name END,
  CASE WHEN fields & 8192 <> 0 THEN alternate_phone_number END,
  CASE WHEN fields & 16384 <> 0 THEN custom END,
  CASE WHEN fields & 32768 <> 0 THEN channels END
FROM written

-- name: add_channels
-- Where M4 met several contacts, each gets the channel and nothing else.
WITH reached AS (
  SELECT contact_id, min(record) AS record FROM classified
  WHERE rule = 'several' AND fields <> 0
  GROUP BY contact_id
), written AS (
  UPDATE contacts c SET channels = c.channels | $3::smallint, changed_seq = $4, updated_at = now()
  FROM reached k
  WHERE c.account_id = $1 AND c.contact_id = k.contact_id
  RETURNING k.record, c.contact_id, old.channels
)
INSERT INTO changes (account_id, contact_id, seq, import_id, record, fields, channels)
SELECT $1, contact_id, $4, $2, record, 32768, channels FROM written

-- name: join_list
-- The common case: one list of the option, none in the records. Whoever joins is not on it.
INSERT INTO memberships (account_id, list_id, contact_id, added_import, added_seq)
SELECT $1, $4, contact_id, $2, $3 FROM classified WHERE joins

-- name: join_lists
INSERT INTO memberships (account_id, list_id, contact_id, added_import, added_seq)
SELECT $1, wanted.list_id, k.contact_id, $2, $3
FROM classified k
JOIN staged s ON s.record = k.record
CROSS JOIN LATERAL unnest($4::bigint[] || s.lists) AS wanted (list_id)
WHERE k.joins AND wanted.list_id = ANY ($5::bigint[])
ON CONFLICT DO NOTHING
