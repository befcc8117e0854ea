-- How long a unit has waited: what metrics call the lag of a stage.

ALTER TABLE units ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
