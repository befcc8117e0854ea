-- Rules M1 to M5: what becomes of each folded row, decided in one statement before any write.
-- $1 account, $2 the import's channel as a bit, $3 its name, $4 lists of the option, $5 all lists
-- that still exist, $6 duplicates. Runs under the slot locks, so what it reads stays as it is.
-- Stored rows are met through LATERAL … LIMIT alone: that is one index probe a row, whatever the
-- planner believes about tables without statistics.

-- name: classify
WITH matched AS MATERIALIZED (
  SELECT s.record, s.phone_number, s.first_key || s.last_key = '' AS nameless,
    exact.contact_id AS exact_id, other.contact_id AS other_id, other.candidates
  FROM staged s
  LEFT JOIN LATERAL (
    SELECT c.contact_id
    FROM contacts c
    WHERE c.account_id = $1 AND c.phone_number = s.phone_number
      AND c.first_key = s.first_key AND c.last_key = s.last_key
    LIMIT 1
  ) AS exact ON true
  LEFT JOIN LATERAL (  -- contacts of that number with other keys, where they could be the target
    SELECT min(c.contact_id) AS contact_id, count(*) AS candidates
    FROM contacts c
    WHERE exact.contact_id IS NULL AND c.account_id = $1 AND c.phone_number = s.phone_number
      AND (s.first_key || s.last_key = '' OR $6 = 'merge_by_number'
        OR c.first_key || c.last_key = '')
  ) AS other ON true
),
contested AS (  -- M3: named records that meet a contact without names; the lowest takes it
  SELECT record, other_id, row_number() OVER (PARTITION BY phone_number ORDER BY record) AS place
  FROM matched
  WHERE exact_id IS NULL AND candidates > 0 AND NOT nameless AND $6 <> 'merge_by_number'
),
by_number AS (  -- M4: records that go to whatever contact has their number
  SELECT record, phone_number, other_id, candidates
  FROM matched
  WHERE exact_id IS NULL AND candidates > 0 AND (nameless OR $6 = 'merge_by_number')
),
known AS (
  SELECT record, exact_id AS contact_id, 'merge' AS rule FROM matched WHERE exact_id IS NOT NULL
  UNION ALL
  SELECT record, other_id, 'merge' FROM contested WHERE place = 1
  UNION ALL
  SELECT record, other_id, 'merge' FROM by_number WHERE candidates = 1
  UNION ALL
  SELECT n.record, c.contact_id, 'several'
  FROM by_number n
  CROSS JOIN LATERAL (
    SELECT contact_id FROM contacts
    WHERE account_id = $1 AND phone_number = n.phone_number
    LIMIT n.candidates
  ) AS c
  WHERE n.candidates > 1
),
created AS (  -- M2 and M5
  SELECT record FROM matched WHERE exact_id IS NULL AND candidates = 0
  UNION ALL
  SELECT record FROM contested WHERE place > 1
)
INSERT INTO classified (record, contact_id, rule, fields, joins, suppressed)
SELECT
  k.record,
  k.contact_id,
  CASE $6 WHEN 'skip' THEN 'skip' ELSE k.rule END,
  CASE WHEN $6 <> 'skip' AND (c.channels | $2::smallint) <> c.channels THEN 32768 ELSE 0 END
  | CASE WHEN $6 <> 'skip' AND k.rule = 'merge' THEN
    (coalesce(s.title <> c.title, s.title IS NOT NULL))::int * 1
    | (coalesce(s.first_name <> c.first_name, s.first_name IS NOT NULL))::int * 2
    | (coalesce(s.last_name <> c.last_name, s.last_name IS NOT NULL))::int * 4
    | (coalesce(s.whatsapp_number <> c.whatsapp_number, s.whatsapp_number IS NOT NULL))::int * 8
    | (coalesce(s.country_code <> c.country_code, s.country_code IS NOT NULL))::int * 16
    | (coalesce(s.email <> c.email, s.email IS NOT NULL))::int * 32
    | (coalesce(s.date_of_birth <> c.date_of_birth, s.date_of_birth IS NOT NULL))::int * 64
    | (coalesce(s.address_line1 <> c.address_line1, s.address_line1 IS NOT NULL))::int * 128
    | (coalesce(s.address_line2 <> c.address_line2, s.address_line2 IS NOT NULL))::int * 256
    | (coalesce(s.city <> c.city, s.city IS NOT NULL))::int * 512
    | (coalesce(s.state_or_county <> c.state_or_county, s.state_or_county IS NOT NULL))::int * 1024
    | (coalesce(s.postcode <> c.postcode, s.postcode IS NOT NULL))::int * 2048
    | (coalesce(s.company_name <> c.company_name, s.company_name IS NOT NULL))::int * 4096
    | (coalesce(s.alternate_phone_number <> c.alternate_phone_number,
        s.alternate_phone_number IS NOT NULL))::int * 8192
    | (NOT coalesce(c.custom @> s.custom, true))::int * 16384
    | (s.first_key NOT IN ('', c.first_key) OR s.last_key NOT IN ('', c.last_key))::int * 65536
  ELSE 0 END,
  EXISTS (
    SELECT FROM unnest($4::bigint[] || s.lists) AS wanted (list_id)
    WHERE wanted.list_id = ANY ($5::bigint[]) AND NOT EXISTS (
      SELECT FROM memberships m
      WHERE m.account_id = $1 AND m.list_id = wanted.list_id AND m.contact_id = k.contact_id)
  ),
  coalesce((
    SELECT o.state = 'opted_out' FROM consents o
    WHERE o.account_id = $1 AND o.channel = $3 AND o.number = CASE $3
      WHEN 'phone' THEN c.phone_number
      ELSE coalesce(
        CASE WHEN $6 <> 'skip' AND k.rule = 'merge' THEN s.whatsapp_number END,
        c.whatsapp_number, c.phone_number)
      END
  ), false)
FROM known k
JOIN staged s ON s.record = k.record
CROSS JOIN LATERAL (
  SELECT * FROM contacts WHERE account_id = $1 AND contact_id = k.contact_id LIMIT 1
) AS c
UNION ALL
SELECT
  n.record,
  nextval('contact_ids'),
  'create',
  0,
  ($4::bigint[] || s.lists) && $5::bigint[],
  coalesce((
    SELECT o.state = 'opted_out' FROM consents o
    WHERE o.account_id = $1 AND o.channel = $3 AND o.number = CASE $3
      WHEN 'phone' THEN s.phone_number ELSE coalesce(s.whatsapp_number, s.phone_number) END
  ), false)
FROM created n
JOIN staged s ON s.record = n.record

-- name: outcomes
-- One row a record of `staged`: its outcome, and what the counts beside the balance need.
SELECT
  record,
  CASE WHEN bool_or(rule = 'create') THEN 'created'
    WHEN bool_or(fields <> 0) THEN 'updated' ELSE 'unchanged' END AS outcome,
  bool_or(rule = 'several') AS several,
  bool_or(joins) AS listed,
  bool_or(suppressed) AS suppressed
FROM classified
GROUP BY record
ORDER BY record
