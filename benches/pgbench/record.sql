-- What the store sends to record a result: crates/store/src/operations/record_result.rs. For results that come at the same
-- time, the store sends these statements once: crates/store/src/postgres/results.rs.
BEGIN;
SELECT request_id, language, return_url, callback_token_digest, customer, created_by, seed, result_token_digest, fingerprint, created_at, expires_at, pan_token, pan_token_key, error_code, error_message, finished_at, errors_recorded, (SELECT count(*) FROM store_keys WHERE sealed = 1) AS is_sealed, (SELECT count(*) FROM store_keys WHERE id = NULL) AS key_is_recorded FROM sessions WHERE request_id = :id FOR UPDATE;
UPDATE sessions SET pan_token = :token, pan_token_key = NULL, error_code = NULL, error_message = NULL, finished_at = :now, errors_recorded = :zero WHERE request_id = :id;
COMMIT;
