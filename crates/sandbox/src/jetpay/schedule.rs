//! When callbacks are repeated. Source: docs/jetpay.md, "Callbacks".

const SECOND: i64 = 1_000;
const FOUR_HOURS: i64 = 4 * 60 * 60 * SECOND;
/// How often a callback is repeated.
const REPEATS: usize = 120;

/// Returns how long the platform waits after so many attempts, in milliseconds: six times 10 s, then 62 times longer
/// and longer, up to 4 h, and then 4 h each.
pub(super) fn wait_after(attempts: usize) -> Option<i64> {
    match attempts {
        1..=6 => Some(10 * SECOND),
        7..=68 => {
            let growth = 1.12_f64.powi(i32::try_from(attempts).ok()? - 4);
            // At most 14,200 s.
            #[allow(clippy::cast_possible_truncation)]
            let seconds = (70.0 + 10.0 * growth).round() as i64;
            Some(seconds * SECOND)
        }
        69..=REPEATS => Some(FOUR_HOURS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_repeated_for_ten_days() {
        assert_eq!(wait_after(1), Some(10_000));
        assert_eq!(wait_after(6), Some(10_000));
        assert_eq!(wait_after(7), Some(84_000));
        assert_eq!(wait_after(120), Some(FOUR_HOURS));
        assert_eq!(wait_after(121), None);
        let waits: Vec<i64> = (1..).map_while(wait_after).collect();
        assert_eq!(waits.len(), REPEATS);
        assert!(waits.is_sorted());
        assert!(waits[67] < FOUR_HOURS && waits[67] > FOUR_HOURS * 9 / 10);
        let days = waits.iter().sum::<i64>() / (24 * 60 * 60 * SECOND);
        assert_eq!(days, 10);
    }
}
