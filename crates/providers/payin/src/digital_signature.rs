use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

/// Makes the digital signature of payouts: RSA with PKCS #1 v1.5 and SHA-256, over the bytes of the body.
/// The key is never printed. Source: docs/payin.md, "Calls".
#[derive(Clone)]
pub struct DigitalSigner(Arc<KeyPair>);

/// The reason why a key cannot sign payouts. The message contains nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DigitalSignerError {
    /// The text is not an RSA private key in PEM.
    #[error("the key must be an unencrypted RSA private key in PEM, as PKCS #8 or PKCS #1")]
    NotAPrivateKey,
    /// The key is not of 2,048 bits.
    #[error("the RSA key must have 2048 bits")]
    Length,
}

impl DigitalSigner {
    /// Reads an RSA private key in PEM.
    ///
    /// # Errors
    /// Returns [`DigitalSignerError`] if it is anything else, or not of 2,048 bits.
    pub fn from_pem(pem: &[u8]) -> Result<Self, DigitalSignerError> {
        let key = PrivateKeyDer::from_pem_slice(pem);
        let pair = match &key {
            Ok(PrivateKeyDer::Pkcs8(key)) => KeyPair::from_pkcs8(key.secret_pkcs8_der()),
            Ok(PrivateKeyDer::Pkcs1(key)) => KeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err(DigitalSignerError::NotAPrivateKey),
        };
        let pair = pair.map_err(|_| DigitalSignerError::NotAPrivateKey)?;
        if pair.public().modulus_len() != 256 {
            return Err(DigitalSignerError::Length);
        }
        Ok(Self(Arc::new(pair)))
    }

    /// Returns the signature of a body in base64, or `None` if the system has no randomness.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        // The randomness protects the key while it is used. The signature does not depend on it.
        let random = SystemRandom::new();
        self.0
            .sign(&RSA_PKCS1_SHA256, &random, body, &mut signature)
            .ok()?;
        Some(STANDARD.encode(signature))
    }
}

impl fmt::Debug for DigitalSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigitalSigner(…)")
    }
}
