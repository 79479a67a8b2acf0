use std::fmt;

use pantoken_core::Secret;

use crate::Digest;

/// The number of an operation in its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(i64);

impl OperationId {
    /// Returns the id with this number.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        Self(value)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An operation to create.
#[derive(Clone, Debug)]
pub struct NewOperation {
    /// What kind of operation it is, such as `payin.payment`.
    pub kind: String,
    /// The id that its caller chose, unique among the operations of its kind.
    pub key: String,
    /// The operation that this one is a part of. It is deleted no earlier than its parts.
    pub parent: Option<OperationId>,
    /// The agent's own reference to the customer.
    pub customer: Option<String>,
    /// The name of the API key that asked for it.
    pub created_by: Option<String>,
    /// The digest of everything that the caller requested.
    pub fingerprint: Digest,
    /// What has become of it so far.
    pub progress: Progress,
    /// When it is created, in Unix milliseconds.
    pub created_at: i64,
    /// Until when nobody else claims it, in Unix milliseconds, because its creator makes the first call.
    pub leased_until: Option<i64>,
    /// When it should have become final, in Unix milliseconds.
    pub deadline_at: Option<i64>,
}

/// What a change of an operation replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The name of its state.
    pub state: String,
    /// What the provider's side keeps of it. It may contain tokens, so it is encrypted at rest.
    pub data: Secret,
    /// Whether the state is the last one.
    pub is_final: bool,
    /// Why a person should look at it.
    pub attention: Option<String>,
    /// When the provider is asked about it next, in Unix milliseconds. `None` means never.
    pub next_attempt_at: Option<i64>,
}

impl Progress {
    /// Creates the progress of an operation that is not final, and that nobody asks about yet.
    #[must_use]
    pub fn new(state: &str, data: Secret) -> Self {
        Self {
            state: state.to_owned(),
            data,
            is_final: false,
            attention: None,
            next_attempt_at: None,
        }
    }
}

/// An operation as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOperation {
    /// The operation's number.
    pub id: OperationId,
    /// What kind of operation it is.
    pub kind: String,
    /// The id that its caller chose.
    pub key: String,
    /// The operation that this one is a part of.
    pub parent: Option<OperationId>,
    /// The agent's own reference to the customer.
    pub customer: Option<String>,
    /// The name of the API key that asked for it.
    pub created_by: Option<String>,
    /// What has become of it.
    pub progress: Progress,
    /// The number of this version, which every claim and change replaces.
    pub version: i64,
    /// When it was created, in Unix milliseconds.
    pub created_at: i64,
    /// When its progress last changed, in Unix milliseconds.
    pub changed_at: i64,
    /// How often it was claimed since something was last heard of it.
    pub attempts: i64,
    /// When it should have become final, in Unix milliseconds.
    pub deadline_at: Option<i64>,
}

/// A change of an operation, with what is recorded in the same transaction.
#[derive(Clone, Debug)]
pub struct OperationChange {
    /// The operation.
    pub id: OperationId,
    /// The operation's kind, to which what is stored of it is bound.
    pub kind: String,
    /// The operation's key, to which what is stored of it is bound.
    pub key: String,
    /// The version that it replaces.
    pub version: i64,
    /// The new progress.
    pub progress: Progress,
    /// Whether attempts are counted from the start again, because something was heard.
    pub is_progress: bool,
    /// What was heard of it.
    pub fact: Option<Fact>,
    /// What the agent is told. An event whose id the operation has already is left out.
    pub events: Vec<NewEvent>,
    /// Operations to create together with it. An operation that exists already is left as it is.
    pub creates: Vec<NewOperation>,
    /// Operations that become due at once, because this change concerns them.
    pub wakes: Vec<OperationId>,
    /// The time, in Unix milliseconds.
    pub now: i64,
}

/// What was heard of an operation. The same fact from the same source is kept once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Where it was heard, such as `provider` or `notification`.
    pub source: String,
    /// What was heard, without anything secret.
    pub text: String,
}

/// An entry of an operation's inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    /// What was heard.
    pub fact: Fact,
    /// When it was heard first, in Unix milliseconds.
    pub received_at: i64,
}

/// An event to deliver to the agent's back end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The id, which is unique in all databases.
    pub id: String,
    /// The type, such as `payin.payment.captured`.
    pub kind: String,
    /// The whole body. It may contain tokens, so it is encrypted at rest.
    pub body: Secret,
}

/// Which operations to list.
#[derive(Clone, Debug, Default)]
pub struct OperationFilter {
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those of this customer.
    pub customer: Option<String>,
    /// Only the parts of this one.
    pub parent: Option<OperationId>,
    /// Only those that a person should look at.
    pub needs_attention: bool,
    /// Only those with smaller numbers than this one.
    pub before: Option<OperationId>,
    /// The largest number of operations to return.
    pub limit: u32,
}
