-- Until when an attempt may take. Without it, nobody is sending the delivery now.
ALTER TABLE deliveries ADD COLUMN leased_until INTEGER;
