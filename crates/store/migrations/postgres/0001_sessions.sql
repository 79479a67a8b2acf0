CREATE TABLE sessions (
    request_id            BIGINT PRIMARY KEY CHECK (request_id > 0),
    language              TEXT   NOT NULL,
    -- The redirect flow has both of these, the iframe flow neither.
    return_url            TEXT,
    callback_token_digest BYTEA,
    customer              TEXT,
    seed                  BYTEA  NOT NULL,
    result_token_digest   BYTEA  NOT NULL,
    idempotency_key       BYTEA,
    fingerprint           BYTEA,
    created_at            BIGINT NOT NULL,
    expires_at            BIGINT NOT NULL,
    -- Sealed under the store key of this id; without one, the panToken's own characters.
    pan_token             BYTEA,
    pan_token_key         TEXT,
    error_code            TEXT,
    error_message         TEXT,
    finished_at           BIGINT,
    CHECK ((return_url IS NULL) = (callback_token_digest IS NULL)),
    CHECK ((idempotency_key IS NULL) = (fingerprint IS NULL)),
    CHECK (pan_token IS NOT NULL OR pan_token_key IS NULL),
    CHECK (pan_token IS NULL OR error_code IS NULL),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CHECK ((finished_at IS NULL) = (pan_token IS NULL AND error_code IS NULL))
);
CREATE UNIQUE INDEX sessions_by_idempotency_key ON sessions (idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
    name       TEXT COLLATE "C" PRIMARY KEY,
    digest     BYTEA  NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- The outbox: what is still to be told of a session's results, and what was.
CREATE TABLE deliveries (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id    BIGINT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    -- Without these two the result is the session's panToken, which is final.
    error_code    TEXT,
    error_message TEXT,
    recorded_at   BIGINT NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    -- When it may be claimed. A claim moves it to the end of its lease.
    due_at        BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    last_error    TEXT,
    CHECK ((error_code IS NULL) = (error_message IS NULL))
);
CREATE INDEX deliveries_by_request ON deliveries (request_id, id);
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state, id);

-- The ids of the keys that panTokens were ever sealed under and may still be.
CREATE TABLE store_keys (
    id TEXT PRIMARY KEY
);
