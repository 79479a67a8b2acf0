use pantoken_core::json::{Object, Unreadable};

use crate::error_code::{ErrorCode, Fault, Repeat};
use crate::json;
use crate::{FormError, Transaction};

/// A call failed. Its variant says which of three things holds.
///
/// No message contains the key, a token or card data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request was not sent. Nothing happened.
    #[error("the request was not sent: {0}")]
    NotSent(NotSent),
    /// The provider refused the request or declined the transaction. No money moved.
    #[error("the provider refused the request: {0}")]
    Refused(Box<ApiError>),
    /// The provider may have executed the request. Ask for the status.
    #[error("it is not known whether the provider executed the request: {0}")]
    Unknown(UnknownCause),
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// A field or the receipt cannot be sent.
    #[error("{0}")]
    Field(#[from] FormError),
    /// The request cannot be written as HTTP.
    #[error("it cannot be written as an HTTP request")]
    NotWritable,
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
    /// The provider refuses the client certificate, or there is none.
    #[error(
        "the provider refuses the client certificate; check that it is the certificate that QIWI issued, not the request for it, that it has not expired, and that its key belongs to it"
    )]
    CertificateRefused,
    /// The answer has another status than 200, or is not JSON, such as a page of a proxy.
    #[error("the answer with HTTP status {0} is not the provider's JSON")]
    Foreign(u16),
    /// The provider's own error leaves open what happened.
    #[error("{0}")]
    Open(Box<ApiError>),
    /// The answer is JSON, but not the documented one.
    #[error("the answer cannot be read: {0}")]
    Unreadable(Unreadable),
    /// The answer is about another operation than the request: its number or amount differs.
    #[error("the `{0}` of the answer is not that of the request")]
    Mismatch(&'static str),
}

/// An error that the provider reports.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The code.
    pub code: ErrorCode,
    /// The provider's message. It is written for you, not for the payer.
    pub message: Option<String>,
    /// The fields that the provider found wrong, and why.
    pub fields: Vec<(String, String)>,
    /// The transaction, if the provider made one and declined it.
    pub transaction: Option<Box<Transaction>>,
}

impl ApiError {
    pub(crate) fn read(
        object: &Object<'_>,
        code: ErrorCode,
        transaction: Option<Transaction>,
    ) -> Self {
        let items = json::list(object, "errors").unwrap_or_default();
        let fields = items.into_iter().filter_map(|item| {
            let item = Object::parse(item).ok()?;
            Some((
                json::read(&item, "field")?,
                json::read(&item, "message").unwrap_or_default(),
            ))
        });
        Self {
            code,
            message: json::read(object, "error_message"),
            fields: fields.take(64).collect(),
            transaction: transaction.map(Box::new),
        }
    }
}

/// The provider's messages may repeat what was sent, so only the code is printed.
impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "error {}", self.code)
    }
}

impl std::fmt::Debug for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiError({})", self.code.number())
    }
}

impl Error {
    /// Returns the provider's error, if it reported one.
    #[must_use]
    pub fn api_error(&self) -> Option<&ApiError> {
        match self {
            Self::Refused(error) | Self::Unknown(UnknownCause::Open(error)) => Some(error),
            _ => None,
        }
    }

    /// Returns whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::NotSent(NotSent::Field(_)) => Fault::Merchant,
            Self::Refused(error) | Self::Unknown(UnknownCause::Open(error)) => error.code.fault(),
            Self::Unknown(UnknownCause::CertificateRefused) => Fault::Contract,
            Self::NotSent(_)
            | Self::Unknown(UnknownCause::Timeout | UnknownCause::ConnectionLost) => Fault::Network,
            Self::Unknown(_) => Fault::Unknown,
        }
    }

    /// Returns whether a repetition makes sense.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        match self {
            Self::NotSent(NotSent::NoConnection(_)) => Repeat::Later,
            Self::NotSent(_) => Repeat::No,
            Self::Refused(error) => error.code.repeat(),
            Self::Unknown(_) => Repeat::AfterStatus,
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
            Unanswered::CertificateRefused => Self::Unknown(UnknownCause::CertificateRefused),
            Unanswered::Timeout => Self::Unknown(UnknownCause::Timeout),
            Unanswered::TooLong(limit) => Self::Unknown(UnknownCause::TooLong(limit)),
            _ => Self::Unknown(UnknownCause::ConnectionLost),
        }
    }
}
