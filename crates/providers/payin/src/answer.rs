//! Reads answers without I/O, so that any HTTP client will do.

use std::time::Duration;

use crate::error::{Error, ErrorAnswer, UnknownCause};
use crate::{Bill, Capture, CardCheck, Payment, Payout, QrCode, Refund};
use pantoken_core::json::{self, Object, ReadObject, Unreadable};

/// What a call answers with: read it with [`read_answer`].
pub trait Answer: sealed::Read {}

impl<T: sealed::Read> Answer for T {}

mod sealed {
    use pantoken_core::json::Unreadable;

    pub trait Read: Sized {
        fn read(body: &[u8]) -> Result<Self, Unreadable>;
    }
}

/// Reads one object, or a list of them.
macro_rules! answers {
    ($($Type:ty),+) => {$(
        impl sealed::Read for $Type {
            fn read(body: &[u8]) -> Result<Self, Unreadable> {
                Self::read_object(&Object::parse(body)?, body)
            }
        }

        impl sealed::Read for Vec<$Type> {
            fn read(body: &[u8]) -> Result<Self, Unreadable> {
                json::read_list(body)
            }
        }
    )+};
}

answers!(Bill, Payment, Capture, Refund, CardCheck, QrCode, Payout);

/// An answer without a body, as to a deletion.
impl sealed::Read for () {
    fn read(body: &[u8]) -> Result<Self, Unreadable> {
        if body.trim_ascii().is_empty() {
            return Ok(());
        }
        Object::parse(body).map(|_| ())
    }
}

/// Reads the answer of a call: its HTTP status, its body, and its header `Retry-After` in seconds.
///
/// Only the documented JSON under a status of success is a result. An error body is an error under any
/// status, and an answer of success that cannot be read is [`Error::Unknown`], never a failure: the provider
/// has probably executed the request.
///
/// ```
/// use pantoken_payin::{Error, Outcome, Payment, read_answer};
///
/// let error = read_answer::<Payment>(200, b"<html></html>", None).unwrap_err();
/// assert_eq!(error.outcome(), Outcome::Unknown);
/// ```
///
/// # Errors
/// Returns [`Error::Refused`] or [`Error::Unknown`].
pub fn read_answer<T: Answer>(
    status: u16,
    body: &[u8],
    retry_after: Option<Duration>,
) -> Result<T, Error> {
    let error = ErrorAnswer::new(status, body, retry_after);
    if error.error.is_some() || !(200..=299).contains(&status) {
        return Err(error.into());
    }
    T::read(body).map_err(|error| Error::Unknown(UnknownCause::Unreadable(error)))
}
