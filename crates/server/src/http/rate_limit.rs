//! Limits the rate at which browsers create sessions without a key, by address and by origin.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use pantoken_core::Clock;

use crate::http::allowed_origin::AllowedOrigin;
use crate::http::network::network;

/// The number of networks that are remembered of each size, at some 100 bytes each.
const MAX_NETWORKS: usize = 100_000;
/// After this number of checks, networks with a full allowance are forgotten.
const CHECKS_PER_SWEEP: u32 = 10_000;
/// When too many networks are remembered, new ones share this many allowances.
const SHARES: u64 = 4096;
/// The networks that are limited, from the smallest: their size in bits, and how many times the allowance of one
/// address they have. Internet providers give a household an IPv6 /64, /56 or /48, and one household must not use
/// up the allowance of an origin. An IPv4 address is limited as a /64 is.
const NETWORKS: [(u32, u32); 3] = [(64, 1), (56, 4), (48, 8)];

/// How many public sessions may be created per minute, and at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicSessionLimits {
    /// From one IPv4 address or one IPv6 /64 network. An IPv6 /56 network has four times as many, and a /48
    /// network eight times.
    pub per_address: NonZeroU32,
    /// From the pages of one origin.
    pub per_origin: NonZeroU32,
}

/// The rate limit is reached; the next session is allowed after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimited(pub(crate) Duration);

pub(crate) struct RateLimits {
    networks: [Networks; NETWORKS.len()],
    origins: Limiter<AllowedOrigin>,
}

impl RateLimits {
    pub(crate) fn new(limits: PublicSessionLimits, clock: &Arc<dyn Clock>) -> Self {
        Self {
            origins: limiter(limits.per_origin, Arc::clone(clock)),
            networks: NETWORKS.map(|(bits, times)| Networks {
                bits,
                limiter: limiter(
                    limits.per_address.saturating_mul(at_least_one(times)),
                    Arc::clone(clock),
                ),
                checks: AtomicU32::new(0),
                max: MAX_NETWORKS,
                hasher: RandomState::new(),
            }),
        }
    }

    /// Counts a request by its address, whatever it asks for.
    pub(crate) fn check_address(&self, address: Option<IpAddr>) -> Result<(), RateLimited> {
        // The smallest network comes first, so that one client does not use up a larger one's allowance.
        let is_ipv4 = address.is_some_and(|address| address.to_canonical().is_ipv4());
        let sizes = if is_ipv4 { 1 } else { NETWORKS.len() };
        let mut networks = self.networks.iter().take(sizes);
        networks.try_for_each(|networks| networks.check(address))
    }

    /// Counts a request that creates a session. Only valid ones count, so that nobody uses up the allowance of
    /// an origin at less cost than a session has.
    pub(crate) fn check_origin(&self, origin: &AllowedOrigin) -> Result<(), RateLimited> {
        check(&self.origins, origin)
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
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

/// The limit of each network of one size.
struct Networks {
    bits: u32,
    limiter: Limiter<Counted>,
    checks: AtomicU32,
    max: usize,
    hasher: RandomState,
}

/// What has an allowance of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Counted {
    Network(IpAddr),
    /// One of the networks that came when too many were remembered. Which ones share an allowance differs from
    /// server to server.
    Share(u64),
    /// A client whose address is unknown.
    Unknown,
}

impl Networks {
    fn check(&self, address: Option<IpAddr>) -> Result<(), RateLimited> {
        let checks = self.checks.fetch_add(1, Ordering::Relaxed);
        if checks % CHECKS_PER_SWEEP == CHECKS_PER_SWEEP - 1 {
            self.limiter.retain_recent();
        }
        let counted = match address.map(|address| network(address, self.bits)) {
            None => Counted::Unknown,
            Some(network) if self.limiter.len() < self.max => Counted::Network(network),
            Some(network) => Counted::Share(self.hasher.hash_one(network) % SHARES),
        };
        check(&self.limiter, &counted)
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
        (
            RateLimits::new(limits, &(Arc::new(clock.clone()) as Arc<dyn Clock>)),
            clock,
        )
    }

    fn shop() -> AllowedOrigin {
        AllowedOrigin::parse("https://shop.kz").unwrap()
    }

    fn from(limits: &RateLimits, address: &str) -> Result<(), RateLimited> {
        limits.check_address(Some(address.parse().unwrap()))?;
        limits.check_origin(&shop())
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
        let other = AllowedOrigin::parse("https://other.kz").unwrap();
        assert_eq!(limits.check_origin(&other), Ok(()));
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
    fn a_household_with_many_networks_counts_as_a_few_addresses() {
        let (limits, _) = limits(1, 100);
        let allowed = |networks: &mut dyn Iterator<Item = String>| {
            networks
                .filter(|network| from(&limits, network).is_ok())
                .count()
        };
        // All /64 networks of one /56, and of one /48.
        let in_56 = &mut (0..256).map(|number| format!("2001:db8:0:{number:x}::1"));
        assert_eq!(allowed(in_56), 4);
        let in_48 = &mut (0..65_536)
            .step_by(64)
            .map(|number| format!("2001:db8:1:{number:x}::1"));
        assert_eq!(allowed(in_48), 8);
        assert_eq!(from(&limits, "2001:db8:2::1"), Ok(()));
    }

    #[test]
    fn more_networks_than_are_remembered_share_some_allowances() {
        let (mut limits, clock) = limits(1, 1_000_000);
        limits.networks[0].max = 2;
        assert_eq!(from(&limits, "192.0.2.1"), Ok(()));
        assert_eq!(from(&limits, "192.0.2.2"), Ok(()));
        // Nobody who came first shuts out who comes now.
        let mut newcomers = (0..100).map(|number| from(&limits, &format!("198.51.100.{number}")));
        assert!(newcomers.by_ref().take(50).filter(Result::is_ok).count() > 40);
        drop(newcomers);
        assert!(from(&limits, "198.51.100.1").is_err());
        clock.advance_seconds(120);
        for _ in 0..CHECKS_PER_SWEEP {
            let _ = limits.networks[0].check(None);
        }
        assert_eq!(limits.networks[0].limiter.len(), 1);
        assert_eq!(from(&limits, "192.0.2.4"), Ok(()));
    }

    #[test]
    fn the_number_of_shared_allowances_is_limited() {
        let (mut limits, _) = limits(1, 1_000_000);
        limits.networks[0].max = 0;
        for number in 0..u16::MAX {
            let [high, low] = number.to_be_bytes();
            let _ = from(&limits, &format!("10.1.{high}.{low}"));
        }
        let shares = u64::try_from(limits.networks[0].limiter.len()).unwrap();
        assert!(shares <= SHARES, "{shares}");
    }
}
