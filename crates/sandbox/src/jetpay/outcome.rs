//! What becomes of a payment, as a test chooses it.

use serde::{Deserialize, Serialize};

/// What becomes of a deposit or a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// It succeeds.
    #[default]
    Success,
    /// It is declined.
    Decline,
    /// It stays under way until a test decides.
    Processing,
    /// It is under way, which a callback says, and then succeeds.
    ProcessingThenSuccess,
    /// It is declined, and a second attempt succeeds.
    DeclineThenSuccess,
    /// It succeeds, and then the decline of an earlier attempt is told.
    SuccessThenDecline,
    /// It succeeds, and then it is taken back.
    SuccessThenReversal,
    /// It is refused after it was taken. There is no operation, but a list of errors.
    Error,
    /// Its status is one that nobody knows.
    UnknownStatus,
}

/// What happens to a payment, and is told in a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Processing,
    Success,
    Decline,
    /// The decline of an earlier attempt. It changes nothing but is told.
    StaleDecline,
    Reversal,
    Error,
    UnknownStatus,
}

impl Outcome {
    /// Returns what happens, in order.
    pub(super) fn steps(self) -> &'static [Step] {
        match self {
            Self::Success => &[Step::Success],
            Self::Decline => &[Step::Decline],
            Self::Processing => &[],
            Self::ProcessingThenSuccess => &[Step::Processing, Step::Success],
            Self::DeclineThenSuccess => &[Step::Decline, Step::Success],
            Self::SuccessThenDecline => &[Step::Success, Step::StaleDecline],
            Self::SuccessThenReversal => &[Step::Success, Step::Reversal],
            Self::Error => &[Step::Error],
            Self::UnknownStatus => &[Step::UnknownStatus],
        }
    }

    /// Returns what becomes of a payout to this account. Its last two digits choose it.
    pub(super) fn of_account(number: &str) -> Self {
        let ends_with = |digits: &str| number.ends_with(digits);
        match () {
            () if ends_with("01") => Self::Decline,
            () if ends_with("02") => Self::Processing,
            () if ends_with("03") => Self::ProcessingThenSuccess,
            () if ends_with("04") => Self::DeclineThenSuccess,
            () if ends_with("05") => Self::SuccessThenDecline,
            () if ends_with("06") => Self::SuccessThenReversal,
            () if ends_with("07") => Self::Error,
            () if ends_with("08") => Self::UnknownStatus,
            () => Self::Success,
        }
    }
}
