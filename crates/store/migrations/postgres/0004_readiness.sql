-- One row, written to see that the database takes writes.
CREATE TABLE readiness (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    writes BIGINT NOT NULL
);
INSERT INTO readiness VALUES (1, 0);
