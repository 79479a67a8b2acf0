use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use pantoken_core::Secret;
use sha2::Sha256;

/// The secret that signs webhooks: 16 to 256 visible ASCII characters. It is a [`Secret`].
#[derive(Clone, Debug)]
pub struct WebhookSecret(Secret);

/// The error of [`WebhookSecret::parse`]. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret must be 16 to 256 visible ASCII characters")]
pub struct WebhookSecretError;

/// The error of [`verify`]: why a webhook must not be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The header does not have the form that [`sign`] returns.
    #[error("the header Pantoken-Signature must have the form t=…,v1=…")]
    Malformed,
    /// It was signed too long ago, or in the future. Somebody may be replaying it.
    #[error("the webhook was not signed recently: check this machine's clock")]
    Stale,
    /// None of the secrets made this signature of this body.
    #[error(
        "the signature does not match: check the secret, and verify the body's bytes as they were \
         received"
    )]
    Mismatch,
}

impl WebhookSecret {
    const LENGTH: std::ops::RangeInclusive<usize> = 16..=256;

    /// Parses a secret.
    ///
    /// # Errors
    /// Returns [`WebhookSecretError`] if its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, WebhookSecretError> {
        if Self::LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Secret::new(text)))
        } else {
            Err(WebhookSecretError)
        }
    }

    fn mac(&self, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        match Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes()) {
            Ok(mac) => mac.chain_update(format!("{seconds}.")).chain_update(body),
            // HMAC accepts a key of any length.
            Err(_) => unreachable!(),
        }
    }
}

/// Returns the header `Pantoken-Signature` of a body that is sent at this time, in Unix seconds.
///
/// It is `t=…,v1=…`, where `v1` is the lowercase hexadecimal HMAC-SHA256 of the time's digits, a dot and
/// the body.
#[must_use]
pub fn sign(secret: &WebhookSecret, seconds: i64, body: &[u8]) -> String {
    let digits = hex::encode(secret.mac(seconds, body).finalize().into_bytes());
    format!("t={seconds},v1={digits}")
}

/// Verifies that the body was signed with one of the secrets, within the tolerance (five minutes are
/// usual) of `now`, in Unix seconds. Signatures are compared in constant time.
///
/// To change the secret, let the receiver accept the old and the new one, and change the sender's
/// afterwards.
///
/// # Errors
/// Returns [`SignatureError`] if the webhook must not be trusted.
pub fn verify(
    secrets: &[WebhookSecret],
    header: &str,
    body: &[u8],
    now: i64,
    tolerance: Duration,
) -> Result<(), SignatureError> {
    let header = Header::parse(header).ok_or(SignatureError::Malformed)?;
    if now.abs_diff(header.seconds) > tolerance.as_secs() {
        return Err(SignatureError::Stale);
    }
    let matches = |secret: &WebhookSecret| {
        let mac = secret.mac(header.seconds, body);
        mac.verify_slice(&header.signature).is_ok()
    };
    if secrets.iter().any(matches) {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

struct Header {
    seconds: i64,
    signature: [u8; 32],
}

impl Header {
    fn parse(text: &str) -> Option<Self> {
        let (seconds, signature) = text.trim().split_once(',')?;
        let digits = signature.trim().strip_prefix("v1=")?;
        let mut bytes = [0; 32];
        // `hex` accepts a 0x in front, which would make them longer.
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self {
            seconds: seconds.strip_prefix("t=")?.parse().ok()?,
            signature: bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_748_779_200;
    const BODY: &[u8] = br#"{"id":"1"}"#;
    const MINUTES: Duration = Duration::from_secs(300);

    fn secret(text: &str) -> WebhookSecret {
        WebhookSecret::parse(text).unwrap()
    }

    /// Computed by `printf '1748779200.{"id":"1"}' | openssl dgst -sha256 -hmac 0123456789abcdef`.
    const HEADER: &str =
        "t=1748779200,v1=d9deca1e10d62227e5891cd93cd5a4d1c157f71f29eb004c2d2eb079677e381f";

    #[test]
    fn a_signature_is_hmac_sha256_over_the_time_a_dot_and_the_body() {
        assert_eq!(sign(&secret("0123456789abcdef"), NOW, BODY), HEADER);
    }

    #[test]
    fn what_was_signed_now_with_one_of_the_secrets_holds() {
        let secrets = [secret("fedcba9876543210"), secret("0123456789abcdef")];
        for now in [NOW - 300, NOW, NOW + 300] {
            assert_eq!(verify(&secrets, HEADER, BODY, now, MINUTES), Ok(()));
        }
        for now in [NOW - 301, NOW + 301, i64::MIN, i64::MAX] {
            let verdict = verify(&secrets, HEADER, BODY, now, MINUTES);
            assert_eq!(verdict, Err(SignatureError::Stale));
        }
        let mismatch = Err(SignatureError::Mismatch);
        assert_eq!(verify(&secrets[..1], HEADER, BODY, NOW, MINUTES), mismatch);
        assert_eq!(verify(&[], HEADER, BODY, NOW, MINUTES), mismatch);
        assert_eq!(verify(&secrets, HEADER, b"{}", NOW, MINUTES), mismatch);
        let other_time = HEADER.replace("200,", "201,");
        assert_eq!(verify(&secrets, &other_time, BODY, NOW, MINUTES), mismatch);
    }

    #[test]
    fn another_header_is_malformed() {
        let short = &HEADER[..HEADER.len() - 1];
        for header in [
            "",
            "t=1",
            "v1=00,t=1",
            "t=x,v1=00",
            short,
            &HEADER.replace("v1", "v0"),
            &HEADER.replace("v1=", "v1=0x"),
            &HEADER.replace("v1=d9", "v1=0x"),
        ] {
            let verdict = verify(&[secret("0123456789abcdef")], header, BODY, NOW, MINUTES);
            assert_eq!(verdict, Err(SignatureError::Malformed), "{header}");
        }
    }

    #[test]
    fn a_secret_has_limits_and_is_never_printed() {
        for text in ["", "0123456789abcde", "0123456789abcde ", &"a".repeat(257)] {
            assert_eq!(WebhookSecret::parse(text).unwrap_err(), WebhookSecretError);
        }
        assert_eq!(
            format!("{:?}", secret("0123456789abcdef")),
            "WebhookSecret(Secret(…))"
        );
    }
}
