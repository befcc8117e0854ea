-- What is known of a number on a channel, and how it came to be so. Statements that write run under
-- the lock of the number's slot.
--
-- Among keyword, START, consent call and opt-outs the latest decides, and a tie is out; an opt-in that
-- an import or a hand states gives way to each of them, earlier or later. The row in `consents` is the
-- one that decides, so that whatever comes late can be compared with it.

-- name: lock_slots
SELECT lock_slots($1, $2)

-- name: draw_seq
SELECT nextval('merge_order')

-- name: state
SELECT state FROM consents WHERE account_id = $1 AND number = $2 AND channel = $3

-- name: say
-- One consent event, and the state that follows from it; no row if the message was heard before.
-- $1 account, $2 number, $3 channel, $4 state, $5 source, $6 evidence, $7 seq, $8 message_id,
-- $9 received_at (null: now; at most now).
WITH known AS (
  SELECT state FROM consents WHERE account_id = $1 AND number = $2 AND channel = $3
), told AS (
  INSERT INTO consent_events (
    account_id, number, channel, state, source, evidence, seq, message_id, effective_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, least($9::timestamptz, statement_timestamp()))
  ON CONFLICT (account_id, message_id) WHERE message_id IS NOT NULL DO NOTHING
  RETURNING event_id, effective_at
), decided AS (
  INSERT INTO consents (account_id, number, channel, state, source, evidence, seq, effective_at)
  SELECT $1, $2, $3, $4, $5, $6, $7, effective_at FROM told
  ON CONFLICT (account_id, number, channel) DO UPDATE SET
    state = EXCLUDED.state, source = EXCLUDED.source, evidence = EXCLUDED.evidence,
    seq = EXCLUDED.seq, effective_at = EXCLUDED.effective_at, import_id = NULL, record = NULL
  WHERE consents.state = 'opted_in' AND consents.source IN ('import', 'hand')
    OR EXCLUDED.effective_at > consents.effective_at
    OR EXCLUDED.effective_at = consents.effective_at AND EXCLUDED.state = 'opted_out'
  RETURNING state
)
SELECT told.event_id, told.effective_at, known.state AS before,
  coalesce(decided.state, known.state) AS after
FROM told LEFT JOIN known ON true LEFT JOIN decided ON true

-- name: states
SELECT channel, state, source, evidence, effective_at, import_id, record
FROM consents WHERE account_id = $1 AND number = $2
ORDER BY channel

-- name: events
-- A page of a number's history, the latest said first: event ids ascend with the time of writing.
SELECT event_id, number, channel, state, source, evidence, effective_at, import_id, record
FROM consent_events
WHERE account_id = $1 AND number = $2
  AND ($3::text IS NULL OR channel = $3) AND ($4::uuid IS NULL OR event_id < $4)
ORDER BY event_id DESC
LIMIT $5

-- name: single_event
SELECT event_id, number, channel, state, source, evidence, effective_at, import_id, record
FROM consent_events WHERE account_id = $1 AND event_id = $2 AND import_id IS NULL

-- name: opted_out
-- Who has opted out, the latest first; $2 a channel or all of them, $3 to $5 the place after which
-- the page begins, $6 how many.
SELECT number, channel, state, source, evidence, effective_at, import_id, record
FROM consents
WHERE account_id = $1 AND state = 'opted_out' AND ($2::text IS NULL OR channel = $2)
  AND (effective_at, number, channel) < ($3, $4, $5)
ORDER BY effective_at DESC, number DESC, channel DESC
LIMIT $6

-- name: numbers_of_contact
SELECT phone_number AS phone, coalesce(whatsapp_number, phone_number) AS whatsapp
FROM contacts WHERE account_id = $1 AND contact_id = $2
