-- Money calls: what was asked of a provider, and what became of it. What a provider needs is in `data`, which
-- the store does not read.
CREATE TABLE operations (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            TEXT   NOT NULL,
    key             TEXT   NOT NULL,
    -- The operation that this one is a part of, as a refund is of its payment.
    parent_id       BIGINT REFERENCES operations,
    customer        TEXT,
    created_by      TEXT,
    fingerprint     BYTEA  NOT NULL,
    state           TEXT   NOT NULL,
    -- Encrypted with the store key of this label; without one, as it was given.
    data            BYTEA  NOT NULL,
    data_key        TEXT,
    -- Each change adds one.
    version         BIGINT NOT NULL,
    is_final        BIGINT NOT NULL,
    attention       TEXT,
    created_at      BIGINT NOT NULL,
    changed_at      BIGINT NOT NULL,
    -- When the provider is asked next, if at all. A claim moves it to the end of its lease.
    next_attempt_at BIGINT,
    attempts        BIGINT NOT NULL,
    leased_until    BIGINT,
    -- 1 if something was heard of it since the last claim.
    is_hinted       BIGINT NOT NULL DEFAULT 0,
    deadline_at     BIGINT,
    UNIQUE (kind, key)
);
CREATE INDEX operations_due ON operations (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX operations_by_parent ON operations (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX operations_by_customer ON operations (customer, kind, id) WHERE customer IS NOT NULL;
CREATE INDEX operations_finished ON operations (changed_at) WHERE is_final = 1;

-- What was heard of an operation, each once.
CREATE TABLE inbox (
    operation_id BIGINT NOT NULL REFERENCES operations ON DELETE CASCADE,
    source       TEXT   NOT NULL,
    fact         TEXT   NOT NULL,
    received_at  BIGINT NOT NULL,
    PRIMARY KEY (operation_id, source, fact)
);

-- A delivery is that of a session's result or of an operation's event.
ALTER TABLE deliveries ALTER COLUMN request_id DROP NOT NULL;
ALTER TABLE deliveries ADD COLUMN operation_id BIGINT REFERENCES operations ON DELETE CASCADE;
ALTER TABLE deliveries ADD COLUMN event_type TEXT;
ALTER TABLE deliveries ADD COLUMN event_id TEXT;
-- Encrypted with the store key of this label; without one, as it was given.
ALTER TABLE deliveries ADD COLUMN event BYTEA;
ALTER TABLE deliveries ADD COLUMN event_key TEXT;
ALTER TABLE deliveries ADD CHECK ((request_id IS NULL) = (operation_id IS NOT NULL));
ALTER TABLE deliveries ADD CHECK ((operation_id IS NULL) = (event_type IS NULL));
ALTER TABLE deliveries ADD CHECK ((operation_id IS NULL) = (event_id IS NULL));
ALTER TABLE deliveries ADD CHECK ((operation_id IS NULL) = (event IS NULL));
CREATE INDEX deliveries_waiting_of_operation ON deliveries (operation_id, id) WHERE state = 'pending';
-- An operation has each event once.
CREATE UNIQUE INDEX deliveries_by_event ON deliveries (operation_id, event_id) WHERE operation_id IS NOT NULL;
