-- Imports that an upload event asks for: each made once, copied once.

-- name: default_region
-- No row: there is no such account.
SELECT default_region FROM accounts WHERE account_id = $1

-- name: insert_request
-- No row: the event has been here before.
INSERT INTO imports (
  account_id, status, source, purpose, lane, channel, default_region, options, correlation_id,
  file_name, size, request_id, object_key
) VALUES ($1, 'receiving', 'event', $10, 'main', $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account_id, request_id) WHERE request_id IS NOT NULL DO NOTHING
RETURNING import_id

-- name: not_copied
-- What an import is to be made of, as long as it has no copy of its own.
SELECT object_key FROM imports
WHERE account_id = $1 AND import_id = $2 AND source_key IS NULL AND object_key IS NOT NULL

-- name: copied
-- The first copy counts; what was read for it is what is imported.
UPDATE imports SET source_key = $3, size = $4, sha256 = $5, moved_at = now()
WHERE account_id = $1 AND import_id = $2 AND status = 'accepted' AND source_key IS NULL
RETURNING true
