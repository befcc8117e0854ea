-- The ledger of an import: chunks recorded, shards merged, the end.
-- Every statement runs in a transaction of one account.

-- name: record_chunk
-- Only the first to record a chunk gets a row back.
UPDATE chunks SET
  recorded = true,
  manifest_key = $4,
  rows_key = $5,
  records = $6,
  forwarded = $7,
  rejected = $8,
  unprocessed = 0,
  slice_offsets = $9,
  slice_lengths = $10,
  slice_rows = $11,
  list_names = $12,
  reasons = $13
WHERE account_id = $1 AND import_id = $2 AND chunk = $3 AND NOT recorded
RETURNING true

-- name: count_chunk
-- The row lock that this takes is held to the end of the transaction, so that exactly one
-- transaction sees chunks_normalized = chunks, and it sees every other chunk committed.
UPDATE imports SET
  chunks_normalized = chunks_normalized + 1,
  phonenumbers_version = $3,
  moved_at = now(),
  progressed_at = CASE WHEN progressed_at < now() - interval '1 s' THEN now() ELSE progressed_at END
WHERE account_id = $1 AND import_id = $2 AND status = 'normalizing'
RETURNING account_id, import_id, status, lane, records, chunks, chunks_normalized, shards,
  shards_merged, progressed_at = now() AS progress_due

-- name: chunk_totals
SELECT sum(records) AS records, sum(rejected) AS rejected,
  (SELECT array_agg(total ORDER BY shard) FROM (
    SELECT slice.shard, sum(slice.rows) AS total
    FROM chunks c CROSS JOIN LATERAL unnest(c.slice_rows) WITH ORDINALITY AS slice (rows, shard)
    WHERE c.account_id = $1 AND c.import_id = $2
    GROUP BY slice.shard
  ) AS by_shard) AS shard_rows,
  (SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM (
    SELECT key, sum(value::bigint) AS total
    FROM chunks c CROSS JOIN LATERAL jsonb_each_text(c.reasons)
    WHERE c.account_id = $1 AND c.import_id = $2
    GROUP BY key
  ) AS by_code) AS reasons
FROM chunks
WHERE account_id = $1 AND import_id = $2

-- name: insert_shards
INSERT INTO shards (account_id, import_id, shard, forwarded, unprocessed, merged)
SELECT $1, $2, shard - 1, rows, rows, rows = 0
FROM unnest($3::bigint[]) WITH ORDINALITY AS planned (rows, shard)

-- name: insert_shard_units
INSERT INTO units (account_id, import_id, kind, number)
SELECT $1, $2, 'shard', shard FROM unnest($3::int[]) AS shard

-- name: begin_merging
UPDATE imports SET
  status = 'merging',
  rejected = $3,
  unprocessed = unprocessed - $3,
  reasons = $4,
  shards_merged = $5,
  moved_at = now(),
  progressed_at = now()
WHERE account_id = $1 AND import_id = $2
RETURNING account_id, import_id, status, chunks, chunks_normalized, shards, shards_merged

-- name: shard_slices
-- Where a shard's rows lie: one range in each chunk's object.
SELECT rows_key, slice_offsets[$3 + 1] AS start, slice_lengths[$3 + 1] AS length
FROM chunks
WHERE account_id = $1 AND import_id = $2 AND slice_lengths[$3 + 1] > 0
ORDER BY chunk

-- name: record_shard
UPDATE shards SET
  created = $4, updated = $5, unchanged = $6, duplicate = $7, unprocessed = 0,
  merged = true, seq = $8, outcomes_key = $9, consents_changed = $10, consents_key = $11
WHERE account_id = $1 AND import_id = $2 AND shard = $3 AND NOT merged AND NOT given_up
RETURNING true

-- name: count_shard
UPDATE imports SET
  created = created + $3,
  updated = updated + $4,
  unchanged = unchanged + $5,
  duplicate = duplicate + $6,
  unprocessed = unprocessed - $3 - $4 - $5 - $6,
  warnings = warnings + $7,
  suppressed = suppressed + $8,
  listed = listed + $9,
  fixed_line = fixed_line + $10,
  unlisted = unlisted + $12,
  warning_reasons = add_counts(warning_reasons, $11),
  shards_merged = shards_merged + 1,
  moved_at = now(),
  progressed_at = CASE WHEN progressed_at < now() - interval '1 s' THEN now() ELSE progressed_at END
WHERE account_id = $1 AND import_id = $2 AND status = 'merging'
RETURNING account_id, import_id, status, chunks, chunks_normalized, shards, shards_merged,
  shards_given_up, progressed_at = now() AS progress_due

-- name: give_up_shard
UPDATE shards SET given_up = true
WHERE account_id = $1 AND import_id = $2 AND shard = $3 AND NOT merged AND NOT given_up
RETURNING true

-- name: count_given_up
UPDATE imports SET shards_given_up = shards_given_up + 1, moved_at = now()
WHERE account_id = $1 AND import_id = $2 AND status = 'merging'
RETURNING account_id, import_id, status, chunks, chunks_normalized, shards, shards_merged,
  shards_given_up, true AS progress_due

-- name: complete_import
UPDATE imports SET status = 'completed', completed_at = now(), moved_at = now()
WHERE account_id = $1 AND import_id = $2
RETURNING account_id, import_id, status, source, purpose, correlation_id, list_ids, channel,
  records, created, updated, unchanged, duplicate, rejected, unprocessed, warnings, suppressed,
  listed, unlisted, fixed_line, reasons, warning_reasons, accepted_at, completed_at,
  chunks, chunks_normalized, shards, shards_merged
