-- An event that cannot be published holds up its own import, and no other.

SET LOCAL search_path = enlist;

ALTER TABLE outbox ADD COLUMN held_until timestamptz;
DROP INDEX outbox_unpublished;
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL AND held_until IS NULL;
CREATE INDEX outbox_held ON outbox (held_until)
  WHERE published_at IS NULL AND held_until IS NOT NULL;
CREATE INDEX outbox_held_imports ON outbox (import_id)
  WHERE published_at IS NULL AND held_until IS NOT NULL;
GRANT UPDATE (held_until) ON outbox TO enlist_system;
