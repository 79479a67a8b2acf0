use std::fmt;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pantoken_core::Secret;
use zeroize::Zeroizing;

/// The payload of Apple Pay or Google Pay, as a request contains it: base64 of a zlib stream. It is opaque: it is
/// never decoded, printed or logged, and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct WalletToken(Secret);

/// The reason why a text cannot be a wallet's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WalletTokenError {
    /// It is empty, or longer than any wallet's.
    #[error("a wallet's payload must be 1 to 65536 bytes long")]
    Length,
    /// It is not base64 of a zlib stream. Raw DEFLATE lacks the two bytes of the header.
    #[error("a wallet's payload must be base64 of a zlib stream with its two bytes of header")]
    Format,
}

const MAX_BYTES: usize = 64 * 1024;

impl WalletToken {
    /// Encodes what the wallet gave you: Apple's token as JSON, with all its fields, or Google's token.
    ///
    /// # Errors
    /// Returns [`WalletTokenError::Length`] if it is empty or too long.
    pub fn encode(json: &str) -> Result<Self, WalletTokenError> {
        if json.is_empty() || json.len() > MAX_BYTES {
            return Err(WalletTokenError::Length);
        }
        let compressed = Zeroizing::new(zlib(json.as_bytes()));
        let encoded = Zeroizing::new(STANDARD.encode(&*compressed));
        Ok(Self(Secret::new(&encoded)))
    }

    /// Takes a payload that was encoded elsewhere. Only its header is looked at.
    ///
    /// # Errors
    /// Returns [`WalletTokenError`] if it is not base64 of a zlib stream.
    pub fn from_encoded(base64: &str) -> Result<Self, WalletTokenError> {
        if base64.is_empty() || base64.len() > MAX_BYTES {
            return Err(WalletTokenError::Length);
        }
        let bytes = STANDARD
            .decode(base64)
            .map_err(|_| WalletTokenError::Format)?;
        if !has_zlib_header(&Zeroizing::new(bytes)) {
            return Err(WalletTokenError::Format);
        }
        Ok(Self(Secret::new(base64)))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for WalletToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WalletToken(…)")
    }
}

/// Compresses bytes to a zlib stream (RFC 1950).
pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Returns whether the bytes start with the header of a zlib stream: deflate, and a check of the two bytes.
pub(crate) fn has_zlib_header(bytes: &[u8]) -> bool {
    match bytes {
        [method, flags, _, ..] => {
            method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_never_printed() {
        let token = WalletToken::encode("Hello world").unwrap();
        assert_eq!(format!("{token:?}"), "WalletToken(…)");
    }

    #[test]
    fn what_is_no_zlib_stream_is_refused() {
        for text in [
            "80jNyclXKM8vykkBAA==",
            "w7NIw43DicOJBwA=",
            "eJw",
            "?",
            "AAAA",
        ] {
            let refused = WalletToken::from_encoded(text);
            assert_eq!(refused, Err(WalletTokenError::Format), "{text}");
        }
        assert_eq!(WalletToken::from_encoded(""), Err(WalletTokenError::Length));
        assert_eq!(WalletToken::encode(""), Err(WalletTokenError::Length));
        assert!(WalletToken::from_encoded("eJzzSM3JyVcozy/KSQEAGKsEPQ==").is_ok());
    }
}
