-- Contacts and lists that people manage: found by name and e-mail, changed by hand, in bulk and in
-- the background.

SET LOCAL search_path = enlist;

ALTER TABLE contacts
  ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (lower(email)) STORED;
CREATE INDEX contacts_by_first_name ON contacts (account_id, first_key, last_key, contact_id)
  WHERE first_key <> '';
CREATE INDEX contacts_by_last_name ON contacts (account_id, last_key, contact_id)
  WHERE last_key <> '';
CREATE INDEX contacts_by_email ON contacts (account_id, email_key, contact_id)
  WHERE email_key IS NOT NULL;

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

-- The tasks of every account that are not at their end, the oldest first.
CREATE FUNCTION open_tasks() RETURNS TABLE (account_id uuid, task_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = enlist, pg_temp AS $$
  SELECT t.account_id, t.task_id FROM tasks t
  WHERE t.ended_at IS NULL ORDER BY t.created_at LIMIT 100
$$;

DO $security$
DECLARE
  secured text;
BEGIN
  FOREACH secured IN ARRAY ARRAY['deletions', 'removals', 'tasks'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', secured);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', secured);
    EXECUTE format(
      'CREATE POLICY own_account ON %I TO enlist_owner, enlist_ingest, enlist_merge '
      'USING (account_id = (SELECT nullif(current_setting(''enlist.account'', true), '''')::uuid))',
      secured);
  END LOOP;
END
$security$;
CREATE POLICY any_task ON tasks FOR SELECT TO enlist_definer USING (true);

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

REVOKE EXECUTE ON FUNCTION open_tasks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_tasks() TO enlist_ingest;
GRANT CREATE ON SCHEMA enlist TO enlist_definer;
ALTER FUNCTION open_tasks() OWNER TO enlist_definer;
REVOKE CREATE ON SCHEMA enlist FROM enlist_definer;
