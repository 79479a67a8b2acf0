-- Whether a request has an earlier delivery that waits: without statistics SQLite would look through all
-- that wait, once for each that is due.
CREATE INDEX deliveries_waiting ON deliveries (request_id, id) WHERE state = 'pending';
