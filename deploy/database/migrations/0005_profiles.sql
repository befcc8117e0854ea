-- Saved mappings, and imports of the same content.

SET LOCAL search_path = enlist;

-- How an account wants files with this header read; offered where the header comes again.
CREATE TABLE profiles (
  account_id  uuid        NOT NULL REFERENCES accounts,
  profile_id  uuid        NOT NULL DEFAULT uuidv7(),
  name        text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 255),
  columns     text[]      NOT NULL,           -- the header's cells
  header_hash bytea       NOT NULL,           -- SHA-256 of the same, as headers are compared
  options     jsonb       NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, profile_id)
);
CREATE UNIQUE INDEX profiles_by_name ON profiles (account_id, name);
CREATE INDEX profiles_by_header ON profiles (account_id, header_hash);

ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON profiles TO enlist_owner, enlist_ingest, enlist_merge
  USING (account_id = (SELECT nullif(current_setting('enlist.account', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON profiles TO enlist_ingest;

CREATE INDEX imports_by_content ON imports (account_id, sha256);
