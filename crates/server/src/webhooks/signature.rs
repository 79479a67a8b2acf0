use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use hmac::{Hmac, KeyInit, Mac};
use pantoken_core::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The secret that signs webhooks: 16 to 256 visible ASCII characters. It is a [`Secret`].
#[derive(Clone, Debug)]
pub struct WebhookSecret(Secret);

/// The error of [`WebhookSecret::parse`]. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook secret must be 16 to 256 visible ASCII characters, and base64 after `whsec_` if it starts \
     with that"
)]
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
        let is_text = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !Self::LENGTH.contains(&text.len()) || !is_text {
            return Err(WebhookSecretError);
        }
        let secret = Self(Secret::new(text));
        match secret.standard_key() {
            Some(_) => Ok(secret),
            None => Err(WebhookSecretError),
        }
    }

    /// Returns the key of the header `webhook-signature`: the secret's bytes, or what follows `whsec_` in
    /// base64. Source: standardwebhooks.com, "Signature scheme".
    fn standard_key(&self) -> Option<Zeroizing<Vec<u8>>> {
        let text = self.0.expose();
        match text.strip_prefix("whsec_") {
            Some(base64) => STANDARD.decode(base64).ok().map(Zeroizing::new),
            None => Some(Zeroizing::new(text.as_bytes().to_vec())),
        }
    }

    fn mac(&self, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        hmac(self.0.expose().as_bytes())
            .chain_update(format!("{seconds}."))
            .chain_update(body)
    }

    fn standard_mac(&self, id: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        // The key was decoded when the secret was parsed.
        hmac(&self.standard_key().unwrap_or_default())
            .chain_update(format!("{id}.{seconds}."))
            .chain_update(body)
    }
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        // HMAC accepts a key of any length.
        Err(_) => unreachable!(),
    }
}

/// Returns the header `webhook-signature` of Standard Webhooks: `v1,` and the base64 of the HMAC-SHA256 of
/// the event's id, the time in Unix seconds and the body, with dots between them. There is one for each
/// secret, separated by spaces.
pub(super) fn sign_standard(
    secrets: &[&WebhookSecret],
    id: &str,
    seconds: i64,
    body: &[u8],
) -> String {
    let signatures = secrets.iter().map(|secret| {
        let mac = secret.standard_mac(id, seconds, body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

/// Returns the header of [`sign`] with a signature by each secret.
pub(super) fn sign_with_each(secrets: &[&WebhookSecret], seconds: i64, body: &[u8]) -> String {
    let signatures = secrets.iter().map(|secret| {
        let digits = hex::encode(secret.mac(seconds, body).finalize().into_bytes());
        format!(",v1={digits}")
    });
    format!("t={seconds}{}", signatures.collect::<String>())
}

/// Returns the header `Pantoken-Signature` of a body that is sent at this time, in Unix seconds.
///
/// It is `t=…,v1=…`, where `v1` is the lowercase hexadecimal HMAC-SHA256 of the time's digits, a dot and
/// the body. While the sender's secret is being changed, there is a second `v1` by the old one.
#[must_use]
pub fn sign(secret: &WebhookSecret, seconds: i64, body: &[u8]) -> String {
    sign_with_each(&[secret], seconds, body)
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
        let mut signatures = header.signatures.iter();
        signatures.any(|signature| mac.clone().verify_slice(signature).is_ok())
    };
    if secrets.iter().any(matches) {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

struct Header {
    seconds: i64,
    signatures: Vec<[u8; 32]>,
}

impl Header {
    /// A secret is changed to one other at a time.
    const MAX_SIGNATURES: usize = 4;

    fn parse(text: &str) -> Option<Self> {
        let (seconds, signatures) = text.trim().split_once(',')?;
        let signatures = signatures.splitn(Self::MAX_SIGNATURES, ',');
        Some(Self {
            seconds: seconds.strip_prefix("t=")?.parse().ok()?,
            signatures: signatures.map(parse_signature).collect::<Option<_>>()?,
        })
    }
}

fn parse_signature(text: &str) -> Option<[u8; 32]> {
    let digits = text.trim().strip_prefix("v1=")?;
    let mut bytes = [0; 32];
    // `hex` accepts a 0x in front, which would make them longer.
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
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

    const STANDARD_TWO: &str = "v1,sG4tjJiYLrndhhbE3J6HkLPO7Zzt9gidg4T1fP/lQlo= \
         v1,ecZLgp+rmkpLd3sJYwI+AqK5zSs7mUckhTaMFDGwkHA=";

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
    fn while_the_secret_is_changed_either_of_the_two_holds() {
        let [old, new] = [secret("0123456789abcdef"), secret("fedcba9876543210")];
        let header = sign_with_each(&[&new, &old], NOW, BODY);
        assert!(header.ends_with(&HEADER[HEADER.len() - 67..]), "{header}");
        let verify = |secret: &WebhookSecret| {
            let secrets = [secret.clone()];
            verify(&secrets, &header, BODY, NOW, MINUTES)
        };
        assert_eq!((verify(&old), verify(&new)), (Ok(()), Ok(())));
        let other = secret("another-secret-01");
        assert_eq!(verify(&other), Err(SignatureError::Mismatch));
    }

    /// The example of the specification's reference libraries.
    #[test]
    fn a_standard_signature_is_that_of_the_specification() {
        let secret = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let body = br#"{"test": 2432232314}"#;
        let header = sign_standard(
            &[&secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert_eq!(header, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /// Computed by `printf '1-1.1748779200.{"id":"1"}' | openssl dgst -sha256 -hmac 0123456789abcdef
    /// -binary | base64`, and the same with the other secret.
    #[test]
    fn a_standard_signature_takes_the_bytes_of_other_secrets_and_there_may_be_two() {
        let [old, new] = [secret("0123456789abcdef"), secret("fedcba9876543210")];
        let header = sign_standard(&[&new, &old], "1-1", NOW, BODY);
        assert_eq!(header, STANDARD_TWO);
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
            &format!("{HEADER},"),
            &format!("{HEADER},v2=00"),
        ] {
            let verdict = verify(&[secret("0123456789abcdef")], header, BODY, NOW, MINUTES);
            assert_eq!(verdict, Err(SignatureError::Malformed), "{header}");
        }
    }

    #[test]
    fn a_secret_has_limits_and_is_never_printed() {
        for text in [
            "",
            "0123456789abcde",
            "0123456789abcde ",
            "whsec_not-base64!",
            &"a".repeat(257),
        ] {
            assert_eq!(WebhookSecret::parse(text).unwrap_err(), WebhookSecretError);
        }
        assert_eq!(
            format!("{:?}", secret("0123456789abcdef")),
            "WebhookSecret(Secret(…))"
        );
    }
}
