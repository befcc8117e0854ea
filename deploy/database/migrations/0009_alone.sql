-- Whoever claims a unit learns how often it was attempted: after the first time it runs alone.

SET LOCAL search_path = enlist;

DROP FUNCTION claim(uuid, uuid, text, int, interval, uuid);

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

REVOKE EXECUTE ON FUNCTION claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim TO enlist_ingest, enlist_normalize, enlist_merge;
GRANT CREATE ON SCHEMA enlist TO enlist_definer;
ALTER FUNCTION claim(uuid, uuid, text, int, interval, uuid) OWNER TO enlist_definer;
REVOKE CREATE ON SCHEMA enlist FROM enlist_definer;
