//! Data that the store keeps without interpreting it. It is encrypted, if there is a store key.

use zeroize::Zeroizing;

use crate::store_key::Belief;
use crate::{Digest, StoreError, StoreKeys};

/// Where data is stored. It cannot be decrypted anywhere else.
pub(crate) struct Place(Vec<u8>);

impl Place {
    /// The data of the operation of this kind and key.
    pub(crate) fn operation(kind: &str, key: &str) -> Self {
        Self::new(b"operation", &[kind, key])
    }

    /// The body of the event with this id.
    pub(crate) fn event(id: &str) -> Self {
        Self::new(b"event", &[id])
    }

    fn new(label: &[u8], parts: &[&str]) -> Self {
        let mut bytes = label.to_vec();
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        Self(bytes)
    }

    fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce.copy_from_slice(&Digest::of(&self.0).as_bytes()[..12]);
        nonce
    }
}

/// Data as the database stores it: encrypted with the key of this label, or unencrypted.
pub(crate) struct SealedData {
    pub(crate) bytes: Vec<u8>,
    pub(crate) key: Option<String>,
}

impl SealedData {
    /// Prepares data for the database, which stores with it the label of the key that encrypts it. The caller checks
    /// the key in the transaction that stores it.
    pub(crate) fn new(keys: Option<&StoreKeys>, place: &Place, data: &[u8]) -> Self {
        match keys {
            Some(keys) => Self {
                bytes: keys
                    .current()
                    .encrypt(&place.nonce().into(), &place.0, data),
                key: Some(keys.current().label()),
            },
            None => Self {
                bytes: data.to_vec(),
                key: None,
            },
        }
    }

    /// Decrypts the data. Returns `None` if it was changed or moved.
    pub(crate) fn open(
        self,
        keys: Option<&StoreKeys>,
        place: &Place,
        belief: Belief,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(label) = &self.key else {
            return Ok((belief == Belief::Any).then(|| Zeroizing::new(self.bytes)));
        };
        let Some(key) = keys.and_then(|keys| keys.find_label(label)) else {
            let key_id = label.split('.').next().unwrap_or_default().to_owned();
            return Err(StoreError::UnknownKey { key_id });
        };
        let text = key.decrypt(&place.nonce().into(), &place.0, &self.bytes);
        Ok(text.map(Zeroizing::new))
    }
}
