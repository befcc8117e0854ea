-- Who has opted out, the latest first.

SET LOCAL search_path = enlist;

CREATE INDEX consents_opted_out ON consents (account_id, effective_at, number, channel)
  WHERE state = 'opted_out';
