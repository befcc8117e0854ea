-- People speak for themselves: keywords, messages, consent calls, hands; imports that opt out; what
-- changed is announced, also where no import changed it.

SET LOCAL search_path = enlist;

-- ───────────────────────────────────────────────────────────────────────────── consent

-- A message is heard once. Its event, and that of a call or a hand, is found by its id.
ALTER TABLE consent_events ADD COLUMN message_id text COLLATE "C";
CREATE UNIQUE INDEX consent_events_by_message ON consent_events (account_id, message_id)
  WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX consent_events_single ON consent_events (account_id, event_id)
  WHERE import_id IS NULL;

ALTER TABLE consents ADD CONSTRAINT call_has_evidence
  CHECK (source <> 'consent_call' OR evidence IS NOT NULL);
ALTER TABLE consent_events ADD CONSTRAINT call_has_evidence
  CHECK (source <> 'consent_call' OR evidence IS NOT NULL);

-- Leaving opted_out takes the person, or a call with evidence, at a later time; a tie stays out.
CREATE OR REPLACE FUNCTION check_consent() RETURNS trigger LANGUAGE plpgsql
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

-- An import changes what is known already to opted out alone.
CREATE POLICY imports_opt_out ON consents AS RESTRICTIVE FOR UPDATE TO enlist_merge USING (true)
  WITH CHECK (source = 'opt_out_import' AND state = 'opted_out');
-- The role of the API writes what persons, hands and calls say, and can pass for no import.
CREATE POLICY no_import ON consents AS RESTRICTIVE TO enlist_ingest USING (true)
  WITH CHECK (source IN ('hand', 'keyword', 'consent_call') OR source = 'start' AND state = 'opted_in');
CREATE POLICY no_import ON consent_events AS RESTRICTIVE TO enlist_ingest USING (true)
  WITH CHECK (source IN ('hand', 'keyword', 'consent_call') OR source = 'start' AND state = 'opted_in');

GRANT UPDATE (state, source, evidence, import_id, record, effective_at, seq) ON consents
  TO enlist_ingest, enlist_merge;
GRANT INSERT ON consents, consent_events TO enlist_ingest;

-- What an import changed: how many numbers, and the object that names them.
ALTER TABLE shards ADD COLUMN consents_changed bigint NOT NULL DEFAULT 0;
ALTER TABLE shards ADD COLUMN consents_key text;

-- ──────────────────────────────────────────────────────────────────────────── keywords

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

ALTER TABLE keywords ENABLE ROW LEVEL SECURITY;
ALTER TABLE keywords FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON keywords TO enlist_owner, enlist_ingest, enlist_merge
  USING (account_id = (SELECT nullif(current_setting('enlist.account', true), '')::uuid));
GRANT SELECT, INSERT, DELETE ON keywords TO enlist_ingest;

-- Whoever texts a keyword becomes a contact and joins its list.
GRANT INSERT ON contacts, lists, memberships, changes TO enlist_ingest;
GRANT UPDATE (channels, changed_seq, updated_at) ON contacts TO enlist_ingest;
GRANT UPDATE (deleted_at) ON lists TO enlist_ingest;  -- what FOR KEY SHARE asks for
GRANT USAGE ON SEQUENCE contact_ids, merge_order TO enlist_ingest;

-- ────────────────────────────────────────────────────────────────────────────── outbox

-- What is about no import keeps the order of its account.
ALTER TABLE outbox ALTER COLUMN import_id DROP NOT NULL;
DROP INDEX outbox_held_imports;
CREATE INDEX outbox_held_queues ON outbox ((coalesce(import_id, account_id)))
  WHERE published_at IS NULL AND held_until IS NOT NULL;
