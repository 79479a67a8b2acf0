//! The tokens of a session. They are derived from the agent's secret key and the session's seed, so
//! that the store contains no token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pantoken_a2c::RequestId;
use pantoken_a2c_signing::AgentSecret;
use pantoken_core::Secret;
use pantoken_store::Digest;

/// The length of 256 bits in base64url.
const LENGTH: usize = 43;

/// A bearer token of one session.
pub(crate) struct SessionToken(Secret);

impl SessionToken {
    /// Derives the token with which the page reports a result.
    pub(crate) fn result(secret: &AgentSecret, request_id: RequestId, seed: &[u8; 16]) -> Self {
        Self::derive(secret, "result", request_id, seed)
    }

    /// Derives the token in the callback URL of the redirect flow.
    pub(crate) fn callback(secret: &AgentSecret, request_id: RequestId, seed: &[u8; 16]) -> Self {
        Self::derive(secret, "callback", request_id, seed)
    }

    /// Derives the token in the callback URL of a session that is bound to a browser.
    pub(crate) fn bound_callback(
        secret: &AgentSecret,
        request_id: RequestId,
        seed: &[u8; 16],
    ) -> Self {
        Self::derive(secret, "bound-callback", request_id, seed)
    }

    /// Derives the value of the cookie of a session that is bound to a browser.
    pub(crate) fn binding(secret: &AgentSecret, request_id: RequestId, seed: &[u8; 16]) -> Self {
        Self::derive(secret, "binding", request_id, seed)
    }

    fn derive(secret: &AgentSecret, use_: &str, request_id: RequestId, seed: &[u8; 16]) -> Self {
        let seed = hex::encode(seed);
        let key = secret.derive(&format!("pantoken/{use_}/{request_id}/{seed}"));
        Self(Secret::new(&URL_SAFE_NO_PAD.encode(key)))
    }

    /// Parses a token of a request. Returns `None` if it cannot be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (text.len() == LENGTH && text.bytes().all(base64url)).then(|| Self(Secret::new(text)))
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::of(self.0.expose().as_bytes())
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The last segment of a callback URL: `{requestId}.{token}`.
pub(crate) struct CallbackState {
    pub(crate) request_id: RequestId,
    pub(crate) token: SessionToken,
}

impl CallbackState {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (request_id, token) = text.split_once('.')?;
        Some(Self {
            request_id: RequestId::parse(request_id).ok()?,
            token: SessionToken::parse(token)?,
        })
    }

    pub(crate) fn to_text(&self) -> String {
        format!("{}.{}", self.request_id, self.token.expose())
    }
}
