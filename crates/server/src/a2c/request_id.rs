use pantoken_a2c::RequestId;
use pantoken_core::is_card_number;

use pantoken_core::{Random, RandomError};

/// 2025-01-01T00:00:00Z in Unix milliseconds.
const EPOCH: i64 = 1_735_689_600_000;
const RANDOM_BITS: u32 = 12;
/// Of the ids of one millisecond about one in ten looks like a card number.
const MAX_DRAWS: usize = 64;

/// Why no request id could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MintError {
    #[error("the clock is before 2025 or after 2094")]
    Clock,
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// A new request id: the milliseconds since 2025 and 12 random bits, within 1..=2^53 − 1.
///
/// Never one that looks like a card number, so that an agent's log of request ids does not either.
pub(crate) fn mint_request_id(now: i64, random: &dyn Random) -> Result<RequestId, MintError> {
    let milliseconds = now.checked_sub(EPOCH).filter(|since| *since >= 0);
    let milliseconds = milliseconds.ok_or(MintError::Clock)?;
    for _ in 0..MAX_DRAWS {
        let mut bytes = [0; 2];
        random.fill(&mut bytes)?;
        let low = i64::from(u16::from_le_bytes(bytes) >> (u16::BITS - RANDOM_BITS));
        let value = milliseconds
            .checked_mul(1 << RANDOM_BITS)
            .map(|high| high | low)
            .filter(|value| *value <= RequestId::MAX_MINTED)
            .ok_or(MintError::Clock)?;
        match RequestId::from_i64(value) {
            Ok(id) if !is_card_number(&id.to_string()) => return Ok(id),
            _ => {}
        }
    }
    Err(MintError::Random(RandomError))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU16, Ordering};

    use super::*;

    /// Gives every 12-bit value in turn.
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
    fn no_minted_id_looks_like_a_card_number() {
        let random = Counting::default();
        let now = EPOCH + 20_000_000_000;
        let candidate = |low: i64| ((20_000_000_000 << RANDOM_BITS) | low).to_string();
        assert!((0..4096).any(|low| is_card_number(&candidate(low))));
        for _ in 0..3000 {
            let id = mint_request_id(now, &random).unwrap();
            assert!(!is_card_number(&id.to_string()), "{id}");
        }
    }

    #[test]
    fn ids_are_from_1_to_the_largest_safe_integer() {
        assert_eq!(mint_request_id(EPOCH - 1, &Stuck), Err(MintError::Clock));
        assert_eq!(mint_request_id(i64::MIN, &Stuck), Err(MintError::Clock));
        let last = EPOCH + (RequestId::MAX_MINTED >> RANDOM_BITS);
        assert!(
            mint_request_id(last, &Counting::default()).unwrap().get() <= RequestId::MAX_MINTED
        );
        assert_eq!(
            mint_request_id(last + 1, &Counting::default()),
            Err(MintError::Clock)
        );
        assert_eq!(mint_request_id(i64::MAX, &Stuck), Err(MintError::Clock));
        // Zero is no request id: drawn again.
        assert_eq!(
            mint_request_id(EPOCH, &Counting::default()).unwrap().get(),
            1
        );
        assert!(mint_request_id(EPOCH, &Stuck).is_err());
    }
}
