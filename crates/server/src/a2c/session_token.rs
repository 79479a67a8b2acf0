//! The two tokens of a session, derived from the agent's secret and the session's seed, so that the
//! store keeps nothing that opens anything.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pantoken_a2c::RequestId;
use pantoken_a2c_signing::AgentSecret;
use pantoken_store::Digest;

/// 256 bits in base64url.
const LENGTH: usize = 43;

/// A bearer token of one session. It has no `Debug`; say [`SessionToken::reveal`] where it is meant.
pub(crate) struct SessionToken(String);

impl SessionToken {
    /// The token with which the page reports a result.
    pub(crate) fn result(secret: &AgentSecret, request_id: RequestId, seed: &[u8; 16]) -> Self {
        Self::derive(secret, "result", request_id, seed)
    }

    /// The token in the callback URL of the redirect flow.
    pub(crate) fn callback(secret: &AgentSecret, request_id: RequestId, seed: &[u8; 16]) -> Self {
        Self::derive(secret, "callback", request_id, seed)
    }

    fn derive(secret: &AgentSecret, use_: &str, request_id: RequestId, seed: &[u8; 16]) -> Self {
        let seed = hex::encode(seed);
        let key = secret.derive(&format!("pantoken/{use_}/{request_id}/{seed}"));
        Self(URL_SAFE_NO_PAD.encode(key))
    }

    /// Takes what a caller presents; `None` when it cannot be a token.
    pub(crate) fn presented(text: &str) -> Option<Self> {
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (text.len() == LENGTH && text.bytes().all(base64url)).then(|| Self(text.to_owned()))
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
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
            token: SessionToken::presented(token)?,
        })
    }

    pub(crate) fn to_text(&self) -> String {
        format!("{}.{}", self.request_id, self.token.reveal())
    }
}
