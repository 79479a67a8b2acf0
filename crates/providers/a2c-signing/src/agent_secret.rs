use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use pantoken_a2c::{FormRequest, Signature, SignedRequest};
use sha2::Sha256;

/// The agent's secret, a text of 1 to 1,024 bytes. It is never printed.
///
/// The secret looks like hexadecimal but is not decoded: its UTF-8 bytes are the key. Only the HMAC state
/// that is derived from them is kept. This halves the time to sign. The state is wiped from memory when
/// dropped.
/// Source: docs/a2c.md, "Signed form URL".
#[derive(Clone)]
pub struct AgentSecret(Hmac<Sha256>);

/// The reason why a text is not an [`AgentSecret`]. The message does not contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgentSecretError {
    /// The text is empty, or longer than 1,024 bytes.
    #[error("the agent's secret key must be 1 to 1024 bytes long")]
    Length,
    /// The text contains white space or a control character, for example from careless copying.
    #[error("the agent's secret key must not contain white space or control characters")]
    Character,
}

impl AgentSecret {
    const MAX_LENGTH: usize = 1024;

    /// Reads the secret in the form in which the provider issued it.
    ///
    /// # Errors
    /// Returns [`AgentSecretError`] if it is empty or too long, or contains white space or a control
    /// character.
    pub fn parse(text: &str) -> Result<Self, AgentSecretError> {
        if text.is_empty() || text.len() > Self::MAX_LENGTH {
            return Err(AgentSecretError::Length);
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(AgentSecretError::Character);
        }
        match Hmac::new_from_slice(text.as_bytes()) {
            Ok(keyed) => Ok(Self(keyed)),
            // HMAC accepts a key of any length.
            Err(_) => unreachable!(),
        }
    }

    /// Signs a request.
    #[must_use]
    pub fn sign(&self, request: FormRequest) -> SignedRequest {
        let mac = self.mac_of(&request);
        request.with_signature(Signature::from_bytes(mac.finalize().into_bytes().into()))
    }

    /// Returns whether the request was signed with this secret. Signatures are compared in constant time.
    #[must_use]
    pub fn verifies(&self, signed: &SignedRequest) -> bool {
        let Ok(signature) = hex::decode(signed.signature().as_str()) else {
            return false;
        };
        self.mac_of(signed.request())
            .verify_slice(&signature)
            .is_ok()
    }

    /// Derives a key for another purpose, as the HMAC-SHA256 of the purpose. The key reveals nothing about
    /// the secret.
    ///
    /// The purpose must start with a letter, so that it can never be the signed string of a form URL,
    /// which starts with a digit.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        debug_assert!(purpose.starts_with(|c: char| c.is_ascii_alphabetic()));
        let mac = self.0.clone().chain_update(purpose);
        mac.finalize().into_bytes().into()
    }

    fn mac_of(&self, request: &FormRequest) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        request.write_signed(|part| mac.update(part.as_bytes()));
        mac
    }
}

impl fmt::Debug for AgentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgentSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_secret_is_never_printed() {
        let secret = AgentSecret::parse("22f3b3cc2ae84451").unwrap();
        assert_eq!(format!("{secret:?}"), "AgentSecret(…)");
    }

    #[test]
    fn agent_secret_has_limits() {
        assert_eq!(
            AgentSecret::parse("").unwrap_err(),
            AgentSecretError::Length
        );
        assert_eq!(
            AgentSecret::parse(&"a".repeat(1025)).unwrap_err(),
            AgentSecretError::Length
        );
        assert_eq!(
            AgentSecret::parse("22f3b3cc2ae84451\n").unwrap_err(),
            AgentSecretError::Character
        );
    }

    /// Source: RFC 4231, sections 4.2 to 4.8. Case 5 is truncated there, so its first 16 bytes are compared.
    #[test]
    fn the_mac_is_hmac_sha256_by_rfc_4231() {
        let cases: [(Vec<u8>, Vec<u8>, &str); 7] = [
            (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (b"Jefe".to_vec(), b"what do ya want for nothing?".to_vec(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            ((1..=25).collect(), vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (vec![0x0c; 20], b"Test With Truncation".to_vec(), "a3b6167473100ee06e0c796c2955552b"),
            (vec![0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            (vec![0xaa; 131], b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.".to_vec(), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
        ];
        for (key, data, expected) in cases {
            let mac = Hmac::<Sha256>::new_from_slice(&key)
                .unwrap()
                .chain_update(&data);
            assert!(
                hex::encode(mac.finalize().into_bytes()).starts_with(expected),
                "{expected}"
            );
        }
    }

    #[test]
    fn a_derived_key_depends_on_its_purpose() {
        let secret = AgentSecret::parse("22f3b3cc2ae84451").unwrap();
        assert_ne!(secret.derive("result"), secret.derive("callback"));
        assert_eq!(secret.derive("result"), secret.derive("result"));
    }
}
