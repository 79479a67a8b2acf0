use std::time::Duration;

use crate::ApiError;
use crate::advice::{Advice, Fault, Outcome, Repeat};
use crate::api_error::ErrorCode;
use crate::limits::FieldError;
use pantoken_core::json::Unreadable;

/// A call failed. Its variant says which of three things holds, and [`Error::advice`] what to do.
///
/// No message contains a key, a token or card data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request was not sent. Nothing happened.
    #[error("the request was not sent: {0}")]
    NotSent(NotSent),
    /// The provider refused the request. Nothing happened.
    #[error("the provider refused the request: {0}")]
    Refused(Box<ErrorAnswer>),
    /// The provider may have executed the request. Ask for the status of the same id.
    #[error("it is not known whether the provider executed the request: {0}")]
    Unknown(UnknownCause),
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// The request cannot be written as JSON, for example because an amount would have to be rounded.
    #[error("it cannot be written as JSON; check its amounts and dates")]
    NotWritable,
    /// A field is too long or too short.
    #[error("{0}")]
    Field(#[from] FieldError),
    /// The request is too long.
    #[error("its body is longer than {0} bytes")]
    TooLong(usize),
    /// The body could not be signed.
    #[error("its digital signature could not be made")]
    NotSigned,
    /// There is no connection to the provider. The text says why.
    #[error("no connection to the provider: {0}")]
    NoConnection(String),
}

/// Why it is not known what the provider did.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownCause {
    /// The provider did not answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before the whole answer had arrived.
    #[error("the connection ended before the whole answer had arrived")]
    ConnectionLost,
    /// The answer is longer than any documented one.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The answer is an error that does not say what happened.
    #[error("{0}")]
    Answer(Box<ErrorAnswer>),
    /// The answer reports success, but is not the documented JSON.
    #[error("the answer reports success, but {0}")]
    Unreadable(Unreadable),
    /// The answer is about another operation than the request: its id, amount or currency differs.
    #[error("the `{0}` of the answer is not that of the request")]
    Mismatch(&'static str),
}

/// An answer that reports no success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The provider's error, if the body contains one.
    pub error: Option<ApiError>,
    /// What the header `Retry-After` asks for, if it is a number of seconds.
    pub retry_after: Option<Duration>,
    advice: Advice,
}

impl ErrorAnswer {
    pub(crate) fn new(status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let error = ApiError::from_body(body);
        let kind = match &error {
            Some(error) => Body::Error(error.code()),
            None if body.trim_ascii().is_empty() => Body::Empty,
            None => Body::Foreign,
        };
        let advice = judge(status, kind);
        Self {
            status,
            error,
            retry_after,
            advice,
        }
    }
}

impl std::fmt::Display for ErrorAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HTTP status {}", self.status)?;
        match &self.error {
            Some(error) => write!(f, ", {error}"),
            None => f.write_str(" without an error of the provider"),
        }
    }
}

impl From<ErrorAnswer> for Error {
    fn from(answer: ErrorAnswer) -> Self {
        match answer.advice.outcome {
            Outcome::Refused => Self::Refused(Box::new(answer)),
            _ => Self::Unknown(UnknownCause::Answer(Box::new(answer))),
        }
    }
}

impl Error {
    /// Returns which of the three things holds.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.advice().outcome
    }

    /// Returns the provider's own error, if it answered with one.
    #[must_use]
    pub fn api_error(&self) -> Option<&ApiError> {
        self.answer()?.error.as_ref()
    }

    /// Returns the answer that reported the error, if there was one.
    #[must_use]
    pub fn answer(&self) -> Option<&ErrorAnswer> {
        match self {
            Self::Refused(answer) | Self::Unknown(UnknownCause::Answer(answer)) => Some(answer),
            _ => None,
        }
    }

    /// Returns whether the provider says that there is no such operation.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let Self::Refused(answer) = self else {
            return false;
        };
        match &answer.error {
            Some(error) => *error.code() == ErrorCode::ResourceNotFound,
            None => answer.status == 404,
        }
    }

    /// Returns what happened, whose fault it is, and whether a repetition makes sense.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::NotSent(NotSent::NoConnection(_)) => {
                Advice::not_sent(Fault::Network, Repeat::SameRequestLater)
            }
            Self::NotSent(_) => Advice::not_sent(Fault::Merchant, Repeat::OnceCorrected),
            Self::Refused(answer) | Self::Unknown(UnknownCause::Answer(answer)) => answer.advice,
            Self::Unknown(UnknownCause::Timeout | UnknownCause::ConnectionLost) => {
                Advice::unknown(Fault::Network, Repeat::AfterStatus)
            }
            Self::Unknown(_) => Advice::unknown(Fault::Unknown, Repeat::AfterStatus),
        }
    }
}

/// What the body of an answer is.
#[derive(Clone, Copy, Debug)]
enum Body<'a> {
    Empty,
    /// An error of the provider.
    Error(&'a ErrorCode),
    /// Anything else, such as the HTML page of a proxy, or half an answer.
    Foreign,
}

/// Decides what an answer that reports no success means. The body decides before the status, because the
/// provider sends its codes under several statuses. Source: docs/payin.md, "Errors".
fn judge(status: u16, body: Body<'_>) -> Advice {
    if let Body::Error(code) = body {
        match code {
            ErrorCode::ValidationError | ErrorCode::MessageConversionFailed => {
                return Advice::refused(Fault::Merchant, Repeat::OnceCorrected);
            }
            ErrorCode::ResourceNotFound => return Advice::refused(Fault::Merchant, Repeat::Never),
            // A repeated capture gets this too, when it was the earlier attempt that succeeded.
            ErrorCode::IncorrectMethodInvocation => {
                return Advice::refused(Fault::Merchant, Repeat::AfterStatus);
            }
            ErrorCode::InternalError => {
                return Advice::unknown(Fault::Provider, Repeat::AfterStatus);
            }
            ErrorCode::Other(_) => {}
        }
    }
    match (status, body) {
        (401, _) => Advice::refused(Fault::Merchant, Repeat::OnceCorrected),
        (429, _) => Advice::refused(Fault::Merchant, Repeat::SameRequestLater),
        // A page of something between here and the provider is not the provider's word.
        (400..=499, Body::Foreign) => Advice::unknown(Fault::Network, Repeat::AfterStatus),
        (404 | 410, _) => Advice::refused(Fault::Merchant, Repeat::Never),
        (400..=499, _) => Advice::refused(Fault::Merchant, Repeat::OnceCorrected),
        (500, Body::Empty) => Advice::unknown(Fault::Provider, Repeat::SameRequest),
        (502..=504, _) => Advice::unknown(Fault::Provider, Repeat::SameRequestLater),
        (500..=599, _) => Advice::unknown(Fault::Provider, Repeat::AfterStatus),
        (300..=399, _) => Advice::unknown(Fault::Network, Repeat::AfterStatus),
        _ => Advice::unknown(Fault::Unknown, Repeat::AfterStatus),
    }
}

#[cfg(feature = "client")]
impl From<pantoken_core::client::BodyError> for NotSent {
    fn from(error: pantoken_core::client::BodyError) -> Self {
        match error {
            pantoken_core::client::BodyError::TooLong(limit) => Self::TooLong(limit),
            _ => Self::NotWritable,
        }
    }
}

#[cfg(feature = "client")]
impl From<pantoken_core::client::Unanswered> for Error {
    fn from(unanswered: pantoken_core::client::Unanswered) -> Self {
        use pantoken_core::client::Unanswered;
        match unanswered {
            Unanswered::NotWritable => Self::NotSent(NotSent::NotWritable),
            Unanswered::NoConnection(why) => Self::NotSent(NotSent::NoConnection(why)),
            Unanswered::Timeout => Self::Unknown(UnknownCause::Timeout),
            Unanswered::TooLong(limit) => Self::Unknown(UnknownCause::TooLong(limit)),
            _ => Self::Unknown(UnknownCause::ConnectionLost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The status, the body (`-` for none), the outcome, whose fault, and what a repetition needs.
    const TABLE: &str = r#"
        400 {"errorCode":"validation.error"}                  Refused Merchant OnceCorrected
        200 {"errorCode":"validation.error"}                  Refused Merchant OnceCorrected
        500 {"errorCode":"validation.error"}                  Refused Merchant OnceCorrected
        400 {"errorCode":"http.message.conversion.failed"}    Refused Merchant OnceCorrected
        404 {"errorCode":"payin.resource.not.found"}          Refused Merchant Never
        500 {"errorCode":"payin.resource.not.found"}          Refused Merchant Never
        400 {"errorCode":"payin.incorrect-method-invocation"} Refused Merchant AfterStatus
        200 {"errorCode":"payin.incorrect-method-invocation"} Refused Merchant AfterStatus
        500 {"errorCode":"internal.error"}                    Unknown Provider AfterStatus
        200 {"errorCode":"internal.error"}                    Unknown Provider AfterStatus
        400 {"errorCode":101003}                              Refused Merchant OnceCorrected
        200 {"errorCode":"new.error"}                         Unknown Unknown  AfterStatus
        500 {"errorCode":"new.error"}                         Unknown Provider AfterStatus
        401 -                                                 Refused Merchant OnceCorrected
        401 <html>                                            Refused Merchant OnceCorrected
        403 -                                                 Refused Merchant OnceCorrected
        404 -                                                 Refused Merchant Never
        405 -                                                 Refused Merchant OnceCorrected
        406 -                                                 Refused Merchant OnceCorrected
        410 -                                                 Refused Merchant Never
        422 -                                                 Refused Merchant OnceCorrected
        429 -                                                 Refused Merchant SameRequestLater
        429 <html>                                            Refused Merchant SameRequestLater
        403 <html>                                            Unknown Network  AfterStatus
        404 <html>                                            Unknown Network  AfterStatus
        400 {"errorCode":"validation.e                        Unknown Network  AfterStatus
        500 -                                                 Unknown Provider SameRequest
        500 <html>                                            Unknown Provider AfterStatus
        501 -                                                 Unknown Provider AfterStatus
        502 <html>                                            Unknown Provider SameRequestLater
        503 -                                                 Unknown Provider SameRequestLater
        504 -                                                 Unknown Provider SameRequestLater
        302 -                                                 Unknown Network  AfterStatus
        100 -                                                 Unknown Unknown  AfterStatus
    "#;

    #[test]
    fn each_answer_has_its_advice() {
        for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
            let words: Vec<_> = line.split_whitespace().collect();
            let body = words[1].replace('-', if words[1] == "-" { "" } else { "-" });
            let answer = ErrorAnswer::new(words[0].parse().unwrap(), body.as_bytes(), None);
            let error = Error::from(answer);
            let Advice {
                outcome,
                fault,
                repeat,
            } = error.advice();
            assert_eq!(
                [
                    format!("{outcome:?}"),
                    format!("{fault:?}"),
                    format!("{repeat:?}")
                ],
                words[2..],
                "{line}"
            );
            let is_refused = matches!(error, Error::Refused(_));
            assert_eq!(is_refused, outcome == Outcome::Refused, "{line}");
        }
    }

    #[test]
    fn only_the_providers_word_says_that_nothing_was_found() {
        let error =
            |status, body: &str| Error::from(ErrorAnswer::new(status, body.as_bytes(), None));
        assert!(error(404, "").is_not_found());
        assert!(error(500, r#"{"errorCode":"payin.resource.not.found"}"#).is_not_found());
        assert!(!error(404, "<html>not found</html>").is_not_found());
        assert!(!error(404, r#"{"errorCode":"validation.error"}"#).is_not_found());
        assert!(!error(410, "").is_not_found());
    }

    #[test]
    fn what_was_not_sent_and_what_was_not_answered_differ() {
        let no_connection = Error::NotSent(NotSent::NoConnection(String::new()));
        assert_eq!(no_connection.outcome(), Outcome::NotSent);
        assert_eq!(no_connection.advice().repeat, Repeat::SameRequestLater);
        let rounded = Error::NotSent(NotSent::NotWritable);
        assert_eq!(rounded.advice().repeat, Repeat::OnceCorrected);
        for cause in [
            UnknownCause::Timeout,
            UnknownCause::ConnectionLost,
            UnknownCause::TooLong(1),
            UnknownCause::Mismatch("amount"),
            UnknownCause::Unreadable(Unreadable::NotAnObject),
        ] {
            let error = Error::Unknown(cause);
            assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
            assert_eq!(error.advice().repeat, Repeat::AfterStatus, "{error}");
        }
    }
}
