-- What an account has told about its inputs before.

-- name: save_profile
INSERT INTO profiles (account_id, name, columns, header_hash, options)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, name) DO UPDATE SET
  columns = EXCLUDED.columns, header_hash = EXCLUDED.header_hash, options = EXCLUDED.options,
  created_at = now()
RETURNING *

-- name: profiles
SELECT * FROM profiles WHERE account_id = $1 ORDER BY name

-- name: remove_profile
DELETE FROM profiles WHERE account_id = $1 AND profile_id = $2 RETURNING profile_id

-- name: profile_of_header
SELECT * FROM profiles WHERE account_id = $1 AND header_hash = $2
ORDER BY created_at DESC, profile_id DESC LIMIT 1

-- name: seen_before
SELECT import_id, accepted_at AS at FROM imports
WHERE account_id = $1 AND sha256 = $2 AND status NOT IN ('failed', 'cancelled')
  AND accepted_at > now() - interval '30 days'
ORDER BY import_id DESC LIMIT 1
