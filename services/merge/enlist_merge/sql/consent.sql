-- What the option `consent` adds to a shard's transaction; an import without it runs none of this.
-- A row of `stated` is a number that records of the shard state, under the lowest of them.
-- $1 account, $2 the import, $3 the name of its channel.

-- name: create_stated
CREATE TEMPORARY TABLE IF NOT EXISTS stated (
  number text   COLLATE "C" PRIMARY KEY,
  record bigint NOT NULL
) ON COMMIT DELETE ROWS

-- name: differing
-- The numbers whose consent was unknown before this import. What an earlier shard of it wrote counts
-- as unknown, so that no outcome depends on which shard came first.
SELECT s.number
FROM stated s
WHERE NOT EXISTS (
  SELECT FROM consents c
  WHERE c.account_id = $1 AND c.number = s.number AND c.channel = $3
    AND (c.import_id IS DISTINCT FROM $2 OR c.state <> 'opted_in')
)

-- name: opt_in
-- From unknown to opted in and nothing else: whoever has a state keeps it. The time is that of the
-- database, under the slot locks, which also keep others from writing the same numbers: ON CONFLICT
-- would cost half as much again. Returns the numbers that changed. $4 seq, $5 evidence.
WITH unknown AS MATERIALIZED (
  SELECT s.number, s.record
  FROM stated s
  WHERE NOT EXISTS (
    SELECT FROM consents c
    WHERE c.account_id = $1 AND c.number = s.number AND c.channel = $3)
  ORDER BY s.number
), told AS (
  INSERT INTO consent_events (
    account_id, number, channel, state, source, evidence, import_id, record, effective_at, seq)
  SELECT $1, number, $3, 'opted_in', 'import', $5, $2, record, statement_timestamp(), $4
  FROM unknown
)
INSERT INTO consents (
  account_id, number, channel, state, source, evidence, import_id, record, effective_at, seq)
SELECT $1, number, $3, 'opted_in', 'import', $5, $2, record, statement_timestamp(), $4
FROM unknown
RETURNING number, record,
  to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')

-- name: changed
-- What the shards of an import changed, once it has ended.
SELECT i.channel, i.purpose, s.consents_key, s.consents_changed
FROM shards s JOIN imports i ON i.account_id = s.account_id AND i.import_id = s.import_id
WHERE s.account_id = $1 AND s.import_id = $2 AND s.consents_changed > 0
ORDER BY s.shard
