use std::sync::atomic::{AtomicU64, Ordering};

use pantoken_core::Clock;

/// The id of a payment, which you choose: a number that is larger than that of every payment before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentId(u64);

impl PaymentId {
    /// Creates an id from a number, for example one that you stored before the payment was sent.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

/// The provider takes ids as texts of at most 20 digits.
impl serde::Serialize for PaymentId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Makes ids of payments from the time in milliseconds. Two in the same millisecond, or a clock that is set back,
/// still give growing ids.
///
/// It is unique within one process. Let one process pay from a wallet.
#[derive(Debug, Default)]
pub struct PaymentIds(AtomicU64);

impl PaymentIds {
    /// Starts above the last id that was used, or at 0 for a new wallet.
    #[must_use]
    pub fn after(last: u64) -> Self {
        Self(AtomicU64::new(last))
    }

    /// Returns the next id.
    pub fn next(&self, clock: &impl Clock) -> PaymentId {
        let now = u64::try_from(clock.now()).unwrap_or_default();
        let next = |last: u64| now.max(last.saturating_add(1));
        let last = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(next(last)));
        PaymentId(next(last.unwrap_or_else(|last| last)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use proptest::prelude::*;

    use super::*;

    struct SetClock(AtomicI64);

    impl Clock for SetClock {
        fn now(&self) -> i64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn ten_thousand_ids_of_one_millisecond_are_unique_and_grow() {
        let clock = SetClock(AtomicI64::new(1_700_000_000_000));
        let ids = PaymentIds::default();
        let ids: Vec<_> = (0..10_000).map(|_| ids.next(&clock)).collect();
        assert_eq!(ids[0].get(), 1_700_000_000_000);
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(serde_json::to_string(&ids[1]).unwrap(), "\"1700000000001\"");
    }

    proptest! {
        #[test]
        fn ids_grow_however_the_clock_is_set(times: Vec<i64>, last in 0..u64::MAX / 2) {
            let clock = SetClock(AtomicI64::new(0));
            let ids = PaymentIds::after(last);
            let mut before = last;
            for time in times {
                clock.0.store(time, Ordering::Relaxed);
                let id = ids.next(&clock).get();
                prop_assert!(id > before);
                before = id;
            }
        }
    }
}
