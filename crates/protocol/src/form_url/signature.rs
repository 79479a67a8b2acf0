use alloc::borrow::ToOwned;
use alloc::string::String;

/// An `agentSign`: 64 lowercase hexadecimal digits, the HMAC-SHA256 of the signed string.
///
/// Public by nature. Compare it with what it should be in `pantoken-signing`, in constant time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(String);

/// A text that cannot be a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("agentSign is 64 lowercase hexadecimal digits")]
pub struct SignatureError;

impl Signature {
    const LENGTH: usize = 64;

    /// Reads a signature.
    ///
    /// # Errors
    /// [`SignatureError`] unless it is 64 lowercase hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        Self::check(text)?;
        Ok(Self(text.to_owned()))
    }

    pub(super) fn check(text: &str) -> Result<(), SignatureError> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == Self::LENGTH && text.bytes().all(hex) {
            Ok(())
        } else {
            Err(SignatureError)
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
