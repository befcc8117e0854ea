-- The database of Enlist, whole: the truth to read. Numbered migrations arrive at exactly this.
-- Run by enlist_owner, which never serves. Every table with an account column has row-level
-- security, forced; the account of a transaction is the setting enlist.account.

CREATE SCHEMA enlist;
SET LOCAL search_path = enlist;

-- ───────────────────────────────────────────────────────────────────────────── accounts

CREATE TABLE accounts (
  account_id     uuid        PRIMARY KEY DEFAULT uuidv7(),
  name           text        NOT NULL,
  default_region text        NOT NULL DEFAULT 'GB',
  created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  account_id uuid        NOT NULL REFERENCES accounts,
  key_id     uuid        NOT NULL DEFAULT uuidv7(),
  key_hash   bytea       NOT NULL UNIQUE,  -- SHA-256 of 256 random bits; the key is shown once
  name       text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (account_id, key_id)
);

CREATE TABLE sessions (
  account_id   uuid        NOT NULL,
  session_hash bytea       NOT NULL UNIQUE,  -- SHA-256 of 256 random bits; the cookie holds them
  key_id       uuid        NOT NULL,         -- a session is as good as the key it was opened with
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (account_id, session_hash),
  FOREIGN KEY (account_id, key_id) REFERENCES api_keys
);

-- ────────────────────────────────────────────────────────────── imports and their ledger

CREATE TABLE import_moves (
  from_status text NOT NULL,
  to_status   text NOT NULL,
  PRIMARY KEY (from_status, to_status)
);
INSERT INTO import_moves VALUES
  ('receiving', 'accepted'), ('receiving', 'normalizing'), ('receiving', 'failed'),
  ('receiving', 'cancelled'),
  ('accepted', 'splitting'), ('accepted', 'failed'), ('accepted', 'cancelled'),
  ('splitting', 'normalizing'), ('splitting', 'failed'), ('splitting', 'cancelled'),
  ('normalizing', 'forecasting'), ('normalizing', 'merging'), ('normalizing', 'completed'),
  ('normalizing', 'failed'), ('normalizing', 'cancelled'),
  ('forecasting', 'awaiting_approval'), ('forecasting', 'failed'), ('forecasting', 'cancelled'),
  ('awaiting_approval', 'merging'), ('awaiting_approval', 'failed'),
  ('awaiting_approval', 'cancelled'),
  ('merging', 'completed'), ('merging', 'failed'), ('merging', 'cancelled'),
  ('completed', 'undoing'), ('failed', 'undoing'), ('cancelled', 'undoing'),
  ('failed', 'normalizing'), ('failed', 'merging'),
  ('undoing', 'undone');

CREATE TABLE imports (
  account_id           uuid        NOT NULL REFERENCES accounts,
  import_id            uuid        NOT NULL DEFAULT uuidv7(),
  status               text        NOT NULL CHECK (status IN (
    'receiving', 'accepted', 'splitting', 'normalizing', 'forecasting', 'awaiting_approval',
    'merging', 'completed', 'failed', 'cancelled', 'undoing', 'undone')),
  source               text        NOT NULL CHECK (source IN (
    'file', 'numbers', 'contacts', 'event', 'object')),
  purpose              text        NOT NULL CHECK (purpose IN ('contacts', 'opt_out')),
  lane                 text        NOT NULL CHECK (lane IN ('main', 'small')),
  channel              text        NOT NULL CHECK (channel IN ('phone', 'whatsapp')),
  default_region       text        NOT NULL,
  options              jsonb       NOT NULL,
  correlation_id       text,
  file_name            text,
  size                 bigint      NOT NULL DEFAULT 0,  -- bytes
  sha256               bytea,
  source_key           text,
  manifest_key         text,
  detected             jsonb,
  phonenumbers_version text,
  list_ids             bigint[],   -- frozen, with list_names, when the first shard starts
  list_names           jsonb,      -- name key → id, for the names that records state
  records              bigint      NOT NULL DEFAULT 0,  -- written once, when splitting ends
  created              bigint      NOT NULL DEFAULT 0,
  updated              bigint      NOT NULL DEFAULT 0,
  unchanged            bigint      NOT NULL DEFAULT 0,
  duplicate            bigint      NOT NULL DEFAULT 0,
  rejected             bigint      NOT NULL DEFAULT 0,
  unprocessed          bigint      NOT NULL DEFAULT 0,
  warnings             bigint      NOT NULL DEFAULT 0,
  suppressed           bigint      NOT NULL DEFAULT 0,
  listed               bigint      NOT NULL DEFAULT 0,
  unlisted             bigint      NOT NULL DEFAULT 0,
  fixed_line           bigint      NOT NULL DEFAULT 0,
  reasons              jsonb       NOT NULL DEFAULT '{}',
  warning_reasons      jsonb       NOT NULL DEFAULT '{}',
  chunks               int         NOT NULL DEFAULT 0,
  chunks_normalized    int         NOT NULL DEFAULT 0,
  shards               int         NOT NULL DEFAULT 0,
  shards_merged        int         NOT NULL DEFAULT 0,
  shards_given_up      int         NOT NULL DEFAULT 0,
  error_code           text,
  error_message        text,
  received_at          timestamptz NOT NULL DEFAULT now(),
  accepted_at          timestamptz NOT NULL DEFAULT now(),
  completed_at         timestamptz,
  moved_at             timestamptz NOT NULL DEFAULT now(),  -- last progress of any kind
  progressed_at        timestamptz NOT NULL DEFAULT now(),  -- last progressed event
  requested_by         text,       -- the name of the key, for the history
  request_id           text,       -- of the upload event that asked for it
  object_key           text,       -- what an upload event names, where its sender put it
  PRIMARY KEY (account_id, import_id),
  CONSTRAINT balance CHECK (
    records = created + updated + unchanged + duplicate + rejected + unprocessed),
  CONSTRAINT nothing_negative CHECK (
    least(created, updated, unchanged, duplicate, rejected, unprocessed) >= 0),
  CONSTRAINT completed_is_whole CHECK (status <> 'completed' OR unprocessed = 0),
  CONSTRAINT units_add_up CHECK (
    chunks_normalized <= chunks AND shards_merged + shards_given_up <= shards)
);
CREATE INDEX imports_unfinished ON imports (moved_at)
  WHERE status IN (
    'receiving', 'accepted', 'splitting', 'normalizing', 'forecasting', 'merging', 'undoing');

CREATE INDEX imports_by_content ON imports (account_id, sha256);
CREATE UNIQUE INDEX imports_by_request ON imports (account_id, request_id)
  WHERE request_id IS NOT NULL;

CREATE TABLE chunks (
  account_id    uuid    NOT NULL,
  import_id     uuid    NOT NULL,
  chunk         int     NOT NULL,
  split_records bigint  NOT NULL,                 -- the splitter's own count
  records       bigint  NOT NULL,                 -- the splitter's, then the normaliser's
  forwarded     bigint  NOT NULL DEFAULT 0,
  rejected      bigint  NOT NULL DEFAULT 0,
  unprocessed   bigint  NOT NULL,
  recorded      boolean NOT NULL DEFAULT false,
  manifest_key  text,
  rows_key      text,                             -- the object with a slice for each shard
  slice_offsets int[],                            -- bytes, by shard; then the rejects
  slice_lengths int[],
  slice_rows    int[],
  list_names    text[],
  reasons       jsonb   NOT NULL DEFAULT '{}',
  PRIMARY KEY (account_id, import_id, chunk),
  FOREIGN KEY (account_id, import_id) REFERENCES imports,
  CONSTRAINT chunk_balance CHECK (records = rejected + forwarded + unprocessed)
);

CREATE TABLE shards (
  account_id      uuid    NOT NULL,
  import_id       uuid    NOT NULL,
  shard           int     NOT NULL,
  forwarded       bigint  NOT NULL,
  created         bigint  NOT NULL DEFAULT 0,
  updated         bigint  NOT NULL DEFAULT 0,
  unchanged       bigint  NOT NULL DEFAULT 0,
  duplicate       bigint  NOT NULL DEFAULT 0,
  rejected        bigint  NOT NULL DEFAULT 0,
  unprocessed     bigint  NOT NULL,
  merged          boolean NOT NULL DEFAULT false,
  given_up        boolean NOT NULL DEFAULT false,
  seq             bigint,                         -- the order between imports, per slot
  outcomes_key    text,
  consents_changed bigint NOT NULL DEFAULT 0,     -- numbers whose consent is another now
  consents_key    text,                           -- the object that names them
  PRIMARY KEY (account_id, import_id, shard),
  FOREIGN KEY (account_id, import_id) REFERENCES imports,
  CONSTRAINT shard_balance CHECK (
    forwarded = created + updated + unchanged + duplicate + rejected + unprocessed),
  CONSTRAINT merged_is_whole CHECK (NOT merged OR unprocessed = 0)
);

-- A unit of work: claimed under a lease by database time, finished or given up once.
CREATE TABLE units (
  account_id  uuid        NOT NULL,
  import_id   uuid        NOT NULL,
  kind        text        NOT NULL CHECK (kind IN (
    'split', 'chunk', 'forecast_shard', 'shard', 'undo_shard')),
  number      int         NOT NULL,
  state       text        NOT NULL DEFAULT 'open' CHECK (state IN (
    'open', 'claimed', 'finished', 'given_up')),
  token       uuid,
  attempts    int         NOT NULL DEFAULT 0,     -- leases that ran out, failures that count
  failures    int         NOT NULL DEFAULT 0,     -- released failures, counted or not
  lease_until timestamptz,
  retry_at    timestamptz,
  key         text,                               -- what a finished unit left in S3
  emitted_at  timestamptz NOT NULL DEFAULT now(),
  emissions   int         NOT NULL DEFAULT 0,     -- times the reconciler said it again
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, import_id, kind, number),
  FOREIGN KEY (account_id, import_id) REFERENCES imports
);
CREATE INDEX units_leased ON units (lease_until) WHERE state = 'claimed';
CREATE INDEX units_waiting ON units (retry_at) WHERE state = 'open' AND retry_at IS NOT NULL;

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

-- ──────────────────────────────────────────────────────────── contacts, lists, consent

CREATE SEQUENCE contact_ids CACHE 1000;
CREATE SEQUENCE merge_order;

CREATE TABLE contacts (
  account_id             uuid     NOT NULL,
  contact_id             bigint   NOT NULL,
  phone_number           text     COLLATE "C" NOT NULL,
  first_key              text     COLLATE "C" NOT NULL DEFAULT '',
  last_key               text     COLLATE "C" NOT NULL DEFAULT '',
  title                  text,
  first_name             text,
  last_name              text,
  whatsapp_number        text,
  country_code           text,
  email                  text,
  date_of_birth          text,
  address_line1          text,
  address_line2          text,
  city                   text,
  state_or_county        text,
  postcode               text,
  company_name           text,
  alternate_phone_number text,
  custom                 jsonb    NOT NULL DEFAULT '{}',
  channels               smallint NOT NULL,       -- bit 1 phone, bit 2 whatsapp; only grows
  created_import         uuid,                    -- provenance; null by hand
  created_seq            bigint   NOT NULL,
  changed_seq            bigint   NOT NULL,
  created_at             timestamptz NOT NULL DEFAULT now(),
  updated_at             timestamptz NOT NULL DEFAULT now(),
  email_key              text     COLLATE "C" GENERATED ALWAYS AS (lower(email)) STORED,
  PRIMARY KEY (account_id, contact_id),
  CONSTRAINT identity UNIQUE (account_id, phone_number, first_key, last_key),
  CONSTRAINT e164 CHECK (  -- + and 2 to 15 digits, not 0 first; a regex costs a fifth of the insert
    phone_number BETWEEN '+1' AND '+:' AND octet_length(phone_number) BETWEEN 3 AND 16
    AND phone_number::bigint > 0)
) WITH (fillfactor = 90);
-- For the search, by beginnings.
CREATE INDEX contacts_by_first_name ON contacts (account_id, first_key, last_key, contact_id)
  WHERE first_key <> '';
CREATE INDEX contacts_by_last_name ON contacts (account_id, last_key, contact_id)
  WHERE last_key <> '';
CREATE INDEX contacts_by_email ON contacts (account_id, email_key, contact_id)
  WHERE email_key IS NOT NULL;

CREATE TABLE lists (
  account_id     uuid        NOT NULL REFERENCES accounts,
  list_id        bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
  name           text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 255),
  name_key       text        COLLATE "C" NOT NULL,
  created_import uuid,
  created_at     timestamptz NOT NULL DEFAULT now(),
  deleted_at     timestamptz,
  PRIMARY KEY (account_id, list_id)
);
-- Partial, so that renaming a list is no key update and never waits for an import's KEY SHARE.
CREATE UNIQUE INDEX lists_by_name ON lists (account_id, name_key) WHERE deleted_at IS NULL;

-- No foreign keys here: every writer holds the contact's slot lock and the list's row lock, and
-- two key checks a row cost more than the insert (docs/decisions). A contact's lists are found by
-- a skip scan of the primary key.
CREATE TABLE memberships (
  account_id   uuid   NOT NULL,
  list_id      bigint NOT NULL,
  contact_id   bigint NOT NULL,
  added_import uuid,
  added_seq    bigint NOT NULL,
  PRIMARY KEY (account_id, list_id, contact_id)
);

-- As little checked a row as for memberships: who writes one holds the lock of its number's slot.
CREATE TABLE consents (
  account_id   uuid        NOT NULL,
  number       text        COLLATE "C" NOT NULL,
  channel      text        NOT NULL CHECK (channel IN ('phone', 'whatsapp')),
  state        text        NOT NULL CHECK (state IN ('opted_in', 'opted_out')),
  source       text        NOT NULL CHECK (source IN (
    'import', 'opt_out_import', 'hand', 'keyword', 'start', 'consent_call')),
  evidence     text,
  import_id    uuid,
  record       bigint,
  effective_at timestamptz NOT NULL,
  seq          bigint      NOT NULL,
  PRIMARY KEY (account_id, number, channel),
  CONSTRAINT call_has_evidence CHECK (source <> 'consent_call' OR evidence IS NOT NULL)
);
CREATE INDEX consents_opted_out ON consents (account_id, effective_at, number, channel)
  WHERE state = 'opted_out';

-- Every consent event, for ever: rows are added and never changed.
CREATE TABLE consent_events (
  LIKE consents,
  event_id   uuid NOT NULL DEFAULT uuidv7(),
  message_id text COLLATE "C",        -- the inbound message's; it is heard once
  PRIMARY KEY (account_id, number, channel, event_id),
  CONSTRAINT call_has_evidence CHECK (source <> 'consent_call' OR evidence IS NOT NULL)
);
CREATE UNIQUE INDEX consent_events_by_message ON consent_events (account_id, message_id)
  WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX consent_events_single ON consent_events (account_id, event_id)
  WHERE import_id IS NULL;

-- A word that people text, beside STOP and START: joins a list of contacts, or does what these do.
CREATE TABLE keywords (
  account_id uuid        NOT NULL REFERENCES accounts,
  keyword_id uuid        NOT NULL DEFAULT uuidv7(),
  number     text        COLLATE "C",         -- the virtual number; null: whichever
  keyword    text        NOT NULL CHECK (char_length(keyword) BETWEEN 1 AND 50),
  word_key   text        COLLATE "C" NOT NULL CHECK (word_key <> ''),  -- as it is compared
  effect     text        NOT NULL CHECK (effect IN ('join', 'stop', 'start')),
  list_id    bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, keyword_id),
  CONSTRAINT join_has_a_list CHECK ((effect = 'join') = (list_id IS NOT NULL)),
  CONSTRAINT join_has_a_number CHECK (effect <> 'join' OR number IS NOT NULL)
);
CREATE UNIQUE INDEX keywords_by_word ON keywords (account_id, word_key, number) NULLS NOT DISTINCT;

-- A before-image: the fields that a write replaced. A column is meaningful where its bit in
-- `fields` is set (bit i = the i-th stored field; bit 14 custom, bit 15 channels, bit 16 keys).
CREATE TABLE changes (
  account_id             uuid     NOT NULL,
  contact_id             bigint   NOT NULL,
  seq                    bigint   NOT NULL,
  import_id              uuid,
  record                 bigint,
  fields                 int      NOT NULL,
  first_key              text     COLLATE "C",
  last_key               text     COLLATE "C",
  title                  text,
  first_name             text,
  last_name              text,
  whatsapp_number        text,
  country_code           text,
  email                  text,
  date_of_birth          text,
  address_line1          text,
  address_line2          text,
  city                   text,
  state_or_county        text,
  postcode               text,
  company_name           text,
  alternate_phone_number text,
  custom                 jsonb,
  channels               smallint,
  PRIMARY KEY (account_id, contact_id, seq)
);
CREATE INDEX changes_by_import ON changes (account_id, import_id);

-- A contact that was deleted by hand: nothing of the person, but an undo must know.
CREATE TABLE deletions (
  account_id     uuid        NOT NULL,
  contact_id     bigint      NOT NULL,
  created_import uuid,                            -- the import that had created the contact
  seq            bigint      NOT NULL,
  deleted_at     timestamptz NOT NULL DEFAULT now(),
  deleted_by     text,                            -- the name of the key
  PRIMARY KEY (account_id, contact_id)
);
CREATE INDEX deletions_by_import ON deletions (account_id, created_import);

-- A membership that was taken away from a list that stays, as it was.
CREATE TABLE removals (
  account_id   uuid   NOT NULL,
  contact_id   bigint NOT NULL,
  list_id      bigint NOT NULL,
  seq          bigint NOT NULL,
  import_id    uuid,                              -- of the import that replaced the list
  added_import uuid,
  added_seq    bigint NOT NULL,
  PRIMARY KEY (account_id, contact_id, list_id, seq)
);
CREATE INDEX removals_by_import ON removals (account_id, import_id);

-- Work on the members of a list that goes on after its request: a batch a transaction.
CREATE TABLE tasks (
  account_id    uuid        NOT NULL REFERENCES accounts,
  task_id       uuid        NOT NULL DEFAULT uuidv7(),
  kind          text        NOT NULL CHECK (kind IN ('add', 'remove', 'delete_list')),
  list_id       bigint      NOT NULL,
  with_contacts boolean     NOT NULL DEFAULT false,  -- with those that are on no other list
  filter        jsonb       NOT NULL DEFAULT '{}',   -- whom it concerns
  contact_ids   bigint[],                            -- or these
  cursor        text,                                -- where the next batch begins
  memberships   bigint      NOT NULL DEFAULT 0,      -- added or removed so far
  contacts      bigint      NOT NULL DEFAULT 0,      -- deleted so far
  requested_by  text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  ended_at      timestamptz,
  PRIMARY KEY (account_id, task_id)
);
CREATE INDEX tasks_open ON tasks (created_at) WHERE ended_at IS NULL;

-- To the planner every account holds the whole table, so that of two indexes that begin with the
-- account it takes the one that also has the rest. Real statistics would call a new account empty
-- and make it scan one that has just been filled (docs/decisions).
DO $statistics$
DECLARE
  crowded text;
BEGIN
  FOREACH crowded IN ARRAY ARRAY['contacts', 'memberships', 'consents', 'changes'] LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN account_id SET STATISTICS 0', crowded);
    PERFORM pg_restore_attribute_stats(
      'schemaname', 'enlist', 'relname', crowded, 'attname', 'account_id', 'inherited', false,
      'null_frac', 0.0::real, 'avg_width', 16, 'n_distinct', 1.0::real);
  END LOOP;
END
$statistics$;

-- ─────────────────────────────────────────────────────────────────────────────── outbox

CREATE TABLE outbox (
  id           bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  account_id   uuid        NOT NULL,
  import_id    uuid,                              -- null: keeps the order of its account
  event_id     uuid        NOT NULL DEFAULT uuidv7(),
  topic        text        NOT NULL,
  key          text        NOT NULL,
  data         text        NOT NULL,              -- the event's JSON, as it is published
  created_at   timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  held_until   timestamptz                        -- could not be published; see relay.sql
);
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL AND held_until IS NULL;
CREATE INDEX outbox_held ON outbox (held_until)
  WHERE published_at IS NULL AND held_until IS NOT NULL;
CREATE INDEX outbox_held_queues ON outbox ((coalesce(import_id, account_id)))
  WHERE published_at IS NULL AND held_until IS NOT NULL;

-- ──────────────────────────────────────────────────────────────────────────── functions

CREATE FUNCTION check_import_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = enlist, pg_temp AS $$
BEGIN
  IF NEW.status <> OLD.status AND NOT EXISTS (
    SELECT FROM import_moves WHERE from_status = OLD.status AND to_status = NEW.status
  ) THEN
    RAISE EXCEPTION 'an import cannot move from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'import_moves';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER import_moves BEFORE UPDATE OF status ON imports
  FOR EACH ROW EXECUTE FUNCTION check_import_move();

-- Leaving opted_out takes the person, or a call with evidence, at a later time; a tie stays out.
CREATE FUNCTION check_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = enlist, pg_temp AS $$
BEGIN
  IF OLD.state = 'opted_out' AND (
    TG_OP = 'DELETE'
    OR (NEW.account_id, NEW.number, NEW.channel) <> (OLD.account_id, OLD.number, OLD.channel)
    OR NEW.effective_at < OLD.effective_at
    OR NEW.state <> 'opted_out' AND (
      NEW.source NOT IN ('keyword', 'start', 'consent_call') OR NEW.effective_at = OLD.effective_at)
  ) THEN
    RAISE EXCEPTION 'opted-out stays opted-out'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'opted_out_stays';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER opted_out_stays BEFORE UPDATE OR DELETE ON consents
  FOR EACH ROW EXECUTE FUNCTION check_consent();

CREATE FUNCTION announce_outbox() RETURNS trigger LANGUAGE plpgsql
SET search_path = enlist, pg_temp AS $$
BEGIN
  PERFORM pg_notify('enlist_outbox', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER outbox_announced AFTER INSERT ON outbox
  FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();

-- Sums two objects of counts by key.
CREATE FUNCTION add_counts(one jsonb, other jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = enlist, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(key, total), '{}')
  FROM (
    SELECT key, sum(value::bigint) AS total
    FROM (SELECT * FROM jsonb_each_text(one) UNION ALL SELECT * FROM jsonb_each_text(other)) AS counted
    GROUP BY key
  ) AS totals
$$;

-- Whose key is this? The only question that may be asked before the account is known, with the
-- same question about a session.
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

-- The tasks of every account that are not at their end, the oldest first.
CREATE FUNCTION open_tasks() RETURNS TABLE (account_id uuid, task_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  SELECT t.account_id, t.task_id FROM tasks t
  WHERE t.ended_at IS NULL ORDER BY t.created_at LIMIT 100
$$;

-- May this unit run now? go (with a token and a lease), done (with the key of what it left),
-- busy, ended (the import is not where this unit belongs) or quarantined (given up).
-- A lease that ran out without a release counts as an attempt, as does a failure that was released
-- so; after the third the unit is given up. Whoever asks again with the token of his own choice
-- gets his go again: its answer was lost.
CREATE FUNCTION claim(
  of_account uuid, of_import uuid, of_kind text, of_number int, lease interval,
  chosen uuid DEFAULT NULL
) RETURNS TABLE (answer text, token uuid, key text, failures int, attempts int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
#variable_conflict use_column
DECLARE
  unit units;
  stage text;
  ran_out boolean;
BEGIN
  SELECT * INTO unit FROM units u
  WHERE u.account_id = of_account AND u.import_id = of_import
    AND u.kind = of_kind AND u.number = of_number
  FOR UPDATE;
  SELECT i.status INTO stage FROM imports i
  WHERE i.account_id = of_account AND i.import_id = of_import;

  IF stage IS NULL OR unit.kind IS NULL OR NOT (CASE of_kind
    WHEN 'split' THEN stage IN ('accepted', 'splitting')
    WHEN 'chunk' THEN stage = 'normalizing'
    WHEN 'forecast_shard' THEN stage = 'forecasting'
    WHEN 'shard' THEN stage = 'merging'
    WHEN 'undo_shard' THEN stage = 'undoing'
  END) THEN
    RETURN QUERY SELECT 'ended', NULL::uuid, NULL::text, 0, 0;
    RETURN;
  END IF;
  ran_out := unit.state = 'claimed' AND unit.lease_until <= clock_timestamp();
  IF unit.state = 'finished' THEN
    RETURN QUERY SELECT 'done', NULL::uuid, unit.key, 0, 0;
  ELSIF unit.state = 'claimed' AND unit.token = chosen THEN
    RETURN QUERY
    UPDATE units u SET lease_until = clock_timestamp() + lease
    WHERE u.account_id = of_account AND u.import_id = of_import
      AND u.kind = of_kind AND u.number = of_number
    RETURNING 'go', u.token, NULL::text, u.failures, u.attempts;
  ELSIF unit.state = 'given_up' OR unit.attempts + ran_out::int >= 3 THEN
    UPDATE units u SET state = 'given_up', attempts = 3, token = NULL, lease_until = NULL
    WHERE u.account_id = of_account AND u.import_id = of_import
      AND u.kind = of_kind AND u.number = of_number AND u.state <> 'given_up';
    RETURN QUERY SELECT 'quarantined', NULL::uuid, NULL::text, 0, 0;
  ELSIF unit.state = 'claimed' AND NOT ran_out OR unit.retry_at > clock_timestamp() THEN
    RETURN QUERY SELECT 'busy', NULL::uuid, NULL::text, 0, 0;
  ELSE
    RETURN QUERY
    UPDATE units u
    SET state = 'claimed', token = coalesce(chosen, gen_random_uuid()), retry_at = NULL,
        lease_until = clock_timestamp() + lease,
        attempts = u.attempts + ran_out::int
    WHERE u.account_id = of_account AND u.import_id = of_import
      AND u.kind = of_kind AND u.number = of_number
    RETURNING 'go', u.token, NULL::text, u.failures, u.attempts;
  END IF;
END
$$;

-- Renews the lease of a unit that is being worked on; false when somebody else has it.
CREATE FUNCTION extend(
  of_account uuid, of_import uuid, of_kind text, of_number int, held uuid, lease interval
) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  WITH extended AS (
    UPDATE units SET lease_until = clock_timestamp() + lease
    WHERE account_id = of_account AND import_id = of_import AND kind = of_kind
      AND number = of_number AND token = held AND state = 'claimed'
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM extended)
$$;

-- Ends a claim: finished with what it left in S3, or, with retry_in, open again later. A failure
-- that is counted is an attempt; the third is told at once. False when the token is no longer the
-- unit's.
CREATE FUNCTION release(
  of_account uuid, of_import uuid, of_kind text, of_number int, held uuid,
  left_key text, retry_in interval, counted boolean DEFAULT false
) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  WITH released AS (
    UPDATE units SET
      state = CASE WHEN retry_in IS NULL THEN 'finished' ELSE 'open' END,
      key = left_key,
      retry_at = clock_timestamp()
        + CASE WHEN counted AND attempts >= 2 THEN interval '0' ELSE retry_in END,
      attempts = attempts + counted::int,
      failures = failures + (retry_in IS NOT NULL)::int,
      token = NULL,
      lease_until = NULL
    WHERE account_id = of_account AND import_id = of_import AND kind = of_kind
      AND number = of_number AND token = held AND state = 'claimed'
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM released)
$$;

-- The locks of every writer of contacts: one an account and slot, always in ascending order.
CREATE FUNCTION lock_slots(of_account uuid, slots int[]) RETURNS void
LANGUAGE plpgsql SET search_path = enlist, pg_temp AS $$
DECLARE
  slot int;
BEGIN
  FOR slot IN SELECT DISTINCT s FROM unnest(slots) AS s ORDER BY s LOOP
    PERFORM pg_advisory_xact_lock(hashtext(of_account::text), slot);
  END LOOP;
END
$$;

-- ─────────────────────────────────────────────────────────── row-level security and rights

DO $security$
DECLARE
  secured text;
BEGIN
  FOREACH secured IN ARRAY ARRAY[
    'accounts', 'api_keys', 'sessions', 'imports', 'idempotency_keys', 'chunks', 'shards', 'units',
    'profiles', 'contacts', 'lists', 'memberships', 'consents', 'consent_events', 'keywords',
    'changes', 'deletions', 'removals', 'tasks', 'outbox'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', secured);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', secured);
    -- The sub-select makes the setting a constant of the statement, read once.
    EXECUTE format(
      'CREATE POLICY own_account ON %I TO enlist_owner, enlist_ingest, enlist_merge '
      'USING (account_id = (SELECT nullif(current_setting(''enlist.account'', true), '''')::uuid))',
      secured);
  END LOOP;
END
$security$;

CREATE POLICY any_key ON api_keys FOR SELECT TO enlist_definer USING (true);
CREATE POLICY any_session ON sessions TO enlist_definer USING (true);
CREATE POLICY any_idempotency_key ON idempotency_keys TO enlist_definer USING (true);
CREATE POLICY any_task ON tasks FOR SELECT TO enlist_definer USING (true);
CREATE POLICY any_account ON accounts FOR SELECT TO enlist_definer USING (true);
CREATE POLICY any_import ON imports FOR SELECT TO enlist_definer, enlist_system USING (true);
CREATE POLICY any_unit ON units TO enlist_definer, enlist_system USING (true);
CREATE POLICY any_chunk ON chunks FOR SELECT TO enlist_system USING (true);
CREATE POLICY any_shard ON shards FOR SELECT TO enlist_system USING (true);
CREATE POLICY any_event ON outbox TO enlist_system USING (true);

-- An import speaks for the importer, never for the person: it states an opt-in or an opt-out, and can
-- pass for no keyword, START or consent call.
CREATE POLICY imports_alone ON consents AS RESTRICTIVE TO enlist_merge USING (true)
  WITH CHECK ((source, state) IN (('import', 'opted_in'), ('opt_out_import', 'opted_out')));
CREATE POLICY imports_alone ON consent_events AS RESTRICTIVE TO enlist_merge USING (true)
  WITH CHECK ((source, state) IN (('import', 'opted_in'), ('opt_out_import', 'opted_out')));

-- An import changes what is known already to opted out alone.
CREATE POLICY imports_opt_out ON consents AS RESTRICTIVE FOR UPDATE TO enlist_merge USING (true)
  WITH CHECK (source = 'opt_out_import' AND state = 'opted_out');
-- The role of the API writes what persons, hands and calls say, and can pass for no import.
CREATE POLICY no_import ON consents AS RESTRICTIVE TO enlist_ingest USING (true)
  WITH CHECK (source IN ('hand', 'keyword', 'consent_call') OR source = 'start' AND state = 'opted_in');
CREATE POLICY no_import ON consent_events AS RESTRICTIVE TO enlist_ingest USING (true)
  WITH CHECK (source IN ('hand', 'keyword', 'consent_call') OR source = 'start' AND state = 'opted_in');

GRANT USAGE ON SCHEMA enlist
  TO enlist_ingest, enlist_normalize, enlist_merge, enlist_system, enlist_definer;

GRANT SELECT ON api_keys, accounts TO enlist_definer;
GRANT SELECT ON imports TO enlist_definer;
GRANT SELECT, INSERT, DELETE ON sessions TO enlist_definer;
GRANT SELECT, DELETE ON idempotency_keys TO enlist_definer;
GRANT SELECT, UPDATE ON units TO enlist_definer;

GRANT SELECT ON accounts, chunks, shards, contacts, lists, memberships, consents, import_moves
  TO enlist_ingest;
GRANT SELECT, INSERT, UPDATE ON imports TO enlist_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO enlist_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON profiles TO enlist_ingest;
GRANT INSERT ON chunks, outbox TO enlist_ingest;
GRANT SELECT, INSERT ON units TO enlist_ingest;

GRANT SELECT ON imports, accounts, import_moves, consents, consent_events, changes TO enlist_merge;
GRANT UPDATE (
  status, list_ids, list_names, created, updated, unchanged, duplicate, rejected, unprocessed, warnings,
  suppressed, listed, unlisted, fixed_line, reasons, warning_reasons, chunks_normalized,
  shards_merged, shards_given_up, error_code, error_message, completed_at, moved_at,
  progressed_at, phonenumbers_version
) ON imports TO enlist_merge;
GRANT SELECT, UPDATE ON chunks TO enlist_merge;
GRANT SELECT, INSERT, UPDATE ON shards, contacts, lists TO enlist_merge;
GRANT SELECT, INSERT, DELETE ON memberships TO enlist_merge;
GRANT SELECT, INSERT ON units TO enlist_merge;
GRANT INSERT ON changes, outbox, consents, consent_events TO enlist_merge;
GRANT UPDATE (state, source, evidence, import_id, record, effective_at, seq) ON consents
  TO enlist_ingest, enlist_merge;
GRANT INSERT ON consents, consent_events TO enlist_ingest;
GRANT SELECT, INSERT, DELETE ON keywords TO enlist_ingest;
-- Whoever texts a keyword becomes a contact and joins its list.
GRANT INSERT ON contacts, lists, memberships, changes TO enlist_ingest;
GRANT UPDATE (channels, changed_seq, updated_at) ON contacts TO enlist_ingest;
GRANT UPDATE (deleted_at) ON lists TO enlist_ingest;  -- what FOR KEY SHARE asks for
GRANT SELECT ON changes, consent_events TO enlist_ingest;  -- a contact's history
GRANT USAGE ON SEQUENCE contact_ids, merge_order TO enlist_merge, enlist_ingest;

-- Contacts and lists are changed by hand, too, and in the background.
GRANT SELECT ON tasks TO enlist_definer;
GRANT INSERT, UPDATE, DELETE ON contacts TO enlist_ingest;
GRANT INSERT, UPDATE ON lists TO enlist_ingest;
GRANT INSERT, DELETE ON memberships TO enlist_ingest;
GRANT INSERT, UPDATE ON changes TO enlist_ingest;
GRANT SELECT, INSERT ON deletions, removals TO enlist_ingest;
GRANT SELECT, INSERT, UPDATE ON tasks TO enlist_ingest;
GRANT USAGE ON SEQUENCE contact_ids, merge_order TO enlist_ingest;
GRANT SELECT, INSERT ON removals TO enlist_merge;
GRANT SELECT ON deletions TO enlist_merge;

GRANT SELECT (
  account_id, import_id, status, lane, manifest_key, chunks, chunks_normalized, shards,
  shards_merged, moved_at
) ON imports TO enlist_system;
GRANT SELECT ON units TO enlist_system;
GRANT UPDATE (emitted_at, emissions) ON units TO enlist_system;
GRANT SELECT ON chunks, shards TO enlist_system;
GRANT SELECT, INSERT ON outbox TO enlist_system;
GRANT UPDATE (published_at, held_until) ON outbox TO enlist_system;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA enlist FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authenticate(bytea), session(bytea),
  open_session(bytea, bytea, interval), close_session(bytea) TO enlist_ingest;
GRANT EXECUTE ON FUNCTION prune_idempotency_keys(interval) TO enlist_ingest;
GRANT EXECUTE ON FUNCTION open_tasks() TO enlist_ingest;
GRANT EXECUTE ON FUNCTION claim, extend, release TO enlist_ingest, enlist_normalize, enlist_merge;
GRANT EXECUTE ON FUNCTION lock_slots TO enlist_ingest, enlist_merge;
GRANT EXECUTE ON FUNCTION add_counts TO enlist_merge;

-- enlist_definer may create functions only while its own are handed to it.
GRANT CREATE ON SCHEMA enlist TO enlist_definer;
ALTER FUNCTION authenticate(bytea) OWNER TO enlist_definer;
ALTER FUNCTION session(bytea) OWNER TO enlist_definer;
ALTER FUNCTION open_session(bytea, bytea, interval) OWNER TO enlist_definer;
ALTER FUNCTION close_session(bytea) OWNER TO enlist_definer;
ALTER FUNCTION prune_idempotency_keys(interval) OWNER TO enlist_definer;
ALTER FUNCTION open_tasks() OWNER TO enlist_definer;
ALTER FUNCTION claim(uuid, uuid, text, int, interval, uuid) OWNER TO enlist_definer;
ALTER FUNCTION extend(uuid, uuid, text, int, uuid, interval) OWNER TO enlist_definer;
ALTER FUNCTION release(uuid, uuid, text, int, uuid, text, interval, boolean) OWNER TO enlist_definer;
REVOKE CREATE ON SCHEMA enlist FROM enlist_definer;
