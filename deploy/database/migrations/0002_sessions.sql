-- Who is signed in at the console, and under which key's name an import was asked for.

SET LOCAL search_path = enlist;

CREATE TABLE sessions (
  account_id   uuid        NOT NULL,
  session_hash bytea       NOT NULL UNIQUE,  -- SHA-256 of 256 random bits; the cookie holds them
  key_id       uuid        NOT NULL,         -- a session is as good as the key it was opened with
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (account_id, session_hash),
  FOREIGN KEY (account_id, key_id) REFERENCES api_keys
);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON sessions TO enlist_owner, enlist_ingest, enlist_merge
  USING (account_id = (SELECT nullif(current_setting('enlist.account', true), '')::uuid));
CREATE POLICY any_session ON sessions TO enlist_definer USING (true);
GRANT SELECT, INSERT, DELETE ON sessions TO enlist_definer;
GRANT SELECT ON changes, consent_events TO enlist_ingest;  -- a contact's history

ALTER TABLE imports ADD COLUMN requested_by text;  -- the name of the key, for the history

-- Whose key is this? The only question that may be asked before the account is known, with the
-- same question about a session.
DROP FUNCTION authenticate(bytea);
CREATE FUNCTION authenticate(presented_hash bytea)
RETURNS TABLE (account_id uuid, default_region text, key_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  SELECT k.account_id, a.default_region, k.name
  FROM api_keys k JOIN accounts a ON a.account_id = k.account_id
  WHERE k.key_hash = presented_hash AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now())
$$;

-- Whose session is this? None that has expired, or whose key is no longer good.
CREATE FUNCTION session(presented_hash bytea)
RETURNS TABLE (account_id uuid, default_region text, key_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  SELECT s.account_id, a.default_region, k.name
  FROM sessions s
  JOIN api_keys k ON k.account_id = s.account_id AND k.key_id = s.key_id
  JOIN accounts a ON a.account_id = s.account_id
  WHERE s.session_hash = presented_hash AND s.expires_at > now() AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now())
$$;

-- Signs in with a key; false when it is not good. Sessions that have run out go on the way.
CREATE FUNCTION open_session(presented_hash bytea, new_session_hash bytea, lifetime interval)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
BEGIN
  DELETE FROM sessions s USING api_keys k
  WHERE k.key_hash = presented_hash AND s.account_id = k.account_id AND s.expires_at <= now();
  INSERT INTO sessions (account_id, session_hash, key_id, expires_at)
  SELECT k.account_id, new_session_hash, k.key_id, now() + lifetime
  FROM api_keys k
  WHERE k.key_hash = presented_hash AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now());
  RETURN FOUND;
END
$$;

CREATE FUNCTION close_session(presented_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  DELETE FROM sessions WHERE session_hash = presented_hash
$$;

REVOKE EXECUTE ON FUNCTION authenticate(bytea), session(bytea),
  open_session(bytea, bytea, interval), close_session(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authenticate(bytea), session(bytea),
  open_session(bytea, bytea, interval), close_session(bytea) TO enlist_ingest;
GRANT CREATE ON SCHEMA enlist TO enlist_definer;
ALTER FUNCTION authenticate(bytea) OWNER TO enlist_definer;
ALTER FUNCTION session(bytea) OWNER TO enlist_definer;
ALTER FUNCTION open_session(bytea, bytea, interval) OWNER TO enlist_definer;
ALTER FUNCTION close_session(bytea) OWNER TO enlist_definer;
REVOKE CREATE ON SCHEMA enlist FROM enlist_definer;
