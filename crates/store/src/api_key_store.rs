use std::fmt;
use std::future::Future;

use crate::{Digest, StoreError};

/// Stores the digests of the agent's API keys.
///
/// Every store guarantees:
/// - Only the SHA-256 of a key is stored. A slow hash would add nothing, because a key is 256 random
///   bits and cannot be guessed.
/// - A name belongs to one key for ever. The name of a revoked key cannot be used again.
/// - With store keys, each row is signed. A row that somebody else wrote, or changed, is returned with
///   [`ApiKeyRecord::is_signed`] unset, and must not be accepted.
///
/// A key is looked up by its digest. The lookup's duration may reveal something about the digest, but
/// nothing about the key, so it need not take constant time.
pub trait ApiKeyStore: Send + Sync + 'static {
    /// Adds a key that was created at `now`, in Unix milliseconds, and signs it if there are store keys.
    /// Returns `false` if the name is taken.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn insert_api_key(
        &self,
        name: ApiKeyName,
        scope: ApiKeyScope,
        digest: Digest,
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Returns the key with this digest, unless it was revoked.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn find_api_key(
        &self,
        digest: Digest,
    ) -> impl Future<Output = Result<Option<ApiKeyRecord>, StoreError>> + Send;

    /// Returns all keys, including revoked ones, ordered by name.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn list_api_keys(&self) -> impl Future<Output = Result<Vec<ApiKeyRecord>, StoreError>> + Send;

    /// Revokes a key at `now`, in Unix milliseconds. Returns `false` if there is no valid key with this
    /// name.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn revoke_api_key(
        &self,
        name: ApiKeyName,
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// An API key, without the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRecord {
    /// The key's name.
    pub name: ApiKeyName,
    /// What it may do.
    pub scope: ApiKeyScope,
    /// Whether the row is signed with one of the store keys. Without store keys it is always set.
    pub is_signed: bool,
    /// When it was created, in Unix milliseconds.
    pub created_at: i64,
    /// When it was revoked, in Unix milliseconds.
    pub revoked_at: Option<i64>,
}

/// What the holder of an API key may do. Each scope includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApiKeyScope {
    /// Create sessions and sign form URLs.
    Create,
    /// Read the sessions that this key created.
    ReadOwn,
    /// Read every session.
    ReadAll,
}

/// The text is not an [`ApiKeyScope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be create, read-own or read-all")]
pub struct ApiKeyScopeError;

impl ApiKeyScope {
    const ALL: [Self; 3] = [Self::Create, Self::ReadOwn, Self::ReadAll];

    /// Parses a scope's name.
    ///
    /// # Errors
    /// Returns [`ApiKeyScopeError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, ApiKeyScopeError> {
        let mut scopes = Self::ALL.into_iter();
        let scope = scopes.find(|scope| scope.as_str() == text);
        scope.ok_or(ApiKeyScopeError)
    }

    /// Returns the scope's name: `create`, `read-own` or `read-all`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::ReadOwn => "read-own",
            Self::ReadAll => "read-all",
        }
    }
}

/// The name of an API key: 1 to 64 ASCII letters, digits, `-`, `_` or `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyName(String);

/// The text is not an [`ApiKeyName`]. The error does not repeat it, because it may be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key's name must be 1 to 64 characters long and contain only letters, digits, '-', '_' and '.'"
)]
pub struct ApiKeyNameError;

impl ApiKeyName {
    const LENGTH: std::ops::RangeInclusive<usize> = 1..=64;

    /// Parses a name.
    ///
    /// # Errors
    /// Returns [`ApiKeyNameError`] if its length or one of its characters is not allowed.
    pub fn parse(text: &str) -> Result<Self, ApiKeyNameError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if Self::LENGTH.contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ApiKeyNameError)
        }
    }

    /// Returns the name as text.
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
