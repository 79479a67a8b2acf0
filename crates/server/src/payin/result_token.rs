//! The token with which the page asks for the result of a verification. It is derived, so that the store has none.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use pantoken_core::Secret;
use sha2::Sha256;
use uuid::Builder;

pub(super) fn derive(secret: &Secret, verification_id: &str, seed: &str) -> Secret {
    let text = mac(secret, &["pantoken/payin-result", verification_id, seed]);
    Secret::new(&URL_SAFE_NO_PAD.encode(text))
}

/// Derives the id of a verification from the key of a repeatable request. It looks like a random UUID.
pub(super) fn derive_id(secret: &Secret, scope: &str, idempotency_key: &str) -> String {
    let mac = mac(secret, &["pantoken/payin-id", scope, idempotency_key]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&mac[..16]);
    uuid(bytes)
}

/// Formats random bytes as a UUID.
pub(super) fn uuid(bytes: [u8; 16]) -> String {
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn mac(secret: &Secret, parts: &[&str]) -> [u8; 32] {
    let key = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes());
    // HMAC accepts a key of any length.
    let Ok(mut mac) = key else { unreachable!() };
    for part in parts {
        // The lengths keep `a`, `bc` apart from `ab`, `c`.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_its_verification_its_seed_and_its_secret() {
        let token = |secret, id, seed| derive(&Secret::new(secret), id, seed).expose().to_owned();
        let one = token("secret", "1", "2");
        assert_eq!(one.len(), 43);
        for other in [
            token("other", "1", "2"),
            token("secret", "12", ""),
            token("secret", "1", "3"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn an_id_is_a_uuid() {
        let id = derive_id(&Secret::new("secret"), "agent", "order-7");
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert_ne!(id, derive_id(&Secret::new("secret"), "agent", "order-8"));
    }
}
