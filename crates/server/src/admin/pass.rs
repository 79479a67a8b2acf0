//! What a browser holds after its operator has signed in. It is not the key, it ends by itself, and nothing of it is
//! stored: the key authenticates it.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use pantoken_core::{Random, RandomError, Secret};

use super::cookies;
use super::key::AdminKey;

/// How long a pass is valid, in milliseconds: a working day.
pub(super) const LIFE: i64 = 8 * 3_600_000;

const PASS: &str = "pass";
const FORM: &str = "form";
const NAME: &str = "name";
/// Longer values are not read.
const MAX_LENGTH: usize = 128;

#[derive(Clone)]
pub(super) struct Pass(Secret);

impl Pass {
    pub(super) fn issue(
        key: &AdminKey,
        random: &dyn Random,
        now: i64,
    ) -> Result<Self, RandomError> {
        let mut nonce = [0; 16];
        random.fill(&mut nonce)?;
        let expires_at = now.saturating_add(LIFE);
        let claim = format!("{expires_at}.{}", URL_SAFE_NO_PAD.encode(nonce));
        let mac = encode(key, PASS, &claim);
        Ok(Self(Secret::new(&format!("{claim}.{mac}"))))
    }

    /// Returns the pass of a request, if it has a valid one.
    pub(super) fn of(headers: &HeaderMap, key: &AdminKey, now: i64) -> Option<Self> {
        Self::read(key, cookies::read(headers, &Self::cookie_name(key))?, now)
    }

    /// Reads a cookie. Returns `None` unless the key has made it, and it is valid now. One that ends later than a new
    /// one would comes from a clock that was ahead.
    fn read(key: &AdminKey, cookie: &str, now: i64) -> Option<Self> {
        if cookie.len() > MAX_LENGTH {
            return None;
        }
        let (claim, mac) = cookie.rsplit_once('.')?;
        if !verify(key, PASS, claim, mac) {
            return None;
        }
        let expires_at: i64 = claim.split_once('.')?.0.parse().ok()?;
        let is_valid = expires_at > now && expires_at <= now.saturating_add(LIFE);
        is_valid.then(|| Self(Secret::new(cookie)))
    }

    /// Returns the name of the cookie. It differs between keys, because browsers share the cookies of a host between its
    /// ports, such as those of tunnels to several servers.
    pub(super) fn cookie_name(key: &AdminKey) -> String {
        let mac = key.mac(NAME, "").finalize().into_bytes();
        format!("pantoken_admin_{}", hex::encode(&mac[..4]))
    }

    /// Returns the value of the cookie.
    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns what every form of a page contains, so that another page cannot send it.
    pub(super) fn form_token(&self, key: &AdminKey) -> String {
        encode(key, FORM, self.expose())
    }

    /// Returns whether a form comes from a page that was made for this pass. The comparison takes constant time.
    pub(super) fn accepts(&self, key: &AdminKey, form_token: &str) -> bool {
        verify(key, FORM, self.expose(), form_token)
    }
}

fn encode(key: &AdminKey, purpose: &str, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(key.mac(purpose, text).finalize().into_bytes())
}

fn verify(key: &AdminKey, purpose: &str, text: &str, mac: &str) -> bool {
    let mac = URL_SAFE_NO_PAD.decode(mac).unwrap_or_default();
    key.mac(purpose, text).verify_slice(&mac).is_ok()
}

#[cfg(test)]
mod tests {
    use pantoken_core::SystemRandom;

    use super::*;

    const NOW: i64 = 1_748_779_200_000;

    fn key(text: &str) -> AdminKey {
        AdminKey::parse(text).unwrap()
    }

    #[test]
    fn a_pass_is_valid_for_eight_hours_and_for_its_own_key() {
        let (own, other) = (key("0123456789abcdef"), key("0123456789abcdeg"));
        let pass = Pass::issue(&own, &SystemRandom, NOW).unwrap();
        let cookie = pass.expose();
        assert!(!cookie.contains("0123456789abcdef"));
        let is_read = |key, cookie: &str, now| Pass::read(key, cookie, now).is_some();
        assert!(is_read(&own, cookie, NOW));
        assert!(is_read(&own, cookie, NOW + LIFE - 1));
        assert!(!is_read(&own, cookie, NOW + LIFE));
        assert!(!is_read(&own, cookie, NOW - 1), "the clock was ahead");
        assert!(!is_read(&other, cookie, NOW));
    }

    #[test]
    fn servers_with_other_keys_have_other_cookies() {
        let names =
            ["0123456789abcdef", "0123456789abcdeg"].map(|text| Pass::cookie_name(&key(text)));
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn a_changed_pass_is_refused() {
        let key = key("0123456789abcdef");
        let pass = Pass::issue(&key, &SystemRandom, NOW).unwrap();
        let cookie = pass.expose();
        let (claim, mac) = cookie.rsplit_once('.').unwrap();
        let (expires_at, nonce) = claim.split_once('.').unwrap();
        let later = expires_at.parse::<i64>().unwrap() + 1;
        let form_token = pass.form_token(&key);
        for changed in [
            String::new(),
            ".".to_owned(),
            format!("{later}.{nonce}.{mac}"),
            format!("{claim}."),
            format!("{claim}.{}", &mac[1..]),
            format!("{claim}.{form_token}"),
            format!("{cookie}{}", "a".repeat(MAX_LENGTH)),
        ] {
            assert!(Pass::read(&key, &changed, NOW + 1).is_none(), "{changed}");
        }
    }

    #[test]
    fn a_form_is_accepted_for_the_pass_that_it_was_made_for() {
        let key = key("0123456789abcdef");
        let [one, other] = [(); 2].map(|()| Pass::issue(&key, &SystemRandom, NOW).unwrap());
        assert!(one.accepts(&key, &one.form_token(&key)));
        assert!(!one.accepts(&key, &other.form_token(&key)));
        for wrong in ["", "AAAA", one.expose()] {
            assert!(!one.accepts(&key, wrong));
        }
    }
}
