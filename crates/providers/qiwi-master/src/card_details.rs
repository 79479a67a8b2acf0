use std::fmt;

use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::{Secret, open_enum};

open_enum! {
    /// Whether the details of a card were shown.
    pub enum DetailsStatus {
        /// They were.
        Ok = "OK",
        /// They were not.
        Fail = "FAIL",
        /// The owner has to confirm it, which an API cannot.
        ConfirmationRequired = "CONFIRMATION_REQUIRED",
        /// The owner was asked too often.
        ConfirmationLimitExceeded = "CONFIRMATION_LIMIT_EXCEED",
    }
}

/// The answer to the question for the details of a card. The number and the code are wiped when dropped and never
/// printed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardDetails {
    /// Whether the details are there.
    pub status: DetailsStatus,
    /// The provider's error code, unless it is `0`.
    pub error_code: Option<String>,
    shown: Option<ShownCard>,
}

/// What is printed on a card.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownCard {
    pan: Secret,
    cvv: Secret,
}

impl CardDetails {
    /// Returns the number and the code, if the status says that they were shown.
    #[must_use]
    pub fn shown(&self) -> Option<&ShownCard> {
        self.shown.as_ref()
    }
}

impl ShownCard {
    /// Returns the card number. Never log or store it.
    #[must_use]
    pub fn expose_pan(&self) -> &str {
        self.pan.expose()
    }

    /// Returns the security code. Never log or store it.
    #[must_use]
    pub fn expose_cvv(&self) -> &str {
        self.cvv.expose()
    }
}

impl fmt::Debug for ShownCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownCard(…)")
    }
}

impl fmt::Debug for CardDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardDetails")
            .field("status", &self.status)
            .field("error_code", &self.error_code)
            .finish_non_exhaustive()
    }
}

impl ReadObject for CardDetails {
    fn read_object(object: &Object<'_>, _raw: &[u8]) -> Result<Self, Unreadable> {
        let status = object.require("status")?;
        let error_code: Option<String> = object.read("errorCode");
        let pan = object.read("pan");
        let shown = pan.zip(object.read("cvv"));
        let shown = shown.map(|(pan, cvv)| ShownCard { pan, cvv });
        Ok(Self {
            shown: shown.filter(|_| status == DetailsStatus::Ok),
            status,
            error_code: error_code.filter(|code| code != "0"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> CardDetails {
        let object = Object::parse(json.as_bytes()).unwrap();
        CardDetails::read_object(&object, json.as_bytes()).unwrap()
    }

    #[test]
    fn a_card_is_shown_and_never_printed() {
        let details =
            read(r#"{"status":"OK","cvv":"321","pan":"4111111111111111","errorCode":"0"}"#);
        let shown = details.shown().unwrap();
        assert_eq!(
            (shown.expose_pan(), shown.expose_cvv()),
            ("4111111111111111", "321")
        );
        let printed = format!("{details:?} {shown:?}");
        assert!(
            !printed.contains("4111") && !printed.contains("321"),
            "{printed}"
        );
    }

    #[test]
    fn a_refusal_shows_nothing() {
        let details =
            read(r#"{"status":"CONFIRMATION_REQUIRED","cvv":null,"pan":null,"errorCode":"12"}"#);
        assert_eq!(details.status, DetailsStatus::ConfirmationRequired);
        assert_eq!(details.error_code.as_deref(), Some("12"));
        assert!(details.shown().is_none());
    }
}
