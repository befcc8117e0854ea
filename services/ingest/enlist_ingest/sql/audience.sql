-- Whom to text. A contact is reached on a channel if it is known to be there, under its effective
-- number: on WhatsApp its WhatsApp number, when blank its phone number.

-- name: list_exists
SELECT true FROM lists WHERE account_id = $1 AND list_id = $2 AND deleted_at IS NULL

-- name: room_to_sort
-- A large list is sorted in memory, and may take a while.
SELECT set_config('work_mem', '64MB', true), set_config('statement_timeout', '300s', true)

-- name: audience
-- One line of JSON a recipient, by number, then one with the counts; all of one moment. Of several
-- members with one number the oldest stands for it. Every member is exactly one of: recipient,
-- opted_out, shared_number, unreachable. $1 account, $2 list, $3 channel, $4 the channel as a bit.
WITH members AS (
  SELECT c.contact_id, c.first_name, c.last_name,
    -- Not coalesce: to row security it may leak, so that no index would be asked for the number.
    CASE WHEN $3 = 'phone' OR c.whatsapp_number IS NULL THEN c.phone_number
      ELSE c.whatsapp_number END AS number,
    c.channels & $4::smallint <> 0 AS reachable
  FROM memberships m
  JOIN contacts c ON c.account_id = m.account_id AND c.contact_id = m.contact_id
  WHERE m.account_id = $1 AND m.list_id = $2
), judged AS MATERIALIZED (
  SELECT m.*, k.state,
    CASE WHEN NOT m.reachable THEN 'unreachable'
      WHEN k.state = 'opted_out' THEN 'opted_out'
      WHEN row_number() OVER (PARTITION BY m.reachable, m.number ORDER BY m.contact_id) = 1
        THEN 'recipient'
      ELSE 'shared_number' END AS role
  FROM members m
  LEFT JOIN consents k ON k.account_id = $1 AND k.number = m.number AND k.channel = $3
)
SELECT line FROM (
  SELECT number, json_build_object(
    'number', number, 'contact_id', contact_id, 'first_name', first_name,
    'last_name', last_name, 'consent', coalesce(state, 'unknown')) AS line
  FROM judged WHERE role = 'recipient'
  UNION ALL
  SELECT NULL, json_build_object('counts', json_build_object(
    'members', count(*),
    'recipients', count(*) FILTER (WHERE role = 'recipient'),
    'opted_out', count(*) FILTER (WHERE role = 'opted_out'),
    'shared_numbers', count(*) FILTER (WHERE role = 'shared_number'),
    'unreachable', count(*) FILTER (WHERE role = 'unreachable')))
  FROM judged
) AS lines
ORDER BY number COLLATE "C" NULLS LAST

-- name: consents_of
SELECT number, state FROM consents
WHERE account_id = $1 AND channel = $2 AND number = ANY ($3::text[])
