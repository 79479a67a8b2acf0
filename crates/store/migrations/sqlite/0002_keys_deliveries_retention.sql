-- A panToken may be sealed now, an idempotency key is indexed only where there is one, and sessions
-- are found by when they expired: SQLite changes a column only by making the table anew.
CREATE TABLE sessions_2 (
    request_id            INTEGER PRIMARY KEY CHECK (request_id > 0),
    language              TEXT    NOT NULL,
    -- The redirect flow has both of these, the iframe flow neither.
    return_url            TEXT,
    callback_token_digest BLOB,
    customer              TEXT,
    seed                  BLOB    NOT NULL,
    result_token_digest   BLOB    NOT NULL,
    idempotency_key       BLOB,
    fingerprint           BLOB,
    created_at            INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL,
    -- Sealed under the store key of this id; without one, the panToken's own characters.
    pan_token             BLOB,
    pan_token_key         TEXT,
    error_code            TEXT,
    error_message         TEXT,
    finished_at           INTEGER,
    CHECK ((return_url IS NULL) = (callback_token_digest IS NULL)),
    CHECK ((idempotency_key IS NULL) = (fingerprint IS NULL)),
    CHECK (pan_token IS NOT NULL OR pan_token_key IS NULL),
    CHECK (pan_token IS NULL OR error_code IS NULL),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CHECK ((finished_at IS NULL) = (pan_token IS NULL AND error_code IS NULL))
) STRICT;
INSERT INTO sessions_2 SELECT request_id, language, return_url, callback_token_digest, customer, seed,
    result_token_digest, idempotency_key, fingerprint, created_at, expires_at, CAST(pan_token AS BLOB),
    NULL, error_code, error_message, finished_at FROM sessions;
DROP TABLE sessions;
ALTER TABLE sessions_2 RENAME TO sessions;
CREATE UNIQUE INDEX sessions_by_idempotency_key ON sessions (idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
    name       TEXT    PRIMARY KEY,
    digest     BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

-- The outbox: what is still to be told of a session's results, and what was.
CREATE TABLE deliveries (
    -- Never used again, so that a later result has the larger id.
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id    INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    -- Without these two the result is the session's panToken, which is final.
    error_code    TEXT,
    error_message TEXT,
    recorded_at   INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    -- When it may be claimed. A claim moves it to the end of its lease.
    due_at        INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    last_error    TEXT,
    CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT;
CREATE INDEX deliveries_by_request ON deliveries (request_id, id);
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_by_state ON deliveries (state, id);

-- The ids of the keys that panTokens were ever sealed under and may still be.
CREATE TABLE store_keys (
    id TEXT PRIMARY KEY
) STRICT;
