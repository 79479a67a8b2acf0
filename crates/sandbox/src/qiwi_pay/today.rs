use super::refusal::Refusal;

const DAY: i64 = 86_400_000;
/// Moscow time, in which the provider's days begin.
const MOSCOW: i64 = 3 * 3_600_000;

/// How many operations of test mode there were today.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Today {
    day: i64,
    operations: u32,
}

impl Today {
    /// Refuses another operation because there were too many.
    pub(super) fn check(&self, now: i64, limit: u32) -> Result<(), Refusal> {
        let operations = match day(now) == self.day {
            true => self.operations,
            false => 0,
        };
        let has_room = operations < limit;
        has_room.then_some(()).ok_or(Refusal::Code(8069))
    }

    /// Counts an operation.
    pub(super) fn count(&mut self, now: i64) {
        let day = day(now);
        if day != self.day {
            *self = Self { day, operations: 0 };
        }
        self.operations = self.operations.saturating_add(1);
    }
}

fn day(now: i64) -> i64 {
    (now + MOSCOW).div_euclid(DAY)
}
