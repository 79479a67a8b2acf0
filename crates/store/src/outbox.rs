use std::fmt;
use std::future::Future;

use pantoken_core::Secret;

use crate::{OperationId, SessionId, SessionResult, StoreError};

/// Stores the deliveries to the agent's back end: one for each recorded result and each event of an
/// operation, added in the transaction that records it if [`crate::StoreOptions::outbox`] is set.
///
/// Every store guarantees:
/// - One caller at a time can claim a delivery, until the caller's lease ends.
/// - The deliveries of a session or an operation are claimed in the order in which they were added. None is
///   claimed while an earlier one is pending.
/// - A token is not held up by an error: when it is recorded, the session's pending errors are dropped,
///   except one that is claimed, which is dropped if its attempt fails.
/// - A session or an operation with a pending delivery is not deleted.
/// - The store has no clock and no retry policy. The caller passes every time in Unix milliseconds,
///   and decides when to retry and when to give up.
pub trait Outbox: Send + Sync + 'static {
    /// Claims up to `limit` deliveries that are due at `now`, the longest due first, until
    /// `leased_until`. A claim adds one to the delivery's attempts.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn claim_deliveries(
        &self,
        now: i64,
        leased_until: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;

    /// Marks a claimed delivery as delivered. Returns `false` if the delivery was claimed again since.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn mark_delivered(&self, claim: Claim)
    -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Makes a claimed delivery due again at `next_attempt_at`. Returns `false` if the delivery was
    /// claimed again since. [`Outbox::list_deliveries`] returns the reason.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn reschedule_delivery(
        &self,
        claim: Claim,
        next_attempt_at: i64,
        reason: String,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives up on a claimed delivery, so that later ones of its session can follow. Returns `false`
    /// if the delivery was claimed again since. [`Outbox::list_deliveries`] returns the reason.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn mark_dead(
        &self,
        claim: Claim,
        reason: String,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Returns up to `limit` deliveries in this state with ids above `after`, ordered by id.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn list_deliveries(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;

    /// Returns how many deliveries are in this state.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn count_deliveries(
        &self,
        state: DeliveryState,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Gives up on up to `limit` pending deliveries that were due before `time`, in Unix milliseconds,
    /// and that nobody claimed. Returns how many there were. [`Outbox::list_deliveries`] returns the
    /// reason.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn abandon_deliveries(
        &self,
        time: i64,
        reason: String,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Makes pending deliveries that are due after `latest`, in Unix milliseconds, due at that time.
    /// Returns how many there were. A clock that was ahead left them due in the far future.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn bring_forward_deliveries(
        &self,
        latest: i64,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Makes a dead delivery pending again and due at `now`, with no attempts. Returns `false` if
    /// there is no dead delivery with this id.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn retry_delivery(
        &self,
        id: DeliveryId,
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// The number of a delivery. A later one of the same session or operation has a larger number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(i64);

impl DeliveryId {
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

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A claim of a delivery, which the next claim of the same delivery invalidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(crate) id: DeliveryId,
    pub(crate) attempts: i64,
}

/// A result or an event that is to be delivered to the agent's back end.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The delivery's id.
    pub id: DeliveryId,
    /// What is to be delivered.
    pub message: Message,
    /// When it was recorded, in Unix milliseconds.
    pub recorded_at: i64,
    /// The delivery's state.
    pub state: DeliveryState,
    /// How often it was claimed, including this claim.
    pub attempts: i64,
    /// When it can be claimed, or when the lease ends, in Unix milliseconds.
    pub next_attempt_at: i64,
    /// Why the last attempt failed, as the caller described it.
    pub last_error: Option<String>,
}

/// What a delivery says. What cannot be read is an error in it, so that it does not block the other
/// deliveries.
#[derive(Clone, Debug)]
pub enum Message {
    /// The result of a session.
    Result {
        /// The session.
        session_id: SessionId,
        /// The agent's own reference to the customer.
        customer: Option<String>,
        /// The result.
        result: Result<SessionResult, StoreError>,
    },
    /// An event of an operation.
    Event {
        /// The operation.
        operation_id: OperationId,
        /// The event's id.
        id: String,
        /// The event's type.
        kind: String,
        /// The whole body.
        body: Result<Secret, StoreError>,
    },
}

impl Delivery {
    /// Returns the claim that [`Outbox::mark_delivered`] and similar calls need.
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim {
            id: self.id,
            attempts: self.attempts,
        }
    }
}

/// The state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be delivered.
    Pending,
    /// It was delivered.
    Delivered,
    /// It was given up.
    Dead,
}

impl DeliveryState {
    pub(crate) const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    /// Returns the state's name: `pending`, `delivered` or `dead`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}
