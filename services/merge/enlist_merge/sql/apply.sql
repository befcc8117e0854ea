-- The writes of a shard, made from `classified` alone, in the order of every writer:
-- contacts, memberships, change entries. $1 account, $2 import, $3 the channel as a bit, $4 seq.

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

-- name: keep_before_images
-- The fields that will differ, and no others, as they are now; read before they are written.
INSERT INTO changes
SELECT
  $1, k.contact_id, $3, $2, k.record, k.fields,
  CASE WHEN k.fields & 65536 <> 0 THEN c.first_key END,
  CASE WHEN k.fields & 65536 <> 0 THEN c.last_key END,
  CASE WHEN k.fields & 1 <> 0 THEN c.title END,
  CASE WHEN k.fields & 2 <> 0 THEN c.first_name END,
  CASE WHEN k.fields & 4 <> 0 THEN c.last_name END,
  CASE WHEN k.fields & 8 <> 0 THEN c.whatsapp_number END,
  CASE WHEN k.fields & 16 <> 0 THEN c.country_code END,
  CASE WHEN k.fields & 32 <> 0 THEN c.email END,
  CASE WHEN k.fields & 64 <> 0 THEN c.date_of_birth END,
  CASE WHEN k.fields & 128 <> 0 THEN c.address_line1 END,
  CASE WHEN k.fields & 256 <> 0 THEN c.address_line2 END,
  CASE WHEN k.fields & 512 <> 0 THEN c.city END,
  CASE WHEN k.fields & 1024 <> 0 THEN c.state_or_county END,
  CASE WHEN k.fields & 2048 <> 0 THEN c.postcode END,
  CASE WHEN k.fields & 4096 <> 0 THEN c.company_name END,
  CASE WHEN k.fields & 8192 <> 0 THEN c.alternate_phone_number END,
  CASE WHEN k.fields & 16384 <> 0 THEN c.custom END,
  CASE WHEN k.fields & 32768 <> 0 THEN c.channels END
FROM classified k
CROSS JOIN LATERAL (
  SELECT * FROM contacts WHERE account_id = $1 AND contact_id = k.contact_id LIMIT 1
) AS c
WHERE k.fields <> 0

-- name: merge_contacts
-- A blank never erases. An upsert on the primary key of rows that exist: unlike UPDATE … FROM it
-- leaves the planner no choice of how to find them.
INSERT INTO contacts AS c (
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
WHERE k.rule = 'merge' AND k.fields <> 0
ON CONFLICT (account_id, contact_id) DO UPDATE SET
  first_key = coalesce(nullif(excluded.first_key, ''), c.first_key),
  last_key = coalesce(nullif(excluded.last_key, ''), c.last_key),
  title = coalesce(excluded.title, c.title),
  first_name = coalesce(excluded.first_name, c.first_name),
  last_name = coalesce(excluded.last_name, c.last_name),
  whatsapp_number = coalesce(excluded.whatsapp_number, c.whatsapp_number),
  country_code = coalesce(excluded.country_code, c.country_code),
  email = coalesce(excluded.email, c.email),
  date_of_birth = coalesce(excluded.date_of_birth, c.date_of_birth),
  address_line1 = coalesce(excluded.address_line1, c.address_line1),
  address_line2 = coalesce(excluded.address_line2, c.address_line2),
  city = coalesce(excluded.city, c.city),
  state_or_county = coalesce(excluded.state_or_county, c.state_or_county),
  postcode = coalesce(excluded.postcode, c.postcode),
  company_name = coalesce(excluded.company_name, c.company_name),
  alternate_phone_number = coalesce(excluded.alternate_phone_number, c.alternate_phone_number),
  custom = c.custom || excluded.custom,
  channels = c.channels | excluded.channels,
  changed_seq = excluded.changed_seq,
  updated_at = now()

-- name: add_channels
-- Where M4 met several contacts, each gets the channel and nothing else.
UPDATE contacts c SET channels = c.channels | $2::smallint, changed_seq = $3, updated_at = now()
WHERE c.account_id = $1 AND c.contact_id = ANY (
  SELECT k.contact_id FROM classified k WHERE k.rule = 'several' AND k.fields <> 0
)

-- name: join_lists
INSERT INTO memberships (account_id, list_id, contact_id, added_import, added_seq)
SELECT $1, wanted.list_id, k.contact_id, $2, $3
FROM classified k
JOIN staged s ON s.record = k.record
CROSS JOIN LATERAL unnest($4::bigint[] || s.lists) AS wanted (list_id)
WHERE k.joins AND wanted.list_id = ANY ($5::bigint[])
ON CONFLICT DO NOTHING
