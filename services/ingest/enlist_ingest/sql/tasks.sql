-- Work on the members of a list, a batch a transaction. One account a transaction.

-- name: begin_task
INSERT INTO tasks (account_id, kind, list_id, with_contacts, filter, contact_ids, requested_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING task_id

-- name: task
SELECT * FROM tasks WHERE account_id = $1 AND task_id = $2

-- name: take_task
-- Nobody else works on it until this transaction ends; who comes meanwhile goes on to another.
SELECT * FROM tasks WHERE account_id = $1 AND task_id = $2 AND ended_at IS NULL
FOR UPDATE SKIP LOCKED

-- name: advance_task
-- $3 where the next batch begins, $4 memberships and $5 contacts of this one, $6 whether it was the
-- last.
UPDATE tasks SET
  cursor = $3, memberships = memberships + $4, contacts = contacts + $5,
  ended_at = CASE WHEN $6 THEN now() END
WHERE account_id = $1 AND task_id = $2

-- name: open_tasks
SELECT account_id, task_id FROM enlist.open_tasks()

-- name: numbers
SELECT contact_id, phone_number FROM contacts
WHERE account_id = $1 AND contact_id = ANY ($2::bigint[])

-- name: leave_deleted_list
WITH gone AS (
  DELETE FROM memberships
  WHERE account_id = $1 AND list_id = $2 AND contact_id = ANY ($3::bigint[])
  RETURNING 1
)
SELECT count(*) FROM gone

-- name: on_no_list
-- Those of the contacts $2 that are on no list that exists.
SELECT c.contact_id FROM contacts c
WHERE c.account_id = $1 AND c.contact_id = ANY ($2::bigint[]) AND NOT EXISTS (
  SELECT FROM lists l JOIN memberships m ON m.account_id = $1 AND m.list_id = l.list_id
  WHERE l.account_id = $1 AND l.deleted_at IS NULL AND m.contact_id = c.contact_id)

-- name: bar_list
-- Waits for the shards that took the list for a living one; after it none does.
SELECT list_id FROM lists WHERE account_id = $1 AND list_id = $2 FOR UPDATE

-- name: has_members
SELECT EXISTS (SELECT FROM memberships WHERE account_id = $1 AND list_id = $2)
