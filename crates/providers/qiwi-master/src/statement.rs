use std::fmt;

use pantoken_core::percent;
use time::format_description::BorrowedFormatItem;
use time::macros::{format_description, offset};
use time::{Duration, OffsetDateTime};

const MAX_RANGE: Duration = Duration::days(90);
const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
);

/// The period of a statement: at most 90 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementPeriod {
    from: OffsetDateTime,
    till: OffsetDateTime,
}

/// The reason why two times cannot be a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementPeriodError {
    /// The end is not after the start.
    #[error("a statement must end after it starts")]
    Order,
    /// The period is too long.
    #[error("a statement covers at most 90 days")]
    Length,
    /// A time cannot be written.
    #[error("a time of a statement must be in the years 1 to 9999")]
    Year,
}

impl StatementPeriod {
    /// Creates a period. The times may have any offset; the provider gets them in Moscow's.
    ///
    /// # Errors
    /// Returns [`StatementPeriodError`] if the period is empty or longer than 90 days.
    pub fn new(from: OffsetDateTime, till: OffsetDateTime) -> Result<Self, StatementPeriodError> {
        let moscow = |time: OffsetDateTime| time.checked_to_offset(offset!(+3));
        let (Some(from), Some(till)) = (moscow(from), moscow(till)) else {
            return Err(StatementPeriodError::Year);
        };
        if [from, till]
            .iter()
            .any(|time| !(1..=9999).contains(&time.year()))
        {
            return Err(StatementPeriodError::Year);
        }
        if till <= from {
            return Err(StatementPeriodError::Order);
        }
        if till - from > MAX_RANGE {
            return Err(StatementPeriodError::Length);
        }
        Ok(Self { from, till })
    }

    /// Returns the query of the call, with `:` and `+` encoded.
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn to_query(self) -> String {
        let mut query = String::new();
        for (name, time) in [("from=", self.from), ("&till=", self.till)] {
            query.push_str(name);
            // Both years were checked, so nothing can fail.
            percent::encode_into(&mut query, &time.format(FORMAT).unwrap_or_default());
        }
        query
    }
}

/// The statement of a card, a PDF file. It is not printed, because it lists what was bought.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement(Vec<u8>);

impl Statement {
    #[cfg_attr(not(feature = "client"), allow(dead_code))]
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        body.starts_with(b"%PDF-").then(|| Self(body.to_owned()))
    }

    /// Returns the bytes of the file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Statement({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_time_of_another_zone_is_written_in_moscows() {
        let from = datetime!(2021-02-28 21:30 UTC);
        let period = StatementPeriod::new(from, datetime!(2021-03-02 00:00 +6)).unwrap();
        assert_eq!(
            period.to_query(),
            "from=2021-03-01T00%3A30%3A00%2B03%3A00&till=2021-03-01T21%3A00%3A00%2B03%3A00"
        );
    }

    #[test]
    fn a_period_has_limits() {
        let from = datetime!(2026-01-01 00:00 UTC);
        assert!(StatementPeriod::new(from, from + MAX_RANGE).is_ok());
        let long = StatementPeriod::new(from, from + MAX_RANGE + Duration::SECOND);
        assert_eq!(long, Err(StatementPeriodError::Length));
        assert_eq!(
            StatementPeriod::new(from, from),
            Err(StatementPeriodError::Order)
        );
        let ancient = datetime!(0000-12-31 00:00 UTC);
        assert_eq!(
            StatementPeriod::new(ancient, from),
            Err(StatementPeriodError::Year)
        );
    }
}
