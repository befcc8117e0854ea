-- Imports as the API knows them: begun, accepted, asked about.

-- name: begin_import
-- The id and the time of an upload whose first byte has just come in.
SELECT uuidv7() AS import_id, clock_timestamp() AS received_at

-- name: unknown_lists
-- Which of these ids are no lists of this account.
SELECT list_id FROM unnest($1::bigint[]) AS asked (list_id)
EXCEPT
SELECT list_id FROM lists WHERE deleted_at IS NULL
ORDER BY list_id

-- name: put_import
-- A long upload is put again and again while it arrives, and when all of it is known.
INSERT INTO imports (
  account_id, import_id, status, source, purpose, lane, channel, default_region, options,
  correlation_id, file_name, size, sha256, source_key, received_at, requested_by
) VALUES ($1, $2, 'receiving', $12, $14, 'main', $3, $4, $5, $6, $7, $8, $9, $10, $11, $13)
ON CONFLICT (account_id, import_id) DO UPDATE SET
  purpose = EXCLUDED.purpose,
  channel = EXCLUDED.channel,
  default_region = EXCLUDED.default_region,
  options = EXCLUDED.options,
  correlation_id = EXCLUDED.correlation_id,
  file_name = EXCLUDED.file_name,
  size = EXCLUDED.size,
  sha256 = EXCLUDED.sha256,
  source_key = EXCLUDED.source_key,
  accepted_at = now(),
  moved_at = now()
WHERE imports.status = 'receiving'

-- name: accept_import
UPDATE imports SET status = 'accepted', accepted_at = now(), moved_at = now()
WHERE account_id = $1 AND import_id = $2 AND status = 'receiving'
RETURNING account_id, import_id, status, chunks, chunks_normalized, shards, shards_merged

-- name: insert_split_unit
INSERT INTO units (account_id, import_id, kind, number) VALUES ($1, $2, 'split', 0)

-- name: imports
-- One import, or a page of them from the newest down; `waiting` units back off before a try,
-- `seen_before` is the latest import of the same content in the 30 days before. $5 states, $6 a part
-- of the file's name in any case, $7 a list that contacts were put on.
SELECT i.*, (
  SELECT count(*) FROM units u
  WHERE u.account_id = i.account_id AND u.import_id = i.import_id
    AND u.state = 'open' AND u.retry_at > now()
) AS waiting, (
  SELECT jsonb_build_object('import_id', s.import_id, 'at', s.accepted_at) FROM imports s
  WHERE s.account_id = i.account_id AND s.sha256 = i.sha256 AND s.import_id < i.import_id
    AND s.status NOT IN ('failed', 'cancelled')
    AND s.accepted_at > i.accepted_at - interval '30 days'
  ORDER BY s.import_id DESC LIMIT 1
) AS seen_before
FROM imports i
WHERE i.account_id = $1
  AND ($2::uuid IS NULL OR i.import_id = $2)
  AND ($3::uuid IS NULL OR i.import_id < $3)
  AND ($5::text[] IS NULL OR i.status = ANY ($5))
  AND ($6::text IS NULL OR strpos(lower(i.file_name), lower($6)) > 0)
  AND ($7::bigint IS NULL OR $7 = ANY (i.list_ids))
ORDER BY i.import_id DESC
LIMIT $4
