use alloc::borrow::ToOwned;
use alloc::string::String;
use pantoken_core::{Origin, OriginError};

/// The page that the provider sends the customer back to: an absolute `https` URL (`http` on
/// loopback) of at most 2,048 bytes, without a fragment.
///
/// Kept to the letter, because its raw text is what is signed. Source: docs/a2c.md, "Redirect flow".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackUrl(String);

/// Why a text is no [`CallbackUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackUrlError {
    /// What it starts with is no origin.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// Longer than 2,048 bytes.
    #[error("a callback URL has at most 2048 bytes")]
    Length,
    /// A fragment, white space, a backslash or a control character.
    #[error("a callback URL holds no '#', no '\\', no white space and no control character")]
    Character,
}

impl CallbackUrl {
    const MAX_LENGTH: usize = 2048;

    /// Reads a callback URL without changing a byte of it.
    ///
    /// # Errors
    /// [`CallbackUrlError`] when it is too long, not absolute, not secure, or holds what no URL may.
    pub fn parse(text: &str) -> Result<Self, CallbackUrlError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(CallbackUrlError::Length);
        }
        let unfit = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '#' | '\\');
        if text.contains(unfit) {
            return Err(CallbackUrlError::Character);
        }
        // Whoever follows it reads its host in any case.
        Origin::split(&text.to_ascii_lowercase())?;
        Ok(Self(text.to_owned()))
    }

    /// The URL to the letter.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
