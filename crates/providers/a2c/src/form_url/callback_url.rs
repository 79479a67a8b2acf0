use alloc::borrow::ToOwned;
use alloc::string::String;
use pantoken_core::{Origin, OriginError};

/// The URL of the page that the provider sends the customer back to: an absolute `https` URL (or `http` on
/// loopback) of at most 2,048 bytes, without a fragment.
///
/// It is kept unchanged, because its raw text is signed. Source: docs/a2c.md, "Redirect flow".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackUrl(String);

/// The reason why a text is not a [`CallbackUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackUrlError {
    /// The URL does not start with a valid origin.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The URL is longer than 2,048 bytes.
    #[error("a callback URL must be at most 2048 bytes long")]
    Length,
    /// The URL contains a fragment, white space, a backslash or a control character.
    #[error("a callback URL must not contain '#', '\\', white space or control characters")]
    Character,
}

impl CallbackUrl {
    const MAX_LENGTH: usize = 2048;

    /// Reads a callback URL and keeps it unchanged.
    ///
    /// # Errors
    /// Returns [`CallbackUrlError`] if the URL is too long, not absolute or not secure, or contains a
    /// character that is not allowed.
    pub fn parse(text: &str) -> Result<Self, CallbackUrlError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(CallbackUrlError::Length);
        }
        let unfit = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '#' | '\\');
        if text.contains(unfit) {
            return Err(CallbackUrlError::Character);
        }
        // Browsers accept upper-case letters in the scheme and the host.
        Origin::split(&text.to_ascii_lowercase())?;
        Ok(Self(text.to_owned()))
    }

    /// Returns the unchanged URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
