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
    /// Counts an operation, or refuses it because there were too many.
    pub(super) fn count(&mut self, now: i64, limit: u32) -> Result<(), Refusal> {
        let day = (now + MOSCOW).div_euclid(DAY);
        if day != self.day {
            *self = Self { day, operations: 0 };
        }
        if self.operations >= limit {
            return Err(Refusal::Code(8069));
        }
        self.operations += 1;
        Ok(())
    }
}
