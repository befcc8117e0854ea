-- The end of an import that does not complete. What is not merged stays unprocessed.

-- name: end_import
UPDATE imports SET
  status = $3,
  error_code = $4,
  error_message = $5,
  completed_at = now(),
  moved_at = now()
WHERE account_id = $1 AND import_id = $2 AND status = ANY ($6::text[])
RETURNING account_id, import_id, status, source, purpose, correlation_id, list_ids, channel,
  records, created, updated, unchanged, duplicate, rejected, unprocessed, warnings, suppressed,
  listed, unlisted, fixed_line, reasons, warning_reasons, error_code, accepted_at, completed_at,
  chunks, chunks_normalized, shards, shards_merged
