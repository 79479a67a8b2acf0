//! HMAC-SHA512 over the signed text, in base64. Source: docs/jetpay.md, "Signature".

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use pantoken_core::Secret;
use sha2::Sha512;

use crate::json::{Body, Json};
use crate::signed_text::Variant;

const MAC_BYTES: usize = 64;
/// More than 88 characters with white space around them.
const MAX_SIGNATURE_BYTES: usize = 128;
/// Longer lists are sorted differently by the platform's own SDKs.
const MAX_ITEMS: usize = 10;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The secret key of a project. It signs in both directions. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(Secret);

/// The reason why a text cannot be a secret key. The message does not contain it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret key must be 1 to 1024 bytes long and contain no white space at its ends")]
pub struct SecretKeyError;

/// The reason why a body is not signed. It contains a path but no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// A text contains `;` or a control character, so that another body would have the same signature.
    #[error(
        "`{0}` must not contain `;` or control characters, because they make signatures ambiguous"
    )]
    Text(String),
    /// A name contains something other than `a` to `z` and `_`, or is not signed.
    #[error(
        "the name `{0}` must consist of `a` to `z` and `_`, and not be one that is left unsigned"
    )]
    Name(String),
    /// A value is neither a text nor an integer, nor a filled object or list of them.
    #[error("`{0}` must be a text, an integer, or an object or list that is not empty")]
    Kind(String),
    /// A list has more than ten items.
    #[error("the list `{0}` must not have more than {MAX_ITEMS} items")]
    List(String),
}

/// The reason why a signature is refused. No message contains any of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is none, neither on the top level nor in `general`.
    #[error("there is no `signature`, neither on the top level nor in `general`")]
    Missing,
    /// It is not the base64 of 64 bytes.
    #[error("the signature is not the base64 of 64 bytes")]
    Malformed,
    /// It is of another body or made with another key.
    #[error("the signature is wrong; check the secret key of the project")]
    Wrong,
}

impl SecretKey {
    /// Reads the key as the provider issued it.
    ///
    /// # Errors
    /// Returns [`SecretKeyError`] if it is not 1 to 1,024 bytes long, or begins or ends with white space.
    pub fn parse(text: &str) -> Result<Self, SecretKeyError> {
        let is_whole = text.trim() == text;
        if text.is_empty() || text.len() > 1024 || !is_whole {
            return Err(SecretKeyError);
        }
        Ok(Self(Secret::new(text)))
    }

    /// Returns the key itself. Never log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Signs a body that is to be sent. Whatever its member `signature` is, put the result there.
    ///
    /// ```
    /// use pantoken_jetpay::{Body, SecretKey, SignError};
    ///
    /// let key = SecretKey::parse("secret")?;
    /// let body = Body::parse(br#"{"general":{"project_id":35,"payment_id":"test_123"}}"#)?;
    /// assert!(key.sign(&body)?.starts_with("blSVrxN2WfCo4c"));
    ///
    /// let ambiguous = Body::parse(br#"{"customer":{"last_name":"Doe;payment:id:P1"}}"#)?;
    /// let refused = Err(SignError::Text("customer:last_name".to_owned()));
    /// assert_eq!(key.sign(&ambiguous), refused);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`SignError`] if another body would have the same signature, or if the platform's SDKs would
    /// build different texts of it.
    pub fn sign(&self, body: &Body) -> Result<String, SignError> {
        check(body.json(), "")?;
        Ok(self.sign_text(&body.signed_text(Variant::PLATFORM)))
    }

    /// Signs any text. This is for stand-ins of the platform and for tests: what you send yourself is
    /// signed by [`SecretKey::sign`], which refuses what is ambiguous.
    #[must_use]
    pub fn sign_text(&self, text: &str) -> String {
        STANDARD.encode(self.mac(text).finalize().into_bytes())
    }

    /// Verifies the signature of a body, and returns which way of building the signed text it is over.
    ///
    /// The signature is read from `signature`, or from `general.signature` if that is absent or `null`. It does
    /// not cover JSON types: `35` and `"35"` have the same signature.
    ///
    /// # Errors
    /// Returns [`SignatureError`].
    pub fn verify(&self, body: &Body) -> Result<Variant, SignatureError> {
        let signature = decode(signature_of(body)?)?;
        let mut tried: Vec<String> = Vec::new();
        for variant in Variant::all() {
            let text = body.signed_text(variant);
            if tried.contains(&text) {
                continue;
            }
            if self.mac(&text).verify_slice(&signature).is_ok() {
                return Ok(variant);
            }
            tried.push(text);
        }
        Err(SignatureError::Wrong)
    }

    fn mac(&self, text: &str) -> Hmac<Sha512> {
        // HMAC takes a key of any length.
        #[allow(clippy::expect_used)]
        let mut mac = Hmac::<Sha512>::new_from_slice(self.0.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        mac
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

fn signature_of(body: &Body) -> Result<&str, SignatureError> {
    let present = |json: Option<&Json>| json.is_some_and(|json| *json != Json::Null);
    let on_top = body.get("signature");
    let signature = if present(on_top) {
        on_top
    } else {
        let general = body.get("general").and_then(|json| json.get("signature"));
        general.filter(|json| present(Some(json)))
    };
    let signature = signature.ok_or(SignatureError::Missing)?;
    signature.text().ok_or(SignatureError::Malformed)
}

/// Reads base64. A signature that has passed through a form or a URL is read too: with blanks for `+`, the
/// alphabet of URLs, no padding, or white space around it.
fn decode(signature: &str) -> Result<[u8; MAC_BYTES], SignatureError> {
    if signature.len() > MAX_SIGNATURE_BYTES {
        return Err(SignatureError::Malformed);
    }
    // A blank at the start or the end may be a `+`, so that it is white space only if it is one byte too many.
    let with_blanks = signature.trim_matches(['\t', '\r', '\n']);
    let decoded = [with_blanks, signature.trim()]
        .into_iter()
        .find_map(|text| {
            let standard = text.replace([' ', '-'], "+").replace('_', "/");
            LENIENT.decode(standard).ok()?.try_into().ok()
        });
    decoded.ok_or(SignatureError::Malformed)
}

/// Checks that no other body that passes this check has the same text, but for texts of digits in place of
/// integers.
fn check(json: &Json, path: &str) -> Result<(), SignError> {
    let inner = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}:{name}"),
    };
    match json {
        Json::Object(members) if !members.is_empty() => {
            members.iter().try_for_each(|(name, value)| {
                let has_place_of_signature = matches!(path, "" | "general");
                if has_place_of_signature && name == "signature" {
                    return Ok(());
                }
                check_name(name, &inner(name))?;
                check(value, &inner(name))
            })
        }
        Json::List(items) if items.len() > MAX_ITEMS => Err(SignError::List(path.to_owned())),
        Json::List(items) if !items.is_empty() => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check(item, &inner(&index.to_string()))),
        Json::Text(text) if text.contains(|c: char| c == ';' || c.is_control()) => {
            Err(SignError::Text(path.to_owned()))
        }
        Json::Text(_) => Ok(()),
        Json::Number(_) if json.integer().is_some_and(|_| !is_minus_zero(json)) => Ok(()),
        _ => Err(SignError::Kind(path.to_owned())),
    }
}

fn is_minus_zero(json: &Json) -> bool {
    *json == Json::Number("-0".to_owned())
}

fn check_name(name: &str, path: &str) -> Result<(), SignError> {
    let is_plain = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_signed = !matches!(name, "" | "signature" | "frame_mode");
    if is_plain && is_signed {
        Ok(())
    } else {
        Err(SignError::Name(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_at_the_start_may_be_a_plus() {
        // 0xf8 at the start is written as `+`.
        let expected = [0xf8; MAC_BYTES];
        let standard = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, expected);
        assert!(standard.starts_with('+'));
        let with_blanks = standard.replace('+', " ");
        for text in [
            standard.clone(),
            with_blanks.clone(),
            format!(" {standard} "),
            format!("{with_blanks}\n"),
            standard.replace('+', "-").replace('/', "_"),
            standard.trim_end_matches('=').to_owned(),
        ] {
            assert_eq!(decode(&text), Ok(expected), "{text:?}");
        }
        assert_eq!(decode(&standard[1..]), Err(SignatureError::Malformed));
    }
}
