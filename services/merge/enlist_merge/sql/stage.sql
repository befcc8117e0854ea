-- The tables of one shard's transaction; they live as long as the connection and are emptied by
-- each commit. A row of `staged` is a folded identity, a row of `classified` what becomes of it.

-- name: create_staged
CREATE TEMPORARY TABLE IF NOT EXISTS staged (
  record                 bigint PRIMARY KEY,
  phone_number           text COLLATE "C" NOT NULL,
  first_key              text COLLATE "C" NOT NULL,
  last_key               text COLLATE "C" NOT NULL,
  title                  text,
  first_name             text,
  last_name              text,
  whatsapp_number        text,
  country_code           text,
  email                  text,
  date_of_birth          text,
  address_line1          text,
  address_line2          text,
  city                   text,
  state_or_county        text,
  postcode               text,
  company_name           text,
  alternate_phone_number text,
  custom                 jsonb,
  lists                  bigint[] NOT NULL
) ON COMMIT DELETE ROWS

-- name: create_classified
-- Several rows a record only where M4 meets several contacts.
CREATE TEMPORARY TABLE IF NOT EXISTS classified (
  record     bigint   NOT NULL,
  contact_id bigint   NOT NULL,
  rule       text     NOT NULL,    -- create, merge, several or skip
  fields     int      NOT NULL,    -- the bits of what differs
  joins      boolean  NOT NULL,    -- joins a list that it is not on
  suppressed boolean  NOT NULL     -- its number is opted out on the import's channel
) ON COMMIT DELETE ROWS

-- name: plan_by_index
-- Nested loops over the indexes, whatever the statistics say: there are none on temporary tables,
-- and a plan made for an empty account must not meet a full one.
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
  set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
  set_config('enable_material', 'off', true), set_config('work_mem', '64MB', true)

-- name: lock_slots
SELECT lock_slots($1, $2)

-- name: lock_lists
SELECT list_id FROM lists
WHERE account_id = $1 AND list_id = ANY ($2::bigint[]) AND deleted_at IS NULL
ORDER BY list_id
FOR KEY SHARE

-- name: draw_seq
-- After the locks, so that the order of the numbers is the order of the writes, slot by slot.
SELECT nextval('merge_order')
