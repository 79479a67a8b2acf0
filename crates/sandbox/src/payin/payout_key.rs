use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;

/// What stands before the key itself in the encoding of an RSA public key of 2,048 bits (RFC 5280 and RFC 8017).
const BEFORE_KEY: [u8; 24] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00,
];

/// The public key of the site, with which its payouts are verified.
#[derive(Clone, Debug)]
pub struct PayoutKey(Vec<u8>);

/// The reason why a text is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of payouts must be an RSA public key of 2048 bits in PEM")]
pub struct PayoutKeyError;

impl PayoutKey {
    /// Reads an RSA public key of 2,048 bits in PEM.
    ///
    /// # Errors
    /// Returns [`PayoutKeyError`] if it is anything else.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PayoutKeyError> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| PayoutKeyError)?;
        let key = der.as_ref().strip_prefix(&BEFORE_KEY);
        Ok(Self(key.ok_or(PayoutKeyError)?.to_vec()))
    }

    /// Returns whether this is a signature of the body, in base64.
    pub(crate) fn verifies(&self, body: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0);
        let signature = STANDARD.decode(signature);
        signature.is_ok_and(|signature| key.verify(body, &signature).is_ok())
    }
}
