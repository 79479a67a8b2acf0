-- Whether a request has an earlier delivery that waits.
CREATE INDEX deliveries_waiting ON deliveries (request_id, id) WHERE state = 'pending';
