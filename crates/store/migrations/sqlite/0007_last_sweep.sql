-- The time of the last sweep. A clock that is ahead of it by more than has passed since is not believed.
CREATE TABLE last_sweep (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    time INTEGER NOT NULL
) STRICT;
