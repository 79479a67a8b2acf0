-- Creates one session, as crates/store/src/operations/create.rs does. For sessions that are created at the same time, the
-- store sends one statement: crates/store/src/postgres/creations.rs.
-- Ids grow with time, as those of sessions do.
\set number :number + 1
\set id :number * 1000 + :client_id
INSERT INTO sessions (request_id, language, return_url, callback_token_digest, customer, seed, result_token_digest, idempotency_key, fingerprint, created_at, expires_at, created_by) VALUES (:id, :language, :return_url, :digest, NULL, :seed, :digest, NULL, NULL, :now, :now, NULL) ON CONFLICT DO NOTHING;
