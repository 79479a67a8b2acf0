use crate::connection::Value;
use crate::{ApiKeyName, CreateOutcome, Digest, Idempotency, Session, SessionData, SessionFlow};

/// A session that is to be created, and what identifies a repetition of the call.
pub(crate) struct NewSession {
    pub(crate) data: SessionData,
    pub(crate) idempotency: Option<Idempotency>,
}

impl NewSession {
    pub(crate) fn created(&self) -> CreateOutcome {
        CreateOutcome::Created(Session {
            data: self.data.clone(),
            recorded: None,
            errors_recorded: 0,
        })
    }

    /// Returns the digest of the idempotency key.
    pub(crate) fn key(&self) -> Option<&[u8]> {
        let idempotency = self.idempotency.as_ref()?;
        Some(idempotency.key.as_bytes())
    }

    /// Returns the session's row as it is inserted.
    pub(crate) fn values(&self) -> [Value<'_>; 12] {
        let data = &self.data;
        let (return_url, callback_token) = match &data.flow {
            SessionFlow::Iframe => (None, None),
            SessionFlow::Redirect {
                return_url,
                callback_token,
            } => (Some(return_url.as_str()), Some(callback_token.as_bytes())),
        };
        let fingerprint = self.idempotency.as_ref().map(|one| &one.fingerprint);
        [
            data.id.get().into(),
            data.language.as_str().into(),
            return_url.into(),
            callback_token.into(),
            data.customer.as_deref().into(),
            data.seed.as_slice().into(),
            data.result_token.as_bytes().into(),
            self.key().into(),
            fingerprint.map(Digest::as_bytes).into(),
            data.created_at.into(),
            data.expires_at.into(),
            data.created_by.as_ref().map(ApiKeyName::as_str).into(),
        ]
    }
}
