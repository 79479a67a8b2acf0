//! What a payment token stands for.

use serde::{Deserialize, Serialize};

/// What a token stands for. A token that was kept without it is a card's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PaymentMethod {
    #[default]
    Card,
    Sbp,
}

impl PaymentMethod {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Sbp => "sbp",
        }
    }
}
