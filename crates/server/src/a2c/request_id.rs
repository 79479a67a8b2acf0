use pantoken_a2c::RequestId;
use pantoken_core::{Random, RandomError, is_card_number};

use crate::http::problem::Problem;

/// 2025-01-01T00:00:00Z in Unix milliseconds.
const EPOCH: i64 = 1_735_689_600_000;
/// The bits of an id below its milliseconds.
const LOW_BITS: u32 = 12;
/// With a shard, the upper ones of them are its number.
const SHARD_BITS: u32 = 4;
/// At most one in ten of the ids of a millisecond looks like a card number.
const MAX_ATTEMPTS: usize = 64;

/// A number that sets the request ids of one database apart from those of the agent's other databases.
///
/// A request id must be unique for an agent. Two databases do not know each other's ids, and would give out the same one
/// by chance. With a shard each, they never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestIdShard(u8);

/// The error of [`RequestIdShard::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 0 to 15")]
pub struct RequestIdShardError;

impl RequestIdShard {
    /// Parses a number from 0 to 15.
    ///
    /// # Errors
    /// Returns [`RequestIdShardError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, RequestIdShardError> {
        let number = text.parse().ok();
        let number = number.filter(|number| u32::from(*number) < 1 << SHARD_BITS);
        number.map(Self).ok_or(RequestIdShardError)
    }
}

/// Why a request id cannot be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestIdError {
    #[error("the clock shows a time before 2025 or after 2094")]
    Clock,
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Returns a new request id: the milliseconds since 2025 and 12 more bits, within 1..=2^53 − 1. They are random, but
/// the first four of them are the shard's, if there is one.
///
/// It never looks like a card number, so that logs of request ids contain none.
pub(crate) fn new_request_id(
    now: i64,
    random: &dyn Random,
    shard: Option<RequestIdShard>,
) -> Result<RequestId, RequestIdError> {
    let milliseconds = now.checked_sub(EPOCH).filter(|since| *since >= 0);
    let milliseconds = milliseconds.ok_or(RequestIdError::Clock)?;
    for _ in 0..MAX_ATTEMPTS {
        let mut bytes = [0; 2];
        random.fill(&mut bytes)?;
        let low = i64::from(low_bits(u16::from_le_bytes(bytes), shard));
        let value = milliseconds
            .checked_mul(1 << LOW_BITS)
            .map(|high| high | low)
            .filter(|value| *value <= RequestId::MAX_MINTED)
            .ok_or(RequestIdError::Clock)?;
        match RequestId::from_i64(value) {
            Ok(id) if !is_card_number(&id.to_string()) => return Ok(id),
            _ => {}
        }
    }
    Err(RequestIdError::Random(RandomError))
}

fn low_bits(random: u16, shard: Option<RequestIdShard>) -> u16 {
    match shard {
        None => random >> (u16::BITS - LOW_BITS),
        Some(RequestIdShard(shard)) => {
            let random_bits = LOW_BITS - SHARD_BITS;
            (u16::from(shard) << random_bits) | (random >> (u16::BITS - random_bits))
        }
    }
}

impl From<RequestIdError> for Problem {
    fn from(error: RequestIdError) -> Self {
        tracing::error!(%error, "no request id can be generated");
        Self::Internal
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicU16, Ordering};

    use super::*;

    /// Returns every 12-bit value in turn.
    #[derive(Default)]
    struct Counting(AtomicU16);

    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
            let count = self.0.fetch_add(1, Ordering::Relaxed);
            buffer.copy_from_slice(&(count << 4).to_le_bytes());
            Ok(())
        }
    }

    struct Stuck;

    impl Random for Stuck {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.fill(0);
            Ok(())
        }
    }

    #[test]
    fn no_new_id_looks_like_a_card_number() {
        let random = Counting::default();
        // Numbers of 14 digits that start with 3686, as cards of Diners Club do.
        const SINCE_EPOCH: i64 = 9_000_000_000;
        let now = EPOCH + SINCE_EPOCH;
        let candidate = |low: i64| ((SINCE_EPOCH << LOW_BITS) | low).to_string();
        assert!((0..4096).any(|low| is_card_number(&candidate(low))));
        for _ in 0..3000 {
            let id = new_request_id(now, &random, None).unwrap();
            assert!(!is_card_number(&id.to_string()), "{id}");
        }
    }

    #[test]
    fn ids_are_from_1_to_the_largest_safe_integer() {
        assert_eq!(
            new_request_id(EPOCH - 1, &Stuck, None),
            Err(RequestIdError::Clock)
        );
        assert_eq!(
            new_request_id(i64::MIN, &Stuck, None),
            Err(RequestIdError::Clock)
        );
        let last = EPOCH + (RequestId::MAX_MINTED >> LOW_BITS);
        assert!(
            new_request_id(last, &Counting::default(), None)
                .unwrap()
                .get()
                <= RequestId::MAX_MINTED
        );
        assert_eq!(
            new_request_id(last + 1, &Counting::default(), None),
            Err(RequestIdError::Clock)
        );
        assert_eq!(
            new_request_id(i64::MAX, &Stuck, None),
            Err(RequestIdError::Clock)
        );
        // Zero is not a request id, so the next value is taken.
        assert_eq!(
            new_request_id(EPOCH, &Counting::default(), None)
                .unwrap()
                .get(),
            1
        );
        assert!(new_request_id(EPOCH, &Stuck, None).is_err());
    }

    fn ids_of(shard: &str, now: i64) -> HashSet<i64> {
        let shard = RequestIdShard::parse(shard).unwrap();
        let random = Counting::default();
        let ids = (0..4096).map(|_| new_request_id(now, &random, Some(shard)).unwrap().get());
        ids.collect()
    }

    #[test]
    fn two_shards_never_give_the_same_id() {
        // With and without candidates that look like card numbers.
        for since_epoch in [9_000_000_000, 28_000_000_000] {
            let mut all = HashSet::new();
            for shard in 0..16 {
                for id in ids_of(&shard.to_string(), EPOCH + since_epoch) {
                    assert_eq!(id >> LOW_BITS, since_epoch);
                    assert!(all.insert(id), "{shard}: {id}");
                }
            }
            assert!(all.len() > 3000, "{}", all.len());
        }
    }

    #[test]
    fn a_shard_is_a_number_from_0_to_15() {
        for text in ["0", "7", "15"] {
            assert!(RequestIdShard::parse(text).is_ok(), "{text}");
        }
        for text in ["", "16", "-1", "255", "256", "a", " 1"] {
            let refused = RequestIdShard::parse(text);
            assert_eq!(refused, Err(RequestIdShardError), "{text}");
        }
    }
}
