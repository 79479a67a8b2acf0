use std::future::Future;
use std::pin::Pin;

use pantoken_core::Secret;
use pantoken_store::{NewOperation, OperationId, StoredOperation};
use serde_json::{Map, Value};

/// A provider as the engine uses it. The provider decides what an answer means, and the engine decides when to ask.
pub(crate) trait Provider: Send + Sync + 'static {
    /// Returns whether operations of this kind are this provider's.
    fn owns(&self, kind: &str) -> bool;

    /// Sends an operation to the provider, or asks for its status, once. Decides what becomes of it.
    fn advance<'a>(
        &'a self,
        operation: &'a StoredOperation,
        now: i64,
    ) -> Pin<Box<dyn Future<Output = Result<Step, Unreadable>> + Send + 'a>>;

    /// Returns whether this provider moves real money.
    fn is_live(&self) -> bool;

    /// Returns the sum of an operation with its currency, such as `10.00 RUB`, if it has one.
    fn sum(&self, operation: &StoredOperation) -> Option<String>;
}

/// The data of an operation cannot be read. A later version may have written it.
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
    /// A stable code that says why a person should look at it.
    pub(crate) attention: Option<&'static str>,
    /// What `GET` of the operation answers, which `….attention` repeats.
    pub(crate) fields: Map<String, Value>,
    pub(crate) creates: Vec<NewOperation>,
    pub(crate) wakes: Vec<OperationId>,
}

/// When an operation is asked about next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is asked about after a wait that grows each time. Past the operation's deadline, this raises an alarm.
    Soon,
    /// Like [`Next::Soon`], with this deadline instead of the operation's, in Unix milliseconds.
    SoonUntil(i64),
    /// It is asked about every hour, without a deadline, because no outcome is missing.
    Watch,
    /// It is not asked about until a notification arrives.
    Never,
}

/// An event that tells the agent about an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// The type, such as `payin.payment.captured`.
    pub(crate) kind: &'static str,
    /// The fields beside those of every event.
    pub(crate) fields: Map<String, Value>,
}
