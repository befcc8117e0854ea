-- Requests that may come twice: an Idempotency-Key over HTTP, a request_id in an upload event.

SET LOCAL search_path = enlist;

-- A request under an Idempotency-Key: while it runs somebody holds its lease, by database time;
-- afterwards it has a result, and an equal one gets the same answer.
CREATE TABLE idempotency_keys (
  account_id  uuid        NOT NULL REFERENCES accounts,
  route       text        NOT NULL,           -- method and path
  key         text        COLLATE "C" NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
  token       uuid        NOT NULL,
  lease_until timestamptz NOT NULL,
  fingerprint bytea,                          -- SHA-256 of what was asked; comes with the result
  import_id   uuid,                           -- the result, if it is an import
  status      smallint,                       -- the answer, once it was made
  location    text,
  body        text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, route, key),
  CONSTRAINT result_is_of_a_request CHECK (
    fingerprint IS NOT NULL OR import_id IS NULL AND status IS NULL),
  CONSTRAINT answer_is_whole CHECK ((status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON idempotency_keys TO enlist_owner, enlist_ingest, enlist_merge
  USING (account_id = (SELECT nullif(current_setting('enlist.account', true), '')::uuid));
CREATE POLICY any_idempotency_key ON idempotency_keys TO enlist_definer USING (true);
GRANT SELECT, DELETE ON idempotency_keys TO enlist_definer;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO enlist_ingest;

-- Forgets the keys of every account that are older than this, some at a time; how many.
CREATE FUNCTION prune_idempotency_keys(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  WITH gone AS (
    DELETE FROM idempotency_keys WHERE (account_id, route, key) IN (
      SELECT account_id, route, key FROM idempotency_keys
      WHERE created_at <= now() - kept AND lease_until <= clock_timestamp()
      ORDER BY created_at LIMIT 10000)
    RETURNING 1
  )
  SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION prune_idempotency_keys(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prune_idempotency_keys(interval) TO enlist_ingest;
GRANT CREATE ON SCHEMA enlist TO enlist_definer;
ALTER FUNCTION prune_idempotency_keys(interval) OWNER TO enlist_definer;
REVOKE CREATE ON SCHEMA enlist FROM enlist_definer;

-- An upload event's own id makes its import once; what it names lies where its sender put it.
ALTER TABLE imports ADD COLUMN request_id text;
ALTER TABLE imports ADD COLUMN object_key text;
CREATE UNIQUE INDEX imports_by_request ON imports (account_id, request_id)
  WHERE request_id IS NOT NULL;
