use std::future::Future;
use std::pin::Pin;

use pantoken_core::Secret;
use pantoken_store::{NewOperation, OperationId, StoredOperation};
use serde_json::{Map, Value};

/// The side of a provider that the engine needs. It knows what an operation means; the engine knows when.
pub(crate) trait Provider: Send + Sync + 'static {
    /// Returns whether operations of this kind are this provider's.
    fn owns(&self, kind: &str) -> bool;

    /// Asks the provider about an operation, or for it, once, and decides what becomes of it.
    fn advance<'a>(
        &'a self,
        operation: &'a StoredOperation,
        now: i64,
    ) -> Pin<Box<dyn Future<Output = Result<Step, Unreadable>> + Send + 'a>>;

    /// Returns whether money of this provider is real.
    fn is_live(&self) -> bool;
}

/// The data of an operation is not what this version writes.
#[derive(Debug, thiserror::Error)]
#[error("the operation's data cannot be read: was it written by a later version?")]
pub(crate) struct Unreadable;

/// What becomes of an operation after it was asked about.
pub(crate) struct Step {
    pub(crate) state: &'static str,
    pub(crate) data: Secret,
    pub(crate) is_final: bool,
    /// Whether anything but the time of the next question changed.
    pub(crate) is_progress: bool,
    pub(crate) next: Next,
    /// What was heard, without anything secret.
    pub(crate) heard: Option<String>,
    pub(crate) events: Vec<Event>,
    /// A stable code of what a person has to look at.
    pub(crate) attention: Option<&'static str>,
    /// What `GET` of the operation answers, which `….attention` repeats.
    pub(crate) fields: Map<String, Value>,
    pub(crate) creates: Vec<NewOperation>,
    pub(crate) wakes: Vec<OperationId>,
}

/// When an operation is asked about next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// After a wait that grows with each question. Past the operation's deadline it is an alarm.
    Soon,
    /// In an hour, however long it takes: nothing is owed.
    Watch,
    /// Not before something is heard.
    Never,
}

/// What the agent is told of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// The type, such as `payin.payment.captured`.
    pub(crate) kind: &'static str,
    /// The fields beside those of every event.
    pub(crate) fields: Map<String, Value>,
}
