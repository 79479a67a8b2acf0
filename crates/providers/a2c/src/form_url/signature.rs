/// An `agentSign`: 64 lowercase hexadecimal digits, the HMAC-SHA256 of the signed string.
///
/// It is public. Use `pantoken-a2c-signing` to verify it in constant time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature([u8; Signature::LENGTH]);

/// The text is not a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("agentSign must be 64 lower-case hexadecimal digits")]
pub struct SignatureError;

impl Signature {
    const LENGTH: usize = 64;

    /// Reads a signature.
    ///
    /// # Errors
    /// Returns [`SignatureError`] unless the text is 64 lowercase hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let digits: [u8; Self::LENGTH] = text.as_bytes().try_into().map_err(|_| SignatureError)?;
        digits
            .iter()
            .all(hex)
            .then_some(Self(digits))
            .ok_or(SignatureError)
    }

    /// Creates a signature from the bytes of an HMAC-SHA256.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut digits = hex::Buffer::<32>::new();
        digits.format(&bytes);
        Self(*digits.as_byte_array())
    }

    /// Returns the hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The constructors accept only ASCII, so this never fails.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}
