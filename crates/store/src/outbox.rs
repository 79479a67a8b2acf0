use std::fmt;
use std::future::Future;

use pantoken_a2c::{FormResult, RequestId};

use crate::StoreError;

/// Keeps what the agent's back end is still to be told: one delivery for each recorded result, put
/// here in the transaction that recorded it ([`crate::StoreOptions::outbox`]).
///
/// What every store guarantees:
/// - A delivery is claimed by one caller at a time, until that caller's lease ends.
/// - The deliveries of a request are claimed in the order of its results: none while an earlier one
///   is pending.
/// - A session with a pending delivery is not deleted.
/// - No clock and no policy: times come from the caller, in Unix milliseconds, and so does when to
///   try again and when to give up.
pub trait Outbox: Send + Sync + 'static {
    /// Claims up to `limit` deliveries that are due at `now`, the longest due first, until
    /// `leased_until`. Each counts one more attempt.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn claim_deliveries(
        &self,
        now: i64,
        leased_until: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;

    /// Notes that a claimed delivery arrived; `false` if the claim is no longer the last.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn mark_delivered(&self, claim: Claim)
    -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives a claimed delivery back, to be claimed again at `next_attempt_at`; `false` if the claim
    /// is no longer the last. The reason is kept for [`Outbox::list_deliveries`].
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn reschedule_delivery(
        &self,
        claim: Claim,
        next_attempt_at: i64,
        reason: String,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives a claimed delivery up, so that later ones of its request can follow; `false` if the
    /// claim is no longer the last. The reason is kept for [`Outbox::list_deliveries`].
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn mark_dead(
        &self,
        claim: Claim,
        reason: String,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Up to `limit` deliveries in this state with ids above `after`, by id.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn list_deliveries(
        &self,
        state: DeliveryState,
        after: Option<DeliveryId>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Delivery>, StoreError>> + Send;

    /// How many deliveries are in this state.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn count_deliveries(
        &self,
        state: DeliveryState,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Gives up to `limit` pending deliveries up that were due before `time`, in Unix milliseconds,
    /// and that nobody claimed: there may be no receiver any more. How many those were; the reason is
    /// kept for [`Outbox::list_deliveries`].
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn abandon_deliveries(
        &self,
        time: i64,
        reason: String,
        limit: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Makes a dead delivery pending again and due at `now`, with no attempts; `false` if no
    /// delivery of this id is dead.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn retry_delivery(
        &self,
        id: DeliveryId,
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// A delivery's number: of two of one request, the later result's is the larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(i64);

impl DeliveryId {
    /// The delivery with this number.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        Self(value)
    }

    /// The number.
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

/// The right to say what became of a delivery; the next claim of the same delivery ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(crate) id: DeliveryId,
    pub(crate) attempts: i64,
}

/// One result, on its way to the agent's back end.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Which.
    pub id: DeliveryId,
    /// The session's request.
    pub request_id: RequestId,
    /// The agent's own reference to the customer.
    pub customer: Option<String>,
    /// The result, or why it cannot be read: that of one delivery does not hold up the others.
    pub result: Result<FormResult, StoreError>,
    /// When the result was recorded, in Unix milliseconds.
    pub recorded_at: i64,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// When it may be claimed, or the end of the lease; in Unix milliseconds.
    pub next_attempt_at: i64,
    /// Why the last attempt failed, in the words of whoever attempted it.
    pub last_error: Option<String>,
}

impl Delivery {
    /// What [`Outbox::mark_delivered`] and its siblings take.
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim {
            id: self.id,
            attempts: self.attempts,
        }
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be delivered.
    Pending,
    /// It arrived.
    Delivered,
    /// Given up.
    Dead,
}

impl DeliveryState {
    pub(crate) const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    /// The state's name: `pending`, `delivered` or `dead`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}
