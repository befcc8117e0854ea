-- The roles of Enlist: run once a cluster by an administrator, before the migrations.
-- Passwords are set apart (enlist_shared.migrations); running this again changes nothing.
DO $roles$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    'enlist_owner', 'enlist_ingest', 'enlist_normalize', 'enlist_merge', 'enlist_system'
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', role_name);
    END IF;
    EXECUTE format('ALTER ROLE %I SET search_path = enlist', role_name);
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'enlist_definer') THEN
    CREATE ROLE enlist_definer NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END
$roles$;
GRANT enlist_definer TO enlist_owner WITH INHERIT FALSE, SET TRUE;
