-- How many errors were recorded for the session, of which there is a limit.
ALTER TABLE sessions ADD COLUMN errors_recorded BIGINT NOT NULL DEFAULT 0;
