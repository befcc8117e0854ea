-- An import that opts out: a shard's transaction, in place of contacts and lists. A row of `stated`
-- is a number, under the lowest record that states it. $1 account, $2 the name of the channel.

-- name: outcomes
-- Whoever was unknown or opted in is created; whoever is out already is unchanged.
SELECT s.record, CASE WHEN known.state = 'opted_out' THEN 'unchanged' ELSE 'created' END AS outcome
FROM stated s
LEFT JOIN LATERAL (
  SELECT c.state FROM consents c
  WHERE c.account_id = $1 AND c.number = s.number AND c.channel = $2
  OFFSET 0  -- one index probe a row, whatever the planner believes
) AS known ON true
ORDER BY s.record

-- name: opt_out
-- Also of who is out already: from now on a START that comes late is too old. Returns the numbers
-- whose state changed. $3 the import, $4 seq.
WITH told AS (
  INSERT INTO consent_events (
    account_id, number, channel, state, source, import_id, record, effective_at, seq)
  SELECT $1, number, $2, 'opted_out', 'opt_out_import', $3, record, statement_timestamp(), $4
  FROM stated ORDER BY number
), written AS (
  INSERT INTO consents (
    account_id, number, channel, state, source, import_id, record, effective_at, seq)
  SELECT $1, number, $2, 'opted_out', 'opt_out_import', $3, record, statement_timestamp(), $4
  FROM stated ORDER BY number
  ON CONFLICT (account_id, number, channel) DO UPDATE SET
    state = EXCLUDED.state, source = EXCLUDED.source, evidence = NULL,
    import_id = EXCLUDED.import_id, record = EXCLUDED.record, seq = EXCLUDED.seq,
    effective_at = greatest(consents.effective_at, EXCLUDED.effective_at)
  RETURNING number, record, effective_at, old.state IS DISTINCT FROM 'opted_out' AS changed
)
SELECT number, record, to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM written WHERE changed ORDER BY number
