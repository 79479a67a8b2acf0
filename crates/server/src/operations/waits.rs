/// How long the first wait is, in milliseconds.
const FIRST: i64 = 2_000;
/// The longest wait before the deadline, in milliseconds.
const LONGEST: i64 = 10 * 60_000;
/// The wait after the deadline, and that of what is only watched, in milliseconds.
pub(super) const HOUR: i64 = 3_600_000;

/// Returns how long to wait before the next question after this number of them, in milliseconds.
///
/// Each wait is twice as long as the one before. `random` removes up to a quarter of it, so that operations that
/// began together are not asked about together.
pub(super) fn wait_after(attempts: i64, random: u32) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 20)).unwrap_or_default();
    let wait = FIRST.saturating_mul(1_i64 << doublings).min(LONGEST);
    let part = wait / 4 * i64::from(random) / i64::from(u32::MAX);
    wait - part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_ten_minutes() {
        let waits: Vec<_> = (1..12).map(|attempts| wait_after(attempts, 0)).collect();
        let seconds = [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600].map(|wait| wait * 1000);
        assert_eq!(waits, seconds);
        assert_eq!(wait_after(i64::MAX, 0), LONGEST);
        assert_eq!(wait_after(0, 0), FIRST);
        for attempts in 0..70 {
            let whole = wait_after(attempts, 0);
            let least = wait_after(attempts, u32::MAX);
            assert!(least >= whole / 4 * 3 && least < whole, "{attempts}");
        }
    }
}
