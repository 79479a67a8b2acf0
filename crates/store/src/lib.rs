#![doc = include_str!("../README.md")]

mod digest;
mod session;
mod session_store;
mod sqlite;

pub use digest::Digest;
pub use session::{Outcome, Proof, Session, SessionFlow, State, Terms, Verdict};
pub use session_store::{Creation, Idempotency, Recording, SessionStore, StoreError};
pub use sqlite::SqliteStore;
