CREATE TABLE sessions (
    request_id            INTEGER PRIMARY KEY CHECK (request_id > 0),
    language              TEXT    NOT NULL,
    -- The redirect flow has both of these, the iframe flow neither.
    return_url            TEXT,
    callback_token_digest BLOB,
    customer              TEXT,
    seed                  BLOB    NOT NULL,
    result_token_digest   BLOB    NOT NULL,
    idempotency_key       BLOB UNIQUE,
    fingerprint           BLOB,
    created_at            INTEGER NOT NULL,
    expires_at            INTEGER NOT NULL,
    pan_token             TEXT,
    error_code            TEXT,
    error_message         TEXT,
    finished_at           INTEGER,
    CHECK ((return_url IS NULL) = (callback_token_digest IS NULL)),
    CHECK ((idempotency_key IS NULL) = (fingerprint IS NULL)),
    CHECK (pan_token IS NULL OR error_code IS NULL),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CHECK ((finished_at IS NULL) = (pan_token IS NULL AND error_code IS NULL))
) STRICT;
