#![doc = include_str!("../README.md")]

mod api_key_store;
mod backend;
mod connection;
mod database;
mod database_url;
mod digest;
mod key_rotation;
mod new_session;
mod operation;
mod operation_store;
mod operations;
mod outbox;
mod postgres;
mod recording;
mod sealed_data;
mod session;
mod session_row;
mod session_store;
mod sqlite;
mod store_error;
mod store_key;
mod store_options;

pub use api_key_store::{
    ApiKeyName, ApiKeyNameError, ApiKeyRecord, ApiKeyScope, ApiKeyScopeError, ApiKeyStore,
};
pub use database::Database;
pub use database_url::{DatabaseUrl, DatabaseUrlError, PostgresUrl};
pub use digest::Digest;
pub use key_rotation::{KeyRotation, Reencrypted, ReencryptedOperations, SignedApiKeys};
pub use operation::{
    Fact, InboxEntry, NewEvent, NewOperation, OperationChange, OperationFilter, OperationId,
    Progress, StoredOperation,
};
pub use operation_store::{OperationCreation, OperationStore};
pub use outbox::{Claim, Delivery, DeliveryId, DeliveryState, Message, Outbox};
pub use postgres::PostgresStore;
pub use session::{
    Credential, Decision, RecordedResult, Session, SessionData, SessionFilter, SessionFlow,
    SessionId, SessionResult, SessionState, SessionSummary,
};
pub use session_store::{CreateOutcome, Idempotency, RecordOutcome, SessionStore};
pub use sqlite::SqliteStore;
pub use store_error::{Cause, StoreError};
pub use store_key::{StoreKey, StoreKeyError, StoreKeys};
pub use store_options::StoreOptions;
