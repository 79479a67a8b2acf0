//! Encrypts tokens at rest with AES-256-GCM-SIV (RFC 8452), bound to their session's id and customer, and
//! signs the rows of API keys.
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
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Digest, SessionId, StoreError};

/// A key that encrypts tokens: 32 random bytes. It is wiped from memory when dropped, and its `Debug`
/// output shows only its id.
#[derive(Clone)]
pub struct StoreKey {
    id: String,
    cipher: Aes256GcmSiv,
    mac: Hmac<Sha256>,
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
    /// Follows the key's id in the database if the token is bound to its customer too. Earlier versions
    /// bound it to its session only.
    const BOUND_TO_CUSTOMER: &str = ".2";

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
        let mac = hmac(
            &hmac(&bytes)?
                .chain_update(b"pantoken/api-keys/1")
                .finalize()
                .into_bytes(),
        )?;
        Ok(Self { id, cipher, mac })
    }

    /// Returns the key's name in the database and in errors: 16 hexadecimal digits, not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what the database stores beside a token that this key encrypts now.
    pub(crate) fn label(&self) -> String {
        format!("{}{}", self.id, Self::BOUND_TO_CUSTOMER)
    }

    /// Signs texts, which may contain any bytes.
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.mac_of(parts).finalize().into_bytes().to_vec()
    }

    /// Returns whether this key signed these texts. The comparison takes constant time.
    pub(crate) fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.mac_of(parts).verify_slice(signature).is_ok()
    }

    fn mac_of(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        for part in parts {
            // The lengths keep `a`, `bc` apart from `ab`, `c`.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    pub(crate) fn encrypt(&self, nonce: &Nonce, associated_data: &[u8], text: &[u8]) -> Vec<u8> {
        let payload = Payload {
            msg: text,
            aad: associated_data,
        };
        match self.cipher.encrypt(nonce, payload) {
            Ok(bytes) => bytes,
            // Only a text of 64 GiB cannot be encrypted.
            Err(_) => unreachable!(),
        }
    }

    pub(crate) fn decrypt(
        &self,
        nonce: &Nonce,
        associated_data: &[u8],
        bytes: &[u8],
    ) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: bytes,
            aad: associated_data,
        };
        self.cipher.decrypt(nonce, payload).ok()
    }
}

fn hmac(key: &[u8]) -> Result<Hmac<Sha256>, StoreKeyError> {
    // HMAC accepts a key of any length.
    <Hmac<Sha256> as KeyInit>::new_from_slice(key).map_err(|_| StoreKeyError)
}

/// Whose token it is. A token cannot be decrypted as that of another session or customer.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) id: SessionId,
    pub(crate) customer: Option<&'a str>,
}

impl Owner<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = self.id.get().to_be_bytes().to_vec();
        data.push(self.customer.is_some().into());
        data.extend(self.customer.unwrap_or_default().as_bytes());
        data
    }

    fn nonce(&self) -> Nonce {
        let mut nonce = Nonce::default();
        nonce[4..].copy_from_slice(&self.id.get().to_be_bytes());
        nonce
    }
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

    /// Returns the key with this label, which [`StoreKey::label`] returned.
    pub(crate) fn find_label(&self, label: &str) -> Option<&StoreKey> {
        self.find(label.strip_suffix(StoreKey::BOUND_TO_CUSTOMER)?)
    }
}

/// A token as the database stores it: encrypted with the key of this label, or unencrypted.
#[derive(PartialEq, Eq)]
pub(crate) struct StoredToken {
    pub(crate) bytes: Vec<u8>,
    pub(crate) key: Option<String>,
}

/// Which tokens of a database are believed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belief {
    /// Unencrypted ones, and those of earlier versions, too.
    Any,
    /// Only those that are encrypted and bound to their customer, because all of them have been.
    Sealed,
}

impl StoredToken {
    pub(crate) fn new(owner: Owner<'_>, text: &[u8], keys: Option<&StoreKeys>) -> Self {
        match keys {
            Some(keys) => Self {
                bytes: keys
                    .current
                    .encrypt(&owner.nonce(), &owner.associated_data(), text),
                key: Some(keys.current.label()),
            },
            None => Self {
                bytes: text.to_vec(),
                key: None,
            },
        }
    }

    /// Returns whether it is encrypted as the current key encrypts now.
    pub(crate) fn is_current(&self, keys: &StoreKeys) -> bool {
        self.key.as_deref() == Some(&keys.current.label())
    }

    pub(crate) fn decrypt(
        self,
        owner: Owner<'_>,
        keys: Option<&StoreKeys>,
        belief: Belief,
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let corrupt = StoreError::corrupt(owner.id, "pan_token");
        let bound = self.key.as_deref();
        let bound = bound.and_then(|label| label.strip_suffix(StoreKey::BOUND_TO_CUSTOMER));
        if belief == Belief::Sealed && bound.is_none() {
            return Err(corrupt);
        }
        let Some(label) = &self.key else {
            return Ok(Zeroizing::new(self.bytes));
        };
        let key_id = bound.unwrap_or(label);
        let Some(key) = keys.and_then(|keys| keys.find(key_id)) else {
            let key_id = key_id.to_owned();
            return Err(StoreError::UnknownKey { key_id });
        };
        let text = match bound {
            Some(_) => key.decrypt(&owner.nonce(), &owner.associated_data(), &self.bytes),
            None => key.decrypt(&owner.nonce(), &owner.id.get().to_be_bytes(), &self.bytes),
        };
        text.map(Zeroizing::new).ok_or(corrupt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const TOKEN: &[u8] = b"1a77343a-dd8a-11eb-ba80-0242ac130004";

    fn key() -> StoreKey {
        StoreKey::parse(KEY).unwrap()
    }

    fn keys() -> StoreKeys {
        StoreKeys::new(key(), Vec::new())
    }

    fn owner(id: i64, customer: Option<&str>) -> Owner<'_> {
        let id = SessionId::from_i64(id);
        Owner { id, customer }
    }

    fn stored(bytes: &str, key: &str) -> StoredToken {
        StoredToken {
            bytes: hex::decode(bytes).unwrap(),
            key: Some(key.to_owned()),
        }
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
    fn an_encrypted_token_of_an_earlier_version_stays_readable_until_all_are_sealed() {
        let earlier = || {
            stored(
                "2c7a67013c617d3a9b063a89ed3a8050a7ba22b04b57b9bcd02ef2b4345aa428\
                 e8870035d19c1cb2a400721145834a240dbdf606",
                "d882d69ab4c4a695",
            )
        };
        assert!(!earlier().is_current(&keys()));
        let whose = owner(12_345_678, Some("order 7"));
        let text = earlier()
            .decrypt(whose, Some(&keys()), Belief::Any)
            .unwrap();
        assert_eq!(text.as_slice(), TOKEN);
        let refused = earlier().decrypt(whose, Some(&keys()), Belief::Sealed);
        assert!(matches!(refused, Err(StoreError::Corrupt { .. })));
    }

    /// Existing databases must stay readable.
    #[test]
    fn an_encrypted_token_stays_readable() {
        let whose = owner(12_345_678, Some("order 7"));
        let token = StoredToken::new(whose, TOKEN, Some(&keys()));
        assert_eq!(token.key.as_deref(), Some("d882d69ab4c4a695.2"));
        assert_eq!(hex::encode(&token.bytes), GOLDEN);
        assert!(token.is_current(&keys()));
        let text = token.decrypt(whose, Some(&keys()), Belief::Sealed).unwrap();
        assert_eq!(text.as_slice(), TOKEN);
    }

    const GOLDEN: &str = "4dc2afb11a552ec7f8923aab25ae5a539e317f9e609537892acf661c8e8ee632336dcf7f\
                          43e33f704882eb7caf6fc3b839e3aedd";

    #[test]
    fn an_encrypted_token_is_bound_to_its_session_its_customer_and_its_key() {
        let whose = owner(1, Some("order 7"));
        let token = || StoredToken::new(whose, b"token", Some(&keys()));
        let is_refused = |token: StoredToken, owner, keys| {
            let answer = token.decrypt(owner, Some(&keys), Belief::Any);
            matches!(answer, Err(StoreError::Corrupt { .. }))
        };
        for other in [
            owner(2, Some("order 7")),
            owner(1, Some("order 8")),
            owner(1, Some("")),
            owner(1, None),
        ] {
            assert!(is_refused(token(), other, keys()));
        }
        let other = StoreKey::parse(&KEY.replace("1f", "20")).unwrap();
        let relabelled = StoredToken {
            key: Some(other.label()),
            ..token()
        };
        assert!(is_refused(
            relabelled,
            whose,
            StoreKeys::new(other, Vec::new())
        ));
        // Nor can it pass for one of an earlier version, which was not bound to its customer.
        let earlier = StoredToken {
            key: Some(key().id().to_owned()),
            ..token()
        };
        assert!(is_refused(earlier, owner(1, None), keys()));
        let mut changed = token();
        changed.bytes[0] ^= 1;
        assert!(is_refused(changed, whose, keys()));
        let mut cut = token();
        cut.bytes.truncate(3);
        assert!(is_refused(cut, whose, keys()));
    }

    #[test]
    fn a_signature_is_of_its_parts_and_its_key() {
        let signature = key().sign(&[b"ab", b"c"]);
        assert!(key().verify(&[b"ab", b"c"], &signature));
        assert!(!key().verify(&[b"a", b"bc"], &signature));
        assert!(!key().verify(&[b"ab", b"c"], &signature[1..]));
        let other = StoreKey::parse(&KEY.replace("1f", "20")).unwrap();
        assert!(!other.verify(&[b"ab", b"c"], &signature));
    }
}
