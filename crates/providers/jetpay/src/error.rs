use crate::gate_error::GateError;
use crate::json::Unreadable;
use crate::signature::{SignError, SignatureError};

/// A call failed. Its variant says which of three things holds.
///
/// No message contains the secret key or anything of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request was not sent. Nothing happened: send it again later, or correct it.
    #[error("the request was not sent: {0}")]
    NotSent(NotSent),
    /// The platform refused the request. Nothing happened.
    #[error("the platform refused the request: {0}")]
    Refused(Box<Refusal>),
    /// The platform may have executed the request. Ask for the status of the same id.
    #[error("it is not known whether the platform executed the request: {0}")]
    Unknown(UnknownCause),
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// It cannot be written.
    #[error("it cannot be written as JSON; check the address of Gate")]
    NotWritable,
    /// It is too long to sign.
    #[error("it cannot be signed: {0}")]
    Unsignable(Unreadable),
    /// It cannot be signed.
    #[error("{0}")]
    Ambiguous(SignError),
    /// There is no connection to the platform. The text says why.
    #[error("no connection to the platform: {0}")]
    NoConnection(String),
}

/// Why it is not known what the platform did.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownCause {
    /// The platform did not answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before the whole answer had arrived.
    #[error("the connection ended before the whole answer had arrived")]
    ConnectionLost,
    /// The answer is longer than any documented one.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The id was used before, so an earlier request may have been executed (3041).
    #[error("the platform knows the id already")]
    Duplicate,
    /// The answer does not say what happened.
    #[error("the HTTP status {0} does not say what happened")]
    Status(u16),
    /// The answer reports success, but is not the documented JSON.
    #[error("the answer reports success, but {0}")]
    Unreadable(Unreadable),
    /// The answer reports success, but its signature does not hold.
    #[error("the answer reports success, but {0}")]
    Signature(SignatureError),
    /// The answer is about another payment than the request.
    #[error("the `{0}` of the answer is not that of the request")]
    Mismatch(&'static str),
}

/// An answer that refuses a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What the platform says. The first decides.
    pub errors: Vec<GateError>,
}

impl Refusal {
    /// Returns whether the request itself is wrong (400), so that the platform has not taken it. A corrected one
    /// may have the same id.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.status == 400
    }

    /// Returns the code of the first error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.errors.first()?.code.as_deref()
    }

    /// Returns the message of the first error.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.errors.first()?.message.as_deref()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HTTP status {}", self.status)?;
        match self.errors.first() {
            Some(error) => write!(f, ", {error}"),
            None => f.write_str(" without an error of the platform"),
        }
    }
}

impl Error {
    /// Judges an answer that reports no success. A 400 without an error of the platform comes from something in
    /// between and says nothing; 403 and 422 say that no request of this sender will be taken.
    pub(crate) fn from_answer(status: u16, bytes: &[u8]) -> Self {
        let errors = GateError::read_answer(bytes);
        if errors.iter().any(GateError::is_duplicate) {
            return UnknownCause::Duplicate.into();
        }
        match status {
            400 if errors.iter().any(|error| error.code.is_some()) => {
                Self::Refused(Box::new(Refusal { status, errors }))
            }
            403 | 422 => Self::Refused(Box::new(Refusal { status, errors })),
            _ => UnknownCause::Status(status).into(),
        }
    }
}

impl From<UnknownCause> for Error {
    fn from(cause: UnknownCause) -> Self {
        Self::Unknown(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_platforms_own_word_is_a_refusal() {
        let table: &[(u16, &str, &str)] = &[
            (
                400,
                r#"{"status":"error","code":"301","message":"m"}"#,
                "final 301",
            ),
            (
                400,
                r#"{"errors":[{"code":"3023","message":"m"}]}"#,
                "final 3023",
            ),
            (
                400,
                r#"{"errors":[{"code":3261,"message":"m"}]}"#,
                "final 3261",
            ),
            (
                400,
                r#"{"errors":[{"code":"3041","message":"m"}]}"#,
                "unknown",
            ),
            (400, r#"{"status":"error","code":"10105"}"#, "unknown"),
            (500, r#"{"errors":[{"code":"3041"}]}"#, "unknown"),
            (400, "<html>Bad Request</html>", "unknown"),
            (400, "", "unknown"),
            (403, "", "stopped"),
            (403, "<html>Forbidden</html>", "stopped"),
            (
                422,
                r#"{"status":"error","code":"400","message":"m"}"#,
                "stopped 400",
            ),
            (401, "", "unknown"),
            (404, "", "unknown"),
            (429, "", "unknown"),
            (
                500,
                r#"{"status":"error","code":"100","message":"m"}"#,
                "unknown",
            ),
            (502, "<html></html>", "unknown"),
            (302, "", "unknown"),
            (200, r#"{"status":"error","code":"301"}"#, "unknown"),
        ];
        for (status, body, expected) in table {
            let found = match Error::from_answer(*status, body.as_bytes()) {
                Error::Refused(refusal) => {
                    let kind = if refusal.is_final() {
                        "final"
                    } else {
                        "stopped"
                    };
                    let code = refusal.code().map(|code| format!(" {code}"));
                    format!("{kind}{}", code.unwrap_or_default())
                }
                Error::Unknown(_) => "unknown".to_owned(),
                Error::NotSent(_) => "not sent".to_owned(),
            };
            assert_eq!(found, *expected, "{status} {body}");
        }
    }
}
