-- Imports may state consent: unknown becomes opted in, and the role that merges can do nothing else.

SET LOCAL search_path = enlist;

-- Every writer holds the lock of the number's slot; the check of an account that an import already
-- refers to costs as much a row as the insert.
ALTER TABLE consents DROP CONSTRAINT consents_account_id_fkey;

-- An import speaks for the importer, never for the person: it states an opt-in or an opt-out, and can
-- pass for no keyword, START or consent call.
CREATE POLICY imports_alone ON consents AS RESTRICTIVE TO enlist_merge USING (true)
  WITH CHECK ((source, state) IN (('import', 'opted_in'), ('opt_out_import', 'opted_out')));
CREATE POLICY imports_alone ON consent_events AS RESTRICTIVE TO enlist_merge USING (true)
  WITH CHECK ((source, state) IN (('import', 'opted_in'), ('opt_out_import', 'opted_out')));

GRANT INSERT ON consents, consent_events TO enlist_merge;
