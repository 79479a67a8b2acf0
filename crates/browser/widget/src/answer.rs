use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use pantoken_a2c::{ErrorMessage, FormError, FormId, HostCode, Problem, Saved};
use pantoken_core::decimal::decimal_digits;
use pantoken_core::text::join;

use crate::policy;

/// A session endpoint's answer, before it is judged. A field that is absent or no text is empty. Its `Debug`
/// output leaves the fields out, because one is a token.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawAnswer {
    /// `form`
    pub form: String,
    /// `formUrl`
    pub form_url: String,
    /// `requestId`
    pub request_id: String,
    /// `resultToken`
    pub result_token: String,
    /// `resultUrl`
    pub result_url: String,
    /// `state`
    pub state: String,
    /// `code`
    pub code: String,
    /// `detail`
    pub detail: String,
    /// `method`
    pub method: String,
    /// `fields`: the names, and the values of those that are texts.
    pub fields: Vec<(String, Option<String>)>,
    /// Whether the content type is `application/problem+json`.
    pub is_problem: bool,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// How long before `expiresAt` the answer arrived, in milliseconds.
    pub expires_in: Option<u32>,
}

impl RawAnswer {
    /// Reads the fields of the answer's JSON by their names.
    #[must_use]
    pub fn read(text: &dyn Fn(&str) -> Option<String>) -> Self {
        let text = |name| text(name).unwrap_or_default();
        Self {
            form: text("form"),
            form_url: text("formUrl"),
            request_id: text("requestId"),
            result_token: text("resultToken"),
            result_url: text("resultUrl"),
            state: text("state"),
            code: text("code"),
            detail: text("detail"),
            method: text("method"),
            ..Self::default()
        }
    }

    /// Returns whether it is for a form that this version cannot show.
    #[must_use]
    pub fn has_unknown_form(&self) -> bool {
        !matches!(self.form.as_str(), "" | A2C | PAYIN)
    }

    /// Returns what the server itself says of a card: that it has the token of this request, or what the
    /// provider said of a card without a token. A status alone is anybody's: a log-in page, a captive portal,
    /// a service worker.
    pub(crate) fn verdict(&self, status: u16, card: &Saved) -> Verdict {
        let is_asked = card.pan_token.is_none();
        match self.state.as_str() {
            "saved" if status == 200 && card.request_id.as_str() == self.request_id => {
                Verdict::Saved
            }
            "verified" if status == 200 && is_asked => Verdict::Saved,
            "refused" if status == 200 && is_asked => Verdict::Refused,
            "failed" | "expired" if status == 200 && is_asked => Verdict::Failed,
            _ if self.is_problem && policy::FINAL_CODES.contains(&self.code.as_str()) => {
                Verdict::Rejected
            }
            _ => Verdict::Open,
        }
    }

    /// Returns the error of an answer with this status that is neither a session nor an acknowledgement.
    pub(crate) fn error(
        &self,
        request_id: Option<FormId>,
        code: HostCode,
        status: u16,
    ) -> FormError {
        if status == 0 {
            return FormError::host(request_id, code, "the session endpoint did not answer");
        }
        // Neither text is repeated as it is: it could be long, or hold a card number.
        let kept = |text| ErrorMessage::from_text(text).into_text();
        let problem = Problem {
            status,
            code: kept(&self.code),
            detail: kept(&self.detail),
        };
        let message = match status {
            200 | 201 if self.has_unknown_form() => UNKNOWN_FORM.to_owned(),
            200 | 201 => join(&["the session endpoint gave no session", ADVICE]),
            _ => join(&[
                "the session endpoint answered ",
                &decimal_digits(status.into()),
                " ",
                &problem.code,
                if problem.detail.is_empty() {
                    ADVICE
                } else {
                    ": "
                },
                &problem.detail,
            ]),
        };
        let mut error = FormError::host(request_id, code, &message);
        error.problem = Some(problem);
        error
    }
}

/// The dialects: the values of the field `form`.
pub(crate) const A2C: &str = "a2c";
pub(crate) const PAYIN: &str = "payin";
pub(crate) const QIWI_PAY: &str = "qiwi-pay";

pub(crate) const UNKNOWN_FORM: &str =
    "the session's field `form` must be a2c or payin: this version of pantoken shows no other form";

/// What the server says of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is saved, or verified.
    Saved,
    /// The provider refused it.
    Refused,
    /// The provider could not verify it.
    Failed,
    /// The server will never accept the report, or has no result for it.
    Rejected,
    /// Nothing yet.
    Open,
}

const ADVICE: &str = ": session-url must lead to POST /v1/sessions of pantoken";

impl fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawAnswer(…)")
    }
}
