//! Encrypts tokens at rest with AES-256-GCM-SIV (RFC 8452), bound to their session's id.
//!
//! The nonce is the session's id. In this construction a repeated nonce reveals only whether the same
//! text was encrypted twice. So a second token that loses the race for the same session does no harm,
//! no randomness is needed, and encrypting again with the same key gives the same bytes.

use std::fmt;
use std::sync::Arc;

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::{Digest, SessionId, StoreError};

/// A key that encrypts tokens: 32 random bytes. It is wiped from memory when dropped, and its `Debug`
/// output shows only its id.
#[derive(Clone)]
pub struct StoreKey {
    id: String,
    cipher: Aes256GcmSiv,
}

/// The text is not a [`StoreKey`]. The error does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be 32 random bytes in hexadecimal or base64, such as the output of `openssl rand -hex 32`"
)]
pub struct StoreKeyError;

impl StoreKey {
    const DIGITS: usize = 64;
    const ID_BYTES: usize = 8;

    /// Reads a key: 64 hexadecimal digits, or 32 bytes in base64 with padding.
    ///
    /// # Errors
    /// Returns [`StoreKeyError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, StoreKeyError> {
        // The length is checked first, because the decoder accepts a leading 0x.
        let digits = (text.len() == Self::DIGITS).then_some(text);
        let bytes = digits
            .and_then(|digits| hex::decode(digits).ok())
            .or_else(|| STANDARD.decode(text).ok());
        let bytes = Zeroizing::new(bytes.ok_or(StoreKeyError)?);
        let cipher = Aes256GcmSiv::new_from_slice(&bytes).map_err(|_| StoreKeyError)?;
        // The digest of 256 random bits reveals nothing about them.
        let labelled = Zeroizing::new([b"pantoken/store-key/", bytes.as_slice()].concat());
        let id = hex::encode(&Digest::of(&labelled).as_bytes()[..Self::ID_BYTES]);
        Ok(Self { id, cipher })
    }

    /// Returns the key's name in the database and in errors: 16 hexadecimal digits, not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn encrypt(&self, id: SessionId, text: &[u8]) -> Vec<u8> {
        let bound = id.get().to_be_bytes();
        let payload = Payload {
            msg: text,
            aad: &bound,
        };
        match self.cipher.encrypt(&nonce(bound), payload) {
            Ok(bytes) => bytes,
            // Only a text of 64 GiB cannot be encrypted.
            Err(_) => unreachable!(),
        }
    }

    fn decrypt(&self, id: SessionId, bytes: &[u8]) -> Option<Vec<u8>> {
        let bound = id.get().to_be_bytes();
        let payload = Payload {
            msg: bytes,
            aad: &bound,
        };
        self.cipher.decrypt(&nonce(bound), payload).ok()
    }
}

fn nonce(bound: [u8; 8]) -> Nonce {
    let mut nonce = Nonce::default();
    nonce[4..].copy_from_slice(&bound);
    nonce
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreKey({}, …)", self.id)
    }
}

/// The key that encrypts new tokens, and older keys that stored tokens may be encrypted with.
#[derive(Clone, Debug)]
pub struct StoreKeys {
    current: StoreKey,
    others: Arc<[StoreKey]>,
}

impl StoreKeys {
    /// Encrypts with `current` and decrypts with any of the keys.
    #[must_use]
    pub fn new(current: StoreKey, others: Vec<StoreKey>) -> Self {
        Self {
            current,
            others: others.into(),
        }
    }

    /// Returns the key that encrypts new tokens.
    #[must_use]
    pub fn current(&self) -> &StoreKey {
        &self.current
    }

    pub(crate) fn find(&self, id: &str) -> Option<&StoreKey> {
        std::iter::once(&self.current)
            .chain(self.others.iter())
            .find(|key| key.id == id)
    }
}

/// A token as the database stores it: encrypted with the key of this id, or unencrypted.
#[derive(PartialEq, Eq)]
pub(crate) struct StoredToken {
    pub(crate) bytes: Vec<u8>,
    pub(crate) key_id: Option<String>,
}

impl StoredToken {
    pub(crate) fn new(id: SessionId, text: &[u8], keys: Option<&StoreKeys>) -> Self {
        match keys {
            Some(keys) => Self {
                bytes: keys.current.encrypt(id, text),
                key_id: Some(keys.current.id.clone()),
            },
            None => Self {
                bytes: text.to_vec(),
                key_id: None,
            },
        }
    }

    pub(crate) fn decrypt(
        self,
        id: SessionId,
        keys: Option<&StoreKeys>,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let Some(key_id) = self.key_id else {
            return Ok(Zeroizing::new(self.bytes));
        };
        let Some(key) = keys.and_then(|keys| keys.find(&key_id)) else {
            return Err(StoreError::UnknownKey { key_id });
        };
        let text = key.decrypt(id, &self.bytes);
        text.map(Zeroizing::new)
            .ok_or(StoreError::corrupt(id, "pan_token"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn key() -> StoreKey {
        StoreKey::parse(KEY).unwrap()
    }

    fn id(value: i64) -> SessionId {
        SessionId::from_i64(value)
    }

    #[test]
    fn a_key_is_read_from_hexadecimal_and_from_base64() {
        let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        assert_eq!(StoreKey::parse(base64).unwrap().id(), key().id());
        for text in [
            "",
            "00",
            &KEY[2..],
            &format!("{KEY}00"),
            &format!("0x{KEY}"),
            &format!("0x{}", &KEY[2..]),
            "not a key at all",
        ] {
            assert_eq!(StoreKey::parse(text).unwrap_err(), StoreKeyError);
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        let printed = format!("{:?}", StoreKeys::new(key(), vec![key()]));
        assert!(printed.contains(key().id()), "{printed}");
        assert!(!printed.contains("0001020304"), "{printed}");
    }

    /// Existing databases must stay readable. The expected value is also what another implementation
    /// of RFC 8452 returns.
    #[test]
    fn an_encrypted_token_stays_readable() {
        let encrypted = key().encrypt(id(12_345_678), b"1a77343a-dd8a-11eb-ba80-0242ac130004");
        assert_eq!(key().id(), "d882d69ab4c4a695");
        assert_eq!(
            hex::encode(&encrypted),
            "2c7a67013c617d3a9b063a89ed3a8050a7ba22b04b57b9bcd02ef2b4345aa428\
             e8870035d19c1cb2a400721145834a240dbdf606"
        );
        let decrypted = key().decrypt(id(12_345_678), &encrypted).unwrap();
        assert_eq!(decrypted, b"1a77343a-dd8a-11eb-ba80-0242ac130004");
    }

    #[test]
    fn an_encrypted_token_is_bound_to_its_session_and_its_key() {
        let encrypted = key().encrypt(id(1), b"token");
        assert_eq!(key().decrypt(id(2), &encrypted), None);
        let other = StoreKey::parse(&KEY.replace("1f", "20")).unwrap();
        assert_eq!(other.decrypt(id(1), &encrypted), None);
        let mut changed = encrypted.clone();
        changed[0] ^= 1;
        assert_eq!(key().decrypt(id(1), &changed), None);
        assert_eq!(key().decrypt(id(1), &encrypted[..3]), None);
    }
}
