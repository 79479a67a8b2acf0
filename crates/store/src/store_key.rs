//! panTokens at rest: AES-256-GCM-SIV (RFC 8452), bound to their request id.
//!
//! The nonce is the request id. A nonce that repeats tells no more, in this construction, than that
//! the same text was sealed twice: so a token that lost a race under the same id harms nobody, no
//! randomness is needed, and sealing again under the same key gives the same bytes.

use std::fmt;
use std::sync::Arc;

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pantoken_a2c::{PanToken, RequestId};
use zeroize::Zeroizing;

use crate::{Digest, StoreError};

/// A key that panTokens are sealed under: 32 random bytes, wiped from memory when dropped, never
/// printed.
#[derive(Clone)]
pub struct StoreKey {
    id: String,
    cipher: Aes256GcmSiv,
}

/// A text that is no [`StoreKey`]. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a store key is 32 random bytes in hexadecimal or base64, as `openssl rand -hex 32` makes")]
pub struct StoreKeyError;

impl StoreKey {
    const DIGITS: usize = 64;
    const ID_BYTES: usize = 8;

    /// Reads a key: 64 hexadecimal digits, or 32 bytes in base64 with padding.
    ///
    /// # Errors
    /// [`StoreKeyError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, StoreKeyError> {
        // Of another length it could have a 0x in front, which is no digit.
        let digits = (text.len() == Self::DIGITS).then_some(text);
        let bytes = digits
            .and_then(|digits| hex::decode(digits).ok())
            .or_else(|| STANDARD.decode(text).ok());
        let bytes = Zeroizing::new(bytes.ok_or(StoreKeyError)?);
        let cipher = Aes256GcmSiv::new_from_slice(&bytes).map_err(|_| StoreKeyError)?;
        // Of 256 random bits a digest tells nothing, and a part of it less.
        let labelled = Zeroizing::new([b"pantoken/store-key/", bytes.as_slice()].concat());
        let id = hex::encode(&Digest::of(&labelled).as_bytes()[..Self::ID_BYTES]);
        Ok(Self { id, cipher })
    }

    /// What the key is called in the database and in errors: 16 hexadecimal digits, no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn seal(&self, request_id: RequestId, text: &str) -> Vec<u8> {
        let bound = request_id.get().to_be_bytes();
        let payload = Payload {
            msg: text.as_bytes(),
            aad: &bound,
        };
        match self.cipher.encrypt(&nonce(bound), payload) {
            Ok(bytes) => bytes,
            // Only a text of 64 GiB cannot be sealed.
            Err(_) => unreachable!(),
        }
    }

    fn open(&self, request_id: RequestId, bytes: &[u8]) -> Option<Vec<u8>> {
        let bound = request_id.get().to_be_bytes();
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

/// The key that panTokens are sealed under now, and those that they may still be sealed under.
#[derive(Clone, Debug)]
pub struct StoreKeys {
    current: StoreKey,
    others: Arc<[StoreKey]>,
}

impl StoreKeys {
    /// Seals under `current`, opens under all of them.
    #[must_use]
    pub fn new(current: StoreKey, others: Vec<StoreKey>) -> Self {
        Self {
            current,
            others: others.into(),
        }
    }

    /// The key that panTokens are sealed under now.
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

/// A panToken as it lies in the database: sealed under the key of this id, or in clear.
#[derive(PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) key_id: Option<String>,
}

impl Sealed {
    pub(crate) fn new(request_id: RequestId, token: &PanToken, keys: Option<&StoreKeys>) -> Self {
        match keys {
            Some(keys) => Self {
                bytes: keys.current.seal(request_id, token.as_str()),
                key_id: Some(keys.current.id.clone()),
            },
            None => Self {
                bytes: token.as_str().as_bytes().to_vec(),
                key_id: None,
            },
        }
    }

    pub(crate) fn open(
        self,
        request_id: RequestId,
        keys: Option<&StoreKeys>,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let Some(key_id) = self.key_id else {
            return Ok(Zeroizing::new(self.bytes));
        };
        let Some(key) = keys.and_then(|keys| keys.find(&key_id)) else {
            return Err(StoreError::UnknownKey { key_id });
        };
        let text = key.open(request_id, &self.bytes);
        text.map(Zeroizing::new).ok_or(StoreError::Corrupt {
            request_id,
            column: "pan_token",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn key() -> StoreKey {
        StoreKey::parse(KEY).unwrap()
    }

    fn id(value: i64) -> RequestId {
        RequestId::from_i64(value).unwrap()
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

    /// What is at rest now has to be readable for ever: a golden value, which another
    /// implementation of RFC 8452 gives too.
    #[test]
    fn what_is_sealed_stays_readable() {
        let sealed = key().seal(id(12_345_678), "1a77343a-dd8a-11eb-ba80-0242ac130004");
        assert_eq!(key().id(), "d882d69ab4c4a695");
        assert_eq!(
            hex::encode(&sealed),
            "2c7a67013c617d3a9b063a89ed3a8050a7ba22b04b57b9bcd02ef2b4345aa428\
             e8870035d19c1cb2a400721145834a240dbdf606"
        );
        let opened = key().open(id(12_345_678), &sealed).unwrap();
        assert_eq!(opened, b"1a77343a-dd8a-11eb-ba80-0242ac130004");
    }

    #[test]
    fn what_is_sealed_is_bound_to_its_request_and_its_key() {
        let sealed = key().seal(id(1), "token");
        assert_eq!(key().open(id(2), &sealed), None);
        let other = StoreKey::parse(&KEY.replace("1f", "20")).unwrap();
        assert_eq!(other.open(id(1), &sealed), None);
        let mut changed = sealed.clone();
        changed[0] ^= 1;
        assert_eq!(key().open(id(1), &changed), None);
        assert_eq!(key().open(id(1), &sealed[..3]), None);
    }
}
