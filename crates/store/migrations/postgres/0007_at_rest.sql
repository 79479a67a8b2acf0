-- What a key may do, and the signature of its row with the store key of this id.
ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'read-all';
ALTER TABLE api_keys ADD COLUMN mac BYTEA;
ALTER TABLE api_keys ADD COLUMN mac_key TEXT;
-- The API key that created the session, if one of this table did.
ALTER TABLE sessions ADD COLUMN created_by TEXT;
-- 1 if every panToken has been encrypted: no other is believed from then on.
ALTER TABLE store_keys ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX store_keys_sealed ON store_keys (sealed);
