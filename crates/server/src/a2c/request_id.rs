use pantoken_a2c::RequestId;
use pantoken_core::{Random, RandomError, is_card_number};

use crate::http::problem::Problem;

/// 2025-01-01T00:00:00Z in Unix milliseconds.
const EPOCH: i64 = 1_735_689_600_000;
const RANDOM_BITS: u32 = 12;
/// At most one in ten of the ids of a millisecond looks like a card number.
const MAX_ATTEMPTS: usize = 64;

/// Why a request id cannot be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestIdError {
    #[error("the clock shows a time before 2025 or after 2094")]
    Clock,
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Returns a new request id: the milliseconds since 2025 and 12 random bits, within 1..=2^53 − 1.
///
/// It never looks like a card number, so that logs of request ids contain none.
pub(crate) fn new_request_id(now: i64, random: &dyn Random) -> Result<RequestId, RequestIdError> {
    let milliseconds = now.checked_sub(EPOCH).filter(|since| *since >= 0);
    let milliseconds = milliseconds.ok_or(RequestIdError::Clock)?;
    for _ in 0..MAX_ATTEMPTS {
        let mut bytes = [0; 2];
        random.fill(&mut bytes)?;
        let low = i64::from(u16::from_le_bytes(bytes) >> (u16::BITS - RANDOM_BITS));
        let value = milliseconds
            .checked_mul(1 << RANDOM_BITS)
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

impl From<RequestIdError> for Problem {
    fn from(error: RequestIdError) -> Self {
        tracing::error!(%error, "no request id can be generated");
        Self::Internal
    }
}

#[cfg(test)]
mod tests {
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
        let candidate = |low: i64| ((SINCE_EPOCH << RANDOM_BITS) | low).to_string();
        assert!((0..4096).any(|low| is_card_number(&candidate(low))));
        for _ in 0..3000 {
            let id = new_request_id(now, &random).unwrap();
            assert!(!is_card_number(&id.to_string()), "{id}");
        }
    }

    #[test]
    fn ids_are_from_1_to_the_largest_safe_integer() {
        assert_eq!(
            new_request_id(EPOCH - 1, &Stuck),
            Err(RequestIdError::Clock)
        );
        assert_eq!(new_request_id(i64::MIN, &Stuck), Err(RequestIdError::Clock));
        let last = EPOCH + (RequestId::MAX_MINTED >> RANDOM_BITS);
        assert!(new_request_id(last, &Counting::default()).unwrap().get() <= RequestId::MAX_MINTED);
        assert_eq!(
            new_request_id(last + 1, &Counting::default()),
            Err(RequestIdError::Clock)
        );
        assert_eq!(new_request_id(i64::MAX, &Stuck), Err(RequestIdError::Clock));
        // Zero is not a request id, so the next value is taken.
        assert_eq!(
            new_request_id(EPOCH, &Counting::default()).unwrap().get(),
            1
        );
        assert!(new_request_id(EPOCH, &Stuck).is_err());
    }
}
