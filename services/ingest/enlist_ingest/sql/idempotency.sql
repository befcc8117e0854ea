-- Requests that carry an Idempotency-Key.

-- name: claim_key
-- A key that is new, or that nobody holds and that has no result, or that is past its time.
INSERT INTO idempotency_keys AS known (account_id, route, key, token, lease_until)
VALUES ($1, $2, $3, gen_random_uuid(), clock_timestamp() + $4)
ON CONFLICT (account_id, route, key) DO UPDATE SET
  token = EXCLUDED.token,
  lease_until = EXCLUDED.lease_until,
  fingerprint = NULL,
  import_id = NULL,
  status = NULL,
  location = NULL,
  body = NULL,
  created_at = now()
WHERE known.lease_until <= clock_timestamp()
  AND (known.import_id IS NULL AND known.status IS NULL OR known.created_at <= now() - $5::interval)
RETURNING token

-- name: known_key
SELECT token, fingerprint, import_id, status, location, body
FROM idempotency_keys WHERE account_id = $1 AND route = $2 AND key = $3

-- name: extend_key
UPDATE idempotency_keys SET lease_until = clock_timestamp() + $5
WHERE account_id = $1 AND route = $2 AND key = $3 AND token = $4

-- name: bind_key
-- The request has made an import: from now on there is no other for this key.
UPDATE idempotency_keys SET fingerprint = $5, import_id = $6
WHERE account_id = $1 AND route = $2 AND key = $3 AND token = $4 AND fingerprint IS NULL
RETURNING true

-- name: keep_answer
-- The first answer stays.
UPDATE idempotency_keys SET
  fingerprint = coalesce(fingerprint, $5),
  status = coalesce(status, $6),
  location = CASE WHEN status IS NULL THEN $7 ELSE location END,
  body = coalesce(body, $8),
  lease_until = clock_timestamp()
WHERE account_id = $1 AND route = $2 AND key = $3 AND token = $4
RETURNING status, location, body

-- name: free_key
DELETE FROM idempotency_keys
WHERE account_id = $1 AND route = $2 AND key = $3 AND token = $4
  AND import_id IS NULL AND status IS NULL
