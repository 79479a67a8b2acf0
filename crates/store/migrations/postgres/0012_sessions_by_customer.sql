-- The sessions of a customer are listed, the newest first.
CREATE INDEX sessions_by_customer ON sessions (customer, request_id) WHERE customer IS NOT NULL;
