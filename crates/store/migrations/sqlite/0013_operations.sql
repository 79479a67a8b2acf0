-- Money calls: what was asked of a provider, and what became of it. What a provider needs is in `data`, which
-- the store does not read.
CREATE TABLE operations (
    -- Never used again.
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL,
    key             TEXT    NOT NULL,
    -- The operation that this one is a part of, as a refund is of its payment.
    parent_id       INTEGER REFERENCES operations,
    customer        TEXT,
    created_by      TEXT,
    fingerprint     BLOB    NOT NULL,
    state           TEXT    NOT NULL,
    -- Encrypted with the store key of this label; without one, as it was given.
    data            BLOB    NOT NULL,
    data_key        TEXT,
    -- Each change adds one.
    version         INTEGER NOT NULL,
    is_final        INTEGER NOT NULL,
    attention       TEXT,
    created_at      INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL,
    -- When the provider is asked next, if at all. A claim moves it to the end of its lease.
    next_attempt_at INTEGER,
    attempts        INTEGER NOT NULL,
    leased_until    INTEGER,
    -- 1 if something was heard of it since the last claim.
    is_hinted       INTEGER NOT NULL DEFAULT 0,
    deadline_at     INTEGER,
    UNIQUE (kind, key)
) STRICT;
CREATE INDEX operations_due ON operations (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX operations_by_parent ON operations (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX operations_by_customer ON operations (customer, kind, id) WHERE customer IS NOT NULL;
CREATE INDEX operations_finished ON operations (changed_at) WHERE is_final = 1;

-- What was heard of an operation, each once.
CREATE TABLE inbox (
    operation_id INTEGER NOT NULL REFERENCES operations ON DELETE CASCADE,
    source       TEXT    NOT NULL,
    fact         TEXT    NOT NULL,
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (operation_id, source, fact)
) STRICT;

-- A delivery is that of a session's result or of an operation's event: SQLite changes a column only by making
-- the table anew.
CREATE TABLE deliveries_2 (
    -- Never used again, so that a later result has the larger id.
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id    INTEGER REFERENCES sessions ON DELETE CASCADE,
    operation_id  INTEGER REFERENCES operations ON DELETE CASCADE,
    -- A session without these two has a panToken, which is final.
    error_code    TEXT,
    error_message TEXT,
    event_type    TEXT,
    event_id      TEXT,
    -- Encrypted with the store key of this label; without one, as it was given.
    event         BLOB,
    event_key     TEXT,
    recorded_at   INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    -- When it may be claimed. A claim moves it to the end of its lease.
    due_at        INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    last_error    TEXT,
    -- Until when an attempt may take. Without it, nobody is sending the delivery now.
    leased_until  INTEGER,
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CHECK ((request_id IS NULL) = (operation_id IS NOT NULL)),
    CHECK ((operation_id IS NULL) = (event_type IS NULL)),
    CHECK ((operation_id IS NULL) = (event_id IS NULL)),
    CHECK ((operation_id IS NULL) = (event IS NULL))
) STRICT;
INSERT INTO sqlite_sequence (name, seq) SELECT 'deliveries_2', seq FROM sqlite_sequence WHERE name = 'deliveries';
INSERT INTO deliveries_2 (id, request_id, error_code, error_message, recorded_at, state, due_at, attempts,
    last_error, leased_until) SELECT id, request_id, error_code, error_message, recorded_at, state, due_at,
    attempts, last_error, leased_until FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_2 RENAME TO deliveries;
CREATE INDEX deliveries_by_request ON deliveries (request_id, id);
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state, id);
CREATE INDEX deliveries_waiting ON deliveries (request_id, id) WHERE state = 'pending';
CREATE INDEX deliveries_waiting_of_operation ON deliveries (operation_id, id) WHERE state = 'pending';
-- An operation has each event once.
CREATE UNIQUE INDEX deliveries_by_event ON deliveries (operation_id, event_id) WHERE operation_id IS NOT NULL;
