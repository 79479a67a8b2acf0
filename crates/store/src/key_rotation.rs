use std::future::Future;

use crate::{ApiKeyName, OperationId, SessionId, StoreError};

/// Encrypts tokens with a new key while sessions are created and results recorded.
///
/// A rotation that stops can simply start again: tokens that are encrypted with the current key
/// already are left alone.
pub trait KeyRotation: Send + Sync + 'static {
    /// Reads up to `limit` sessions with ids above `after`, and encrypts their tokens with the current
    /// key where they are unencrypted or encrypted with another key. Without keys it does nothing.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails. Then no token of this call was changed.
    fn reencrypt(
        &self,
        after: Option<SessionId>,
        limit: u32,
    ) -> impl Future<Output = Result<Reencrypted, StoreError>> + Send;

    /// Does the same with up to `limit` operations with ids above `after`, and with their events.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails. Then nothing of this call was changed.
    fn reencrypt_operations(
        &self,
        after: Option<OperationId>,
        limit: u32,
    ) -> impl Future<Output = Result<ReencryptedOperations, StoreError>> + Send;

    /// Signs the API keys that are not revoked with the current key: those that are not signed, and those
    /// that are signed with another key. Without keys it does nothing.
    ///
    /// Whoever can write to the database can add an API key that is not signed. So call this only when
    /// somebody asks for it, and show them the names.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails. Then no API key was signed.
    fn sign_api_keys(&self) -> impl Future<Output = Result<SignedApiKeys, StoreError>> + Send;

    /// Forgets every key but the current one, unless some tokens or operations are unencrypted or
    /// encrypted with another key. Returns the number of those. If there are none, tokens that are not encrypted
    /// are no longer believed.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the database fails.
    fn forget_other_keys(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// What [`KeyRotation::sign_api_keys`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedApiKeys {
    /// The API keys that were not signed before, ordered by name.
    pub signed: Vec<ApiKeyName>,
    /// The API keys whose signature is wrong, or of a key that was not given. They are left as they are,
    /// and are refused.
    pub refused: Vec<ApiKeyName>,
}

/// What [`KeyRotation::reencrypt`] did with a page of sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reencrypted {
    /// The last session that was read, or `None` if there are no more.
    pub last: Option<SessionId>,
    /// How many sessions were read.
    pub seen: u64,
    /// How many tokens were encrypted.
    pub encrypted: u64,
    /// The sessions whose token cannot be decrypted, because it was changed or its key was not given.
    /// They are left as they are.
    pub unreadable: Vec<SessionId>,
}

/// What [`KeyRotation::reencrypt_operations`] did with a page of operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReencryptedOperations {
    /// The last operation that was read, or `None` if there are no more.
    pub last: Option<OperationId>,
    /// How many operations and events were encrypted.
    pub encrypted: u64,
    /// The operations that cannot be decrypted, or one of whose events cannot be. They are left as they are.
    pub unreadable: Vec<OperationId>,
}
