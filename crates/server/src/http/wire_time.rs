use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Formats a time as RFC 3339 in UTC. Returns `None` beyond the year 9999.
pub(crate) fn to_rfc3339(unix_milliseconds: i64) -> Option<String> {
    let nanoseconds = i128::from(unix_milliseconds) * 1_000_000;
    let moment = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()?;
    moment.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rfc_3339_in_utc() {
        let text = to_rfc3339(1_748_779_200_000);
        assert_eq!(text.as_deref(), Some("2025-06-01T12:00:00Z"));
        let text = to_rfc3339(1_748_779_200_120);
        assert_eq!(text.as_deref(), Some("2025-06-01T12:00:00.12Z"));
        assert_eq!(to_rfc3339(i64::MAX), None);
    }
}
