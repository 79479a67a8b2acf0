//! When notifications are repeated.

const MINUTE: i64 = 60_000;

/// Returns the wait after so many attempts, in milliseconds: 1 minute, then twice as long each time, for a day. The
/// provider publishes only that the waits grow.
pub(super) fn wait_after(attempts: usize) -> Option<i64> {
    let doublings = u32::try_from(attempts.checked_sub(1)?).ok()?;
    // 1 + 2 + … + 512 minutes are 17 hours; the next wait would end after a day.
    (doublings < 10).then(|| MINUTE << doublings)
}
