//! Stores against their contract, each on a database of its own.
#![allow(clippy::unwrap_used, clippy::panic)]

mod contract;
mod kill;
mod postgres;
mod postgres_batches;
mod round_trips;
mod sqlite;
mod sqlite_faults;
mod sqlite_log;
mod vanished_host;
