//! What an error means: what happened, whose fault it is, and whether to repeat.

/// What is known about the request after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The request was not sent. Nothing happened.
    NotSent,
    /// The provider refused the request. Nothing happened.
    Refused,
    /// The provider may have executed the request. Only its status can tell.
    Unknown,
}

/// Who can remove the cause of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// You: the request, its order or the settings are wrong.
    Merchant,
    /// The customer, or the customer's card.
    Customer,
    /// The bank that issued the card, or its payment system.
    Issuer,
    /// The provider or its acquirers.
    Provider,
    /// The network between you and the provider, or something in it that answers in the provider's place.
    Network,
    /// Nobody can tell from the answer.
    Unknown,
}

/// Whether a repetition makes sense, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// No repetition succeeds.
    Never,
    /// Another request, with a new id, once the cause is removed.
    OnceCorrected,
    /// Another operation, with a new id, at once if the customer wants it.
    AsNewOperation,
    /// Another operation, with a new id, after some time.
    AsNewOperationLater,
    /// The same bytes with the same id, at once. The provider executes an id once.
    SameRequest,
    /// The same bytes with the same id, after some time.
    SameRequestLater,
    /// First ask for the status of the same id. If there is no such operation, send the same bytes again.
    AfterStatus,
}

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Advice {
    /// What happened.
    pub outcome: Outcome,
    /// Whose fault it is.
    pub fault: Fault,
    /// Whether a repetition makes sense.
    pub repeat: Repeat,
}

impl Advice {
    pub(crate) const fn not_sent(fault: Fault, repeat: Repeat) -> Self {
        Self {
            outcome: Outcome::NotSent,
            fault,
            repeat,
        }
    }

    pub(crate) const fn refused(fault: Fault, repeat: Repeat) -> Self {
        Self {
            outcome: Outcome::Refused,
            fault,
            repeat,
        }
    }

    pub(crate) const fn unknown(fault: Fault, repeat: Repeat) -> Self {
        Self {
            outcome: Outcome::Unknown,
            fault,
            repeat,
        }
    }
}
