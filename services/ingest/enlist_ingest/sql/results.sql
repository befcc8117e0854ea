-- What is known of an import's records: where rejects and outcomes lie.

-- name: result
SELECT status, manifest_key, detected, records FROM imports
WHERE account_id = $1 AND import_id = $2

-- name: reject_slices
-- The last slice of a chunk's object.
SELECT chunk, rows_key, slice_offsets[cardinality(slice_offsets)] AS start,
  slice_lengths[cardinality(slice_lengths)] AS length
FROM chunks
WHERE account_id = $1 AND import_id = $2 AND recorded AND rejected > 0
ORDER BY chunk

-- name: outcome_keys
SELECT outcomes_key FROM shards
WHERE account_id = $1 AND import_id = $2 AND merged AND outcomes_key IS NOT NULL
ORDER BY shard
