-- The ledger's side of splitting.

-- name: source
-- What is to be split.
SELECT import_id, source_key, size, options, default_region
FROM imports WHERE account_id = $1 AND import_id = $2

-- name: begin_split
UPDATE imports SET status = 'splitting', moved_at = now()
WHERE account_id = $1 AND import_id = $2 AND status IN ('accepted', 'splitting')
RETURNING account_id, import_id, status, chunks, chunks_normalized, shards, shards_merged

-- name: record_split
-- `records` is written here, before any outcome exists, and never again.
UPDATE imports SET
  status = 'normalizing',
  lane = $4,
  records = $5,
  unprocessed = $5,
  chunks = $6,
  shards = $7,
  manifest_key = $8,
  detected = $9,
  warning_reasons = $10,
  moved_at = now(),
  progressed_at = now()
WHERE account_id = $1 AND import_id = $2 AND status = $3
RETURNING account_id, import_id, status, chunks, chunks_normalized, shards, shards_merged

-- name: insert_chunks
INSERT INTO chunks (account_id, import_id, chunk, split_records, records, unprocessed)
SELECT $1, $2, place - 1, records, records, records
FROM unnest($3::bigint[]) WITH ORDINALITY AS planned (records, place)

-- name: insert_chunk_units
INSERT INTO units (account_id, import_id, kind, number)
SELECT $1, $2, 'chunk', number FROM generate_series(0, $3::int - 1) AS number
