use std::fmt;
use std::future::Future;

use crate::{Digest, StoreError};

/// Keeps the agent's API keys, as digests.
///
/// What every store guarantees:
/// - No key is kept, only its SHA-256. A slow hash would add nothing: a key is 256 random bits, and
///   nobody tries them all.
/// - A name stands for one key for ever: a revoked name is not given again.
/// - A key is found by its digest. How long that takes may tell about the digest, but not about the
///   key: nobody can aim a guess at a digest, so no constant time is needed.
pub trait ApiKeyStore: Send + Sync + 'static {
    /// Keeps a new key, made at `now` in Unix milliseconds; `false` if the name is taken.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn insert_api_key(
        &self,
        name: ApiKeyName,
        digest: Digest,
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The key with this digest, unless it was revoked.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn find_api_key(
        &self,
        digest: Digest,
    ) -> impl Future<Output = Result<Option<ApiKeyRecord>, StoreError>> + Send;

    /// Every key that was ever made, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn list_api_keys(&self) -> impl Future<Output = Result<Vec<ApiKeyRecord>, StoreError>> + Send;

    /// Revokes a key at `now`, in Unix milliseconds; `false` if no key of this name is in use.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot answer.
    fn revoke_api_key(
        &self,
        name: ApiKeyName,
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// What is known of an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRecord {
    /// What the agent calls it.
    pub name: ApiKeyName,
    /// In Unix milliseconds.
    pub created_at: i64,
    /// In Unix milliseconds; from this moment on the key opens nothing.
    pub revoked_at: Option<i64>,
}

/// What the agent calls a key: 1 to 64 letters, digits, `-`, `_` or `.` of ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyName(String);

/// A text that is no [`ApiKeyName`]. The text itself is not repeated: it may be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key's name has 1 to 64 letters, digits, '-', '_' or '.'")]
pub struct ApiKeyNameError;

impl ApiKeyName {
    const LENGTH: std::ops::RangeInclusive<usize> = 1..=64;

    /// Takes a name.
    ///
    /// # Errors
    /// [`ApiKeyNameError`] when its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, ApiKeyNameError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if Self::LENGTH.contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ApiKeyNameError)
        }
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_limits() {
        let longest = "a".repeat(64);
        for text in ["shop-1", "Back_office.2", &longest] {
            assert_eq!(ApiKeyName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a b", "a/b", "é", "a\n", &"a".repeat(65)] {
            assert_eq!(ApiKeyName::parse(text), Err(ApiKeyNameError));
        }
    }
}
