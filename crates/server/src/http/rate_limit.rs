//! Limits the rate at which browsers create sessions without a key, by address and by origin.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use pantoken_core::{Clock, Origin};

/// The number of addresses that are remembered, at some 100 bytes each.
const MAX_ADDRESSES: usize = 100_000;
/// After this number of checks, addresses with a full allowance are forgotten.
const CHECKS_PER_SWEEP: u32 = 10_000;

/// How many public sessions may be created per minute, and at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicSessionLimits {
    /// From one IPv4 address or one IPv6 /64 network.
    pub per_address: NonZeroU32,
    /// From the pages of one origin.
    pub per_origin: NonZeroU32,
}

/// The rate limit is reached; the next session is allowed after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimited(pub(crate) Duration);

pub(crate) struct RateLimits {
    addresses: Addresses,
    origins: Limiter<Origin>,
}

impl RateLimits {
    pub(crate) fn new(limits: PublicSessionLimits, clock: Arc<dyn Clock>) -> Self {
        Self {
            origins: limiter(limits.per_origin, Arc::clone(&clock)),
            addresses: Addresses {
                limiter: limiter(limits.per_address, clock),
                checks: AtomicU32::new(0),
                max: MAX_ADDRESSES,
            },
        }
    }

    /// Counts a session. The address is checked first, so that one client does not use up the allowance of
    /// its page's origin.
    pub(crate) fn check(
        &self,
        address: Option<IpAddr>,
        origin: &Origin,
    ) -> Result<(), RateLimited> {
        self.addresses.check(address)?;
        check(&self.origins, origin)
    }
}

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, Elapsed, NoOpMiddleware<Duration>>;

fn limiter<K: Hash + Eq + Clone>(per_minute: NonZeroU32, clock: Arc<dyn Clock>) -> Limiter<K> {
    let quota = Quota::per_minute(per_minute);
    RateLimiter::new(quota, HashMapStateStore::default(), Elapsed(clock))
}

fn check<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<(), RateLimited> {
    limiter.check_key(key).map_err(|until| {
        let now = governor::clock::Clock::now(limiter.clock());
        RateLimited(until.wait_time_from(now))
    })
}

/// Gives the server's clock to the limiter.
#[derive(Clone)]
struct Elapsed(Arc<dyn Clock>);

impl governor::clock::Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The limit of each network. All clients share the key `None` whose address is unknown, or that come when
/// too many are remembered.
struct Addresses {
    limiter: Limiter<Option<IpAddr>>,
    checks: AtomicU32,
    max: usize,
}

impl Addresses {
    fn check(&self, address: Option<IpAddr>) -> Result<(), RateLimited> {
        let checks = self.checks.fetch_add(1, Ordering::Relaxed);
        if checks % CHECKS_PER_SWEEP == CHECKS_PER_SWEEP - 1 {
            self.limiter.retain_recent();
        }
        let room = self.limiter.len() < self.max;
        check(&self.limiter, &address.filter(|_| room).map(network))
    }
}

/// Returns the network that an internet provider gives one customer: an IPv4 address or an IPv6 /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let prefix = address.to_bits() >> 64 << 64;
            Ipv6Addr::from_bits(prefix).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[derive(Clone, Default)]
    struct TestClock(Arc<AtomicU64>);

    impl TestClock {
        fn advance_seconds(&self, seconds: u64) {
            self.0.fetch_add(seconds, Ordering::Relaxed);
        }
    }

    impl Clock for TestClock {
        fn now(&self) -> i64 {
            i64::try_from(self.0.load(Ordering::Relaxed) * 1000).unwrap()
        }
    }

    fn limits(per_address: u32, per_origin: u32) -> (RateLimits, TestClock) {
        let clock = TestClock::default();
        clock.advance_seconds(1_000_000);
        let limits = PublicSessionLimits {
            per_address: per_address.try_into().unwrap(),
            per_origin: per_origin.try_into().unwrap(),
        };
        (RateLimits::new(limits, Arc::new(clock.clone())), clock)
    }

    fn shop() -> Origin {
        Origin::parse("https://shop.kz").unwrap()
    }

    fn from(limits: &RateLimits, address: &str) -> Result<(), RateLimited> {
        limits.check(Some(address.parse().unwrap()), &shop())
    }

    #[test]
    fn an_address_has_its_allowance_back_in_a_minute() {
        let (limits, clock) = limits(2, 100);
        assert_eq!(from(&limits, "192.0.2.1"), Ok(()));
        assert_eq!(from(&limits, "192.0.2.1"), Ok(()));
        let wait = RateLimited(Duration::from_secs(30));
        assert_eq!(from(&limits, "192.0.2.1"), Err(wait));
        assert_eq!(from(&limits, "::ffff:192.0.2.1"), Err(wait));
        assert_eq!(from(&limits, "192.0.2.2"), Ok(()));
        clock.advance_seconds(30);
        assert_eq!(from(&limits, "192.0.2.1"), Ok(()));
        assert_eq!(from(&limits, "192.0.2.1"), Err(wait));
    }

    #[test]
    fn an_ipv6_network_of_64_bits_counts_as_one_address() {
        let (limits, _) = limits(1, 100);
        assert_eq!(from(&limits, "2001:db8:0:1::1"), Ok(()));
        assert!(from(&limits, "2001:db8:0:1:ffff::2").is_err());
        assert_eq!(from(&limits, "2001:db8:0:2::1"), Ok(()));
    }

    #[test]
    fn an_origin_has_a_limit_of_its_own() {
        let (limits, _) = limits(10, 2);
        assert_eq!(from(&limits, "192.0.2.1"), Ok(()));
        assert_eq!(from(&limits, "192.0.2.2"), Ok(()));
        assert!(from(&limits, "192.0.2.3").is_err());
        let other = Origin::parse("https://other.kz").unwrap();
        let address = Some("192.0.2.3".parse().unwrap());
        assert_eq!(limits.check(address, &other), Ok(()));
    }

    #[test]
    fn a_refused_address_does_not_use_up_its_origins_share() {
        let (limits, _) = limits(1, 2);
        assert_eq!(from(&limits, "192.0.2.1"), Ok(()));
        for _ in 0..5 {
            assert!(from(&limits, "192.0.2.1").is_err());
        }
        assert_eq!(from(&limits, "192.0.2.2"), Ok(()));
    }

    #[test]
    fn more_addresses_than_are_remembered_share_one_allowance() {
        let (mut limits, clock) = limits(1, 1_000_000);
        limits.addresses.max = 2;
        assert_eq!(from(&limits, "192.0.2.1"), Ok(()));
        assert_eq!(from(&limits, "192.0.2.2"), Ok(()));
        assert_eq!(from(&limits, "192.0.2.3"), Ok(()));
        assert!(from(&limits, "192.0.2.4").is_err());
        assert_eq!(limits.addresses.limiter.len(), 3);
        clock.advance_seconds(120);
        for _ in 0..CHECKS_PER_SWEEP {
            let _ = limits.addresses.check(None);
        }
        assert_eq!(limits.addresses.limiter.len(), 1);
        assert_eq!(from(&limits, "192.0.2.4"), Ok(()));
    }
}
