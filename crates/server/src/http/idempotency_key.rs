//! What an idempotency key may look like. Whoever guesses the key of a browser gets the session that it created, with
//! its result token, so it has to be random there.

use axum::http::HeaderMap;

use crate::http::fields::parse_text;
use crate::http::problem::Problem;

const HEADER: &str = "Idempotency-Key";
const MAX_LENGTH: usize = 128;
/// 32 hexadecimal digits are 128 bits.
const HEXADECIMAL_DIGITS: usize = 32;
/// 22 characters of base64url are 132 bits.
const BASE64URL_CHARACTERS: usize = 22;
/// Of 22 random characters of base64url, and of 32 random hexadecimal digits, fewer differ once in a million times.
const DISTINCT_BASE64URL: usize = 11;
const DISTINCT_HEXADECIMAL: usize = 8;
const SHAPE: &str = "must be 1 to 128 visible ASCII characters";
const RANDOM: &str = "must be random in a browser, so that nobody guesses it: send crypto.randomUUID(), or at least 128 \
                      random bits as 32 hexadecimal digits or 22 base64url characters, and no order number";

/// Returns the request's key, if it has one that passes the check.
pub(crate) fn read(
    headers: &HeaderMap,
    check: fn(&str) -> Result<(), &'static str>,
) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::RepeatedField(HEADER));
    }
    let text = value.to_str().unwrap_or_default();
    let key = parse_text(HEADER, text, |key| check(key).map(|()| key.to_owned()))?;
    Ok(Some(key))
}

/// Checks the key of a caller who is known, and shares its keys with nobody.
pub(crate) fn check(key: &str) -> Result<(), &'static str> {
    let fits =
        (1..=MAX_LENGTH).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(()).ok_or(SHAPE)
}

/// Checks the key of a browser, which shares its keys with every visitor of its origin.
pub(crate) fn check_random(key: &str) -> Result<(), &'static str> {
    check(key)?;
    let is_random = is_random_uuid(key) || is_random_hexadecimal(key) || is_random_base64url(key);
    is_random.then_some(()).ok_or(RANDOM)
}

/// Source: RFC 9562, section 5.4. Other versions contain a time or an address.
fn is_random_uuid(key: &str) -> bool {
    let groups: Vec<&str> = key.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups[2].starts_with('4')
        && is_random_hexadecimal(&groups.concat())
}

fn is_random_hexadecimal(key: &str) -> bool {
    // A number alone is that of an order.
    key.len() >= HEXADECIMAL_DIGITS
        && key.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !key.bytes().all(|byte| byte.is_ascii_digit())
        && distinct(&key.to_ascii_lowercase()) >= DISTINCT_HEXADECIMAL
}

/// Words and numbers have one case, or are mostly digits and separators.
fn is_random_base64url(key: &str) -> bool {
    let letters = key.bytes().filter(u8::is_ascii_alphabetic).count();
    key.len() >= BASE64URL_CHARACTERS
        && key.bytes().any(|byte| byte.is_ascii_lowercase())
        && key.bytes().any(|byte| byte.is_ascii_uppercase())
        && letters * 5 >= key.len() * 2
        && distinct(key) >= DISTINCT_BASE64URL
}

fn distinct(key: &str) -> usize {
    let mut bytes = key.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use pantoken_core::{Random, SystemRandom};

    use super::*;

    #[test]
    fn random_keys_of_browsers_are_accepted() {
        for _ in 0..1000 {
            let mut bytes = [0; 16];
            SystemRandom.fill(&mut bytes).unwrap();
            for key in [hex::encode(bytes), URL_SAFE_NO_PAD.encode(bytes)] {
                assert_eq!(check_random(&key), Ok(()), "{key}");
            }
        }
        let uuid = "7d4e60fd-b67f-4c04-b9c7-45678901abcd";
        assert_eq!(check_random(uuid), Ok(()));
    }

    #[test]
    fn keys_that_a_stranger_could_guess_are_refused_in_browsers() {
        for key in [
            "order-7",
            "1764355200000",
            "order-2025-11-28-0000000123456",
            "Order-2025-11-28-0000000123456",
            "ORDER_0000000000000000000000000042",
            "00000000000000000000000000000042",
            "20251128143015679000000000000042",
            "customer-7-order-42-payment-card",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "AbAbAbAbAbAbAbAbAbAbAbAb",
            // The time and the address of a UUID of version 1.
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            "0123456789abcdef",
        ] {
            assert_eq!(check(key), Ok(()), "{key}");
            assert_eq!(check_random(key), Err(RANDOM), "{key}");
        }
        for key in ["", "a b", "ключ", &"k".repeat(129)] {
            assert_eq!(check_random(key), Err(SHAPE), "{key}");
        }
    }
}
