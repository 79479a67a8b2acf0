/// An `agentSign`: 64 lowercase hexadecimal digits, the HMAC-SHA256 of the signed string.
///
/// Public by nature. Compare it with what it should be in `pantoken-a2c-signing`, in constant time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature([u8; Signature::LENGTH]);

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
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let digits: [u8; Self::LENGTH] = text.as_bytes().try_into().map_err(|_| SignatureError)?;
        digits
            .iter()
            .all(hex)
            .then_some(Self(digits))
            .ok_or(SignatureError)
    }

    /// The signature that these bytes are, an HMAC-SHA256.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut digits = hex::Buffer::<32>::new();
        digits.format(&bytes);
        Self(*digits.as_byte_array())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // ASCII, or it would not be here.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}
