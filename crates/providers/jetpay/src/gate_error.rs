//! The errors of Gate. Source: docs/jetpay.md, "Payouts".

use crate::json::{Body, Json, text_or_number};

/// An error that the platform reports: `{"code":"3041","message":"…"}`. The code decides, the message is for
/// people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateError {
    /// The code, as its digits.
    pub code: Option<String>,
    /// The words.
    pub message: Option<String>,
    /// The field that is wrong.
    pub field: Option<String>,
}

impl GateError {
    /// Reads the errors of an answer: a list in `errors`, or the code and message of the answer itself. An answer
    /// that is not the platform's JSON has none.
    #[must_use]
    pub fn read_answer(bytes: &[u8]) -> Vec<Self> {
        let Ok(body) = Body::parse(bytes) else {
            return Vec::new();
        };
        let listed = Self::read_list(body.get("errors"));
        if !listed.is_empty() {
            return listed;
        }
        Self::read(body.json()).into_iter().collect()
    }

    pub(crate) fn read_list(errors: Option<&Json>) -> Vec<Self> {
        match errors {
            Some(Json::List(items)) => items.iter().filter_map(Self::read).collect(),
            Some(one) => Self::read(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn read(json: &Json) -> Option<Self> {
        let error = Self {
            code: text_or_number(json, "code"),
            message: text_or_number(json, "message"),
            field: text_or_number(json, "field"),
        };
        (error.code.is_some() || error.message.is_some()).then_some(error)
    }

    /// Returns whether the id of the payment was used before: the platform may have executed the earlier request.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        // 10105 is the code of older versions.
        matches!(self.code.as_deref(), Some("3041" | "10105"))
    }

    /// Returns whether the platform does not know the payment, or not yet. That is never final.
    #[must_use]
    pub fn is_lookup_failure(&self) -> bool {
        matches!(self.code.as_deref(), Some("3060" | "3061" | "3062"))
    }

    /// Returns whether the platform does not know the payment.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.code.as_deref(), Some("3060" | "3061"))
    }
}

impl std::fmt::Display for GateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {}", self.code.as_deref().unwrap_or("unknown"))?;
        match &self.field {
            Some(field) => write!(f, " for the field `{field}`"),
            None => Ok(()),
        }
    }
}
