-- Rules M1 to M5: what becomes of each folded row, decided in one statement before any write.
-- $1 account, $2 the import's channel as a bit, $3 its name, $4 lists of the option, $5 all lists
-- that still exist, $6 duplicates, $7 whether anybody in the account is opted out. Runs under the
-- slot locks, so what it reads stays as it is.

-- name: classify
WITH pairs AS MATERIALIZED (  -- each row with each contact of its number: mostly one, or none
  SELECT
    s.record, s.phone_number, s.first_key, s.last_key,
    s.first_key || s.last_key = '' AS nameless,
    c.contact_id,
    c.first_key = s.first_key AND c.last_key = s.last_key AS exact,
    c.first_key || c.last_key = '' AS meets_nameless,
    ((c.channels | $2::smallint) <> c.channels)::int * 32768 AS channel,
    coalesce(s.title <> c.title, s.title IS NOT NULL)::int * 1
      | coalesce(s.first_name <> c.first_name, s.first_name IS NOT NULL)::int * 2
      | coalesce(s.last_name <> c.last_name, s.last_name IS NOT NULL)::int * 4
      | coalesce(s.whatsapp_number <> c.whatsapp_number, s.whatsapp_number IS NOT NULL)::int * 8
      | coalesce(s.country_code <> c.country_code, s.country_code IS NOT NULL)::int * 16
      | coalesce(s.email <> c.email, s.email IS NOT NULL)::int * 32
      | coalesce(s.date_of_birth <> c.date_of_birth, s.date_of_birth IS NOT NULL)::int * 64
      | coalesce(s.address_line1 <> c.address_line1, s.address_line1 IS NOT NULL)::int * 128
      | coalesce(s.address_line2 <> c.address_line2, s.address_line2 IS NOT NULL)::int * 256
      | coalesce(s.city <> c.city, s.city IS NOT NULL)::int * 512
      | coalesce(s.state_or_county <> c.state_or_county,
        s.state_or_county IS NOT NULL)::int * 1024
      | coalesce(s.postcode <> c.postcode, s.postcode IS NOT NULL)::int * 2048
      | coalesce(s.company_name <> c.company_name, s.company_name IS NOT NULL)::int * 4096
      | coalesce(s.alternate_phone_number <> c.alternate_phone_number,
        s.alternate_phone_number IS NOT NULL)::int * 8192
      | (NOT coalesce(c.custom @> s.custom, true))::int * 16384
      | (s.first_key NOT IN ('', c.first_key) OR s.last_key NOT IN ('', c.last_key))::int * 65536
      AS fields,
    ($4::bigint[] || s.lists) && $5::bigint[] AS wants,
    ($4::bigint[] || s.lists) && $5::bigint[] AND EXISTS (
      SELECT FROM unnest($4::bigint[] || s.lists) AS wanted (list_id)
      WHERE wanted.list_id = ANY ($5::bigint[]) AND NOT EXISTS (
        SELECT FROM memberships m
        WHERE m.account_id = $1 AND m.list_id = wanted.list_id AND m.contact_id = c.contact_id)
    ) AS joins,
    s.whatsapp_number AS their_whatsapp,
    c.whatsapp_number AS known_whatsapp
  FROM staged s
  LEFT JOIN LATERAL (
    SELECT * FROM contacts WHERE account_id = $1 AND phone_number = s.phone_number
    OFFSET 0  -- one index probe a row, whatever the planner believes
  ) AS c ON true
),
unmet AS (  -- rows that meet contacts of their number, none of them with the same names
  SELECT p.*,
    p.nameless OR $6 = 'merge_by_number' AS by_number,
    row_number() OVER (PARTITION BY p.phone_number, p.meets_nameless ORDER BY p.record) AS place
  FROM pairs p
  WHERE p.contact_id IS NOT NULL AND NOT p.exact AND NOT EXISTS (
    SELECT FROM contacts x
    WHERE x.account_id = $1 AND x.phone_number = p.phone_number
      AND x.first_key = p.first_key AND x.last_key = p.last_key)
),
settled AS (
  SELECT u.*,
    bool_or(u.meets_nameless AND u.place = 1) OVER of_record AS takes,
    count(*) OVER of_record AS candidates,
    row_number() OVER of_record AS nth
  FROM unmet u
  WINDOW of_record AS (PARTITION BY u.record)
),
decided AS (
  SELECT record, contact_id, 'merge' AS rule, channel | fields AS fields, joins,  -- M1
    phone_number, their_whatsapp, known_whatsapp
  FROM pairs WHERE exact
  UNION ALL
  SELECT record, NULL, 'create', 0, wants, phone_number, their_whatsapp, NULL  -- M5
  FROM pairs WHERE contact_id IS NULL
  UNION ALL
  SELECT record, contact_id, 'merge', channel | fields, joins,  -- M4, exactly one
    phone_number, their_whatsapp, known_whatsapp
  FROM settled WHERE by_number AND candidates = 1
  UNION ALL
  SELECT record, contact_id, 'several', channel, joins, phone_number, NULL, known_whatsapp  -- M4
  FROM settled WHERE by_number AND candidates > 1
  UNION ALL
  SELECT record, contact_id, 'merge', channel | fields, joins,  -- M3, the lowest named
    phone_number, their_whatsapp, known_whatsapp
  FROM settled WHERE NOT by_number AND meets_nameless AND place = 1
  UNION ALL
  SELECT record, NULL, 'create', 0, wants, phone_number, their_whatsapp, NULL  -- M2
  FROM settled WHERE NOT by_number AND NOT takes AND nth = 1
)
INSERT INTO classified (record, contact_id, rule, fields, joins, suppressed)
SELECT
  record,
  CASE rule WHEN 'create' THEN nextval('contact_ids') ELSE contact_id END,
  CASE WHEN $6 = 'skip' AND rule <> 'create' THEN 'skip' ELSE rule END,
  CASE $6 WHEN 'skip' THEN 0 ELSE fields END,
  joins,
  $7 AND coalesce((
    SELECT o.state = 'opted_out' FROM consents o
    -- Not coalesce: to row security it may leak, so that the index would not be asked for the number.
    WHERE o.account_id = $1 AND o.channel = $3 AND o.number = CASE
      WHEN $3 = 'phone' THEN d.phone_number
      WHEN d.their_whatsapp IS NOT NULL AND ($6 <> 'skip' OR d.rule = 'create')
        THEN d.their_whatsapp
      WHEN d.known_whatsapp IS NOT NULL THEN d.known_whatsapp
      ELSE d.phone_number
    END
  ), false)
FROM decided d

-- name: anybody_opted_out
SELECT EXISTS (SELECT FROM consents WHERE account_id = $1 AND state = 'opted_out')

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
