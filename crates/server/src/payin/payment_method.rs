//! What a payment token stands for.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::enumerations::open;

/// What a token stands for. A token that was kept without it is a card's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PaymentMethod {
    #[default]
    Card,
    Sbp,
}

impl PaymentMethod {
    /// The schema of responses, to which later versions may add.
    pub(super) fn schema() -> RefOr<Schema> {
        open([Self::Card, Self::Sbp].map(Self::as_str))
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Sbp => "sbp",
        }
    }
}
