//! Limits how many wrong API keys are presented, before any of them is looked up.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::http::rate_limit::RateLimited;

/// How many unknown keys one network may present in each window.
const MAX_GUESSES: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// The number of networks that are counted apart in a window. The others are counted together.
const MAX_NETWORKS: usize = 100_000;

/// Counts the unknown API keys of each network.
///
/// A key that was accepted before is not counted, so that guesses from the same network, such as that of a
/// proxy, do not lock out whoever has a right one.
#[derive(Default)]
pub(crate) struct KeyGuesses(Mutex<State>);

#[derive(Default)]
struct State {
    accepted: HashSet<[u8; 32]>,
    /// When the window began, by a clock that nobody sets.
    began: Duration,
    guesses: HashMap<Option<IpAddr>, u32>,
}

impl KeyGuesses {
    /// Knows the key of the settings, so that guesses from the same network never lock it out.
    pub(crate) fn new(key: Option<&str>) -> Self {
        let guesses = Self::default();
        if let Some(key) = key {
            guesses.remember(key);
        }
        guesses
    }

    /// Counts a presented key, unless it was accepted before.
    pub(crate) fn check(
        &self,
        presented: &str,
        address: Option<IpAddr>,
        now: Duration,
    ) -> Result<(), RateLimited> {
        let digest = digest(presented);
        let mut state = self.lock();
        if state.accepted.contains(&digest) {
            return Ok(());
        }
        if now.saturating_sub(state.began) >= WINDOW {
            state.began = now;
            state.guesses.clear();
        }
        let network = address.map(network);
        let is_counted = state.guesses.contains_key(&network);
        let has_room = is_counted || state.guesses.len() < MAX_NETWORKS;
        let guesses = state.guesses.entry(network.filter(|_| has_room));
        let guesses = guesses.or_default();
        if *guesses >= MAX_GUESSES {
            let passed = now.saturating_sub(state.began);
            return Err(RateLimited(WINDOW.saturating_sub(passed)));
        }
        *guesses += 1;
        Ok(())
    }

    /// Remembers that a presented key was accepted.
    pub(crate) fn remember(&self, presented: &str) {
        let digest = digest(presented);
        self.lock().accepted.insert(digest);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock leaves the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(presented: &str) -> [u8; 32] {
    Sha256::digest(presented).into()
}

/// Returns what an internet provider may give one customer: an IPv4 address or an IPv6 /48.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 80 << 80).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(
        guesses: &KeyGuesses,
        key: &str,
        address: &str,
        seconds: u64,
    ) -> Result<(), RateLimited> {
        let address = Some(address.parse().unwrap());
        guesses.check(key, address, Duration::from_secs(seconds))
    }

    #[test]
    fn a_network_may_guess_ten_keys_a_minute() {
        let guesses = KeyGuesses::default();
        for number in 0..10 {
            let key = format!("guess {number}");
            assert_eq!(guess(&guesses, &key, "192.0.2.1", 100), Ok(()));
        }
        let wait = Err(RateLimited(Duration::from_secs(20)));
        assert_eq!(guess(&guesses, "another", "192.0.2.1", 140), wait);
        assert_eq!(guess(&guesses, "another", "::ffff:192.0.2.1", 140), wait);
        assert_eq!(guess(&guesses, "another", "192.0.2.2", 140), Ok(()));
        assert_eq!(guess(&guesses, "another", "192.0.2.1", 160), Ok(()));
    }

    #[test]
    fn a_household_with_an_ipv6_network_is_one_network() {
        let guesses = KeyGuesses::default();
        for number in 0..10 {
            let address = format!("2001:db8:1:{number}::{number}");
            assert_eq!(guess(&guesses, "a guess", &address, 100), Ok(()));
        }
        assert!(guess(&guesses, "a guess", "2001:db8:1:99::1", 100).is_err());
        assert_eq!(guess(&guesses, "a guess", "2001:db8:2::1", 100), Ok(()));
    }

    #[test]
    fn guesses_do_not_lock_out_a_key_that_was_accepted_before() {
        let guesses = KeyGuesses::default();
        assert_eq!(guess(&guesses, "right", "192.0.2.1", 100), Ok(()));
        guesses.remember("right");
        for _ in 0..20 {
            let _ = guess(&guesses, "wrong", "192.0.2.1", 100);
        }
        assert!(guess(&guesses, "wrong", "192.0.2.1", 100).is_err());
        assert_eq!(guess(&guesses, "right", "192.0.2.1", 100), Ok(()));
    }
}
