use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use pantoken_a2c::{ErrorMessage, FormError, HostCode, Problem, RequestId};
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

    /// Returns whether the server itself says that it has the token of this request. A status alone is
    /// anybody's: a log-in page, a captive portal, a service worker.
    pub(crate) fn acknowledges(&self, status: u16, request_id: RequestId) -> bool {
        status == 200 && self.request_id == request_id.to_text() && self.state == "saved"
    }

    /// Returns whether the server itself says that it will never accept the report.
    pub(crate) fn refuses_for_good(&self) -> bool {
        self.is_problem && policy::FINAL_CODES.contains(&self.code.as_str())
    }

    /// Returns the error of an answer with this status that is neither a session nor an acknowledgement.
    pub(crate) fn error(
        &self,
        request_id: Option<RequestId>,
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

const ADVICE: &str = ": session-url must lead to POST /v1/sessions of pantoken";

impl fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawAnswer(…)")
    }
}
