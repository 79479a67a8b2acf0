use pantoken_core::json::Unreadable;

use crate::ApiError;

/// A call failed. Its variant says which of three things holds.
///
/// No message contains the token or card data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request was not sent. Nothing happened.
    #[error("the request was not sent: {0}")]
    NotSent(NotSent),
    /// The provider refused the request. Nothing happened.
    #[error("the provider refused the request: {0}")]
    Refused(Box<ErrorAnswer>),
    /// The provider may have executed the request. Look into the wallet, or repeat a payment with the same id.
    #[error("it is not known whether the provider executed the request: {0}")]
    Unknown(UnknownCause),
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// The request cannot be written.
    #[error("it cannot be written")]
    NotWritable,
    /// There is no connection to the provider, which also refuses some countries. The text says why.
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
    /// The answer reports success, but is no PDF file.
    #[error("the answer reports success, but is no PDF file")]
    NotAStatement,
    /// The answer is about another order than the request.
    #[error("the answer is about another order than the request")]
    OtherOrder,
}

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is not what the provider takes (400).
    Invalid,
    /// The token is wrong or has expired (401).
    Token,
    /// The token lacks a permission (403).
    Permission,
    /// There is no such card, order or transaction (404).
    NotFound,
    /// There were too many requests (423, 429, or the code `request.blocked`). The wallet is blocked for five
    /// minutes after more than 100 requests for its history in a minute: wait, do not repeat at once.
    TooManyRequests,
    /// The action itself was refused: a status other than `OK`.
    Action,
    /// Anything else.
    Other,
}

/// An answer that reports no success.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What kind of refusal it is.
    pub kind: ErrorKind,
    /// The provider's error, if the body contains one.
    pub error: Option<ApiError>,
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

#[cfg_attr(not(feature = "client"), allow(dead_code))]
impl Error {
    /// Decides what an answer without success means. A page of something between here and the provider is not the
    /// provider's word, and an error of its servers says nothing about what happened before it.
    pub(crate) fn from_answer(status: u16, body: &[u8]) -> Self {
        let error = ApiError::read(body);
        let is_the_providers = error.is_some() || body.trim_ascii().is_empty();
        let code = error.as_ref().and_then(|error| error.code.as_deref());
        let kind = match (status, code) {
            (423 | 429, _) | (_, Some("request.blocked")) => ErrorKind::TooManyRequests,
            (400 | 422, _) => ErrorKind::Invalid,
            (401, _) => ErrorKind::Token,
            (403, _) => ErrorKind::Permission,
            (404, _) => ErrorKind::NotFound,
            _ => ErrorKind::Other,
        };
        let answer = Box::new(ErrorAnswer {
            status,
            kind,
            error,
        });
        if (400..=499).contains(&status) && is_the_providers {
            Self::Refused(answer)
        } else {
            Self::Unknown(UnknownCause::Answer(answer))
        }
    }

    /// An action on a card was answered with another status than `OK`.
    pub(crate) fn action(error: ApiError) -> Self {
        Self::Refused(Box::new(ErrorAnswer {
            status: 200,
            kind: ErrorKind::Action,
            error: Some(error),
        }))
    }
}

impl Error {
    /// Returns what kind of refusal it is, if the provider refused.
    #[must_use]
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Refused(answer) => Some(answer.kind),
            _ => None,
        }
    }
}

impl From<Unreadable> for Error {
    fn from(error: Unreadable) -> Self {
        Self::Unknown(UnknownCause::Unreadable(error))
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

    #[test]
    fn only_the_providers_word_is_a_refusal() {
        let forbidden = r#"{"errorCode":"auth.forbidden"}"#;
        for (status, body, kind) in [
            (400, "", Some(ErrorKind::Invalid)),
            (401, "", Some(ErrorKind::Token)),
            (403, forbidden, Some(ErrorKind::Permission)),
            (404, "", Some(ErrorKind::NotFound)),
            (423, "", Some(ErrorKind::TooManyRequests)),
            (
                400,
                r#"{"errorCode":"request.blocked"}"#,
                Some(ErrorKind::TooManyRequests),
            ),
            (409, "", Some(ErrorKind::Other)),
            (403, "<html>", None),
            (302, "", None),
            (500, forbidden, None),
            (503, "", None),
        ] {
            assert_eq!(
                Error::from_answer(status, body.as_bytes()).kind(),
                kind,
                "{status} {body}"
            );
        }
    }
}
