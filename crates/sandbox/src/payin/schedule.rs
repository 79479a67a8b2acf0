/// How long the provider waits after each attempt, in milliseconds. Source: docs/payin.md, "Notifications".
const SCHEDULE: [i64; 5] = [5_000, 60_000, 300_000, 300_000, 300_000];

/// Returns the wait after so many attempts.
pub(crate) fn wait_after(attempts: usize) -> Option<i64> {
    SCHEDULE.get(attempts.checked_sub(1)?).copied()
}
