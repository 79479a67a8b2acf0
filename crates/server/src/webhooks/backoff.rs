use std::time::Duration;

const FIRST: Duration = Duration::from_secs(10);
/// The longest wait.
pub(super) const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// Eight growing waits, nine hours in total, and then seven of half a day.
const MAX_ATTEMPTS: u32 = 16;

/// Returns how long to wait after this number of failed attempts, 1 or more. Returns `None` if it is time
/// to give up.
///
/// Each wait is three times as long as the one before, up to twelve hours. `random` removes up to half of
/// it, so that webhooks that failed together are not retried together.
pub(super) fn wait_after(attempts: i64, random: u32) -> Option<Duration> {
    let attempts = u32::try_from(attempts).ok().filter(|n| *n < MAX_ATTEMPTS)?;
    let factor = 3_u32.saturating_pow(attempts.saturating_sub(1));
    let whole = FIRST.saturating_mul(factor).min(LONGEST);
    let half = whole / 2;
    let share = f64::from(random) / f64::from(u32::MAX);
    Some(half + half.mul_f64(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest_wait(attempts: i64) -> Duration {
        wait_after(attempts, u32::MAX).unwrap()
    }

    #[test]
    fn each_wait_is_three_times_the_last_up_to_half_a_day() {
        let seconds: Vec<_> = (1..=9).map(|n| longest_wait(n).as_secs()).collect();
        assert_eq!(seconds, [10, 30, 90, 270, 810, 2430, 7290, 21870, 43200]);
        assert_eq!(longest_wait(15), LONGEST);
    }

    #[test]
    fn half_of_a_wait_is_random() {
        assert_eq!(wait_after(1, 0), Some(FIRST / 2));
        assert_eq!(wait_after(1, u32::MAX), Some(FIRST));
        let middle = wait_after(1, u32::MAX / 2).unwrap();
        assert!(middle > FIRST / 2 && middle < FIRST, "{middle:?}");
    }

    #[test]
    fn it_is_given_up_after_days() {
        let hours = |random| {
            let waits = (1..).map_while(|attempts| wait_after(attempts, random));
            waits.sum::<Duration>().as_secs() / 3600
        };
        // docs/webhooks.md says so too.
        assert_eq!((hours(0), hours(u32::MAX)), (46, 93));
        assert_eq!(wait_after(16, 0), None);
        assert_eq!(wait_after(i64::MAX, 0), None);
    }
}
