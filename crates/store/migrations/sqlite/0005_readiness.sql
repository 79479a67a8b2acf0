-- One row, written to see that the database takes writes.
CREATE TABLE readiness (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    writes INTEGER NOT NULL
) STRICT;
INSERT INTO readiness VALUES (1, 0);
