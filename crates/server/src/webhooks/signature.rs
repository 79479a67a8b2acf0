use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What webhooks are signed with: 16 to 256 visible ASCII characters, wiped from memory when dropped,
/// never printed.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Box<str>>);

/// A text that is no [`WebhookSecret`]. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret has 16 to 256 visible ASCII characters")]
pub struct WebhookSecretError;

/// Why a webhook is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The header is not as [`sign`] writes it.
    #[error("the header Pantoken-Signature is not t=…,v1=…")]
    Malformed,
    /// It was signed too long ago, or is not signed yet: perhaps somebody sends it again.
    #[error("the webhook was not signed now: is this machine's clock right?")]
    Stale,
    /// Nobody who knows one of the secrets signed this body.
    #[error("no signature of the webhook holds: is it the right secret, and the body as it came?")]
    Mismatch,
}

impl WebhookSecret {
    const LENGTH: std::ops::RangeInclusive<usize> = 16..=256;

    /// Takes a secret.
    ///
    /// # Errors
    /// [`WebhookSecretError`] when its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, WebhookSecretError> {
        if Self::LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Zeroizing::new(text.into())))
        } else {
            Err(WebhookSecretError)
        }
    }

    fn mac(&self, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        match Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) {
            Ok(mac) => mac.chain_update(format!("{seconds}.")).chain_update(body),
            // HMAC takes a key of any length.
            Err(_) => unreachable!(),
        }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// The header `Pantoken-Signature` of a body that is sent at this time, in Unix seconds:
/// `t=…,v1=…`, where `v1` is the lowercase hexadecimal HMAC-SHA256 of the time's digits, a dot and the
/// body.
#[must_use]
pub fn sign(secret: &WebhookSecret, seconds: i64, body: &[u8]) -> String {
    let digits = hex::encode(secret.mac(seconds, body).finalize().into_bytes());
    format!("t={seconds},v1={digits}")
}

/// Whether the body comes from who knows one of the secrets, and was signed within the tolerance (five
/// minutes are usual) of `now`, in Unix seconds. Several secrets let you change yours: first teach the
/// receiver the new one beside the old one, then the sender.
///
/// # Errors
/// [`SignatureError`] says why not. Signatures are compared in constant time.
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
    let holds = |secret: &WebhookSecret| {
        let mac = secret.mac(header.seconds, body);
        mac.verify_slice(&header.signature).is_ok()
    };
    if secrets.iter().any(holds) {
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
        // Of another length they could have a 0x in front, which is no digit.
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
            "WebhookSecret(…)"
        );
    }
}
