use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::{format_description, offset};

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
);

/// Reads milliseconds since the Unix epoch as a time.
pub(super) fn time_of(milliseconds: i64) -> OffsetDateTime {
    let time = OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1_000));
    time.unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Writes a time with Moscow's offset.
pub(super) fn to_moscow(time: OffsetDateTime) -> String {
    time.to_offset(offset!(+3))
        .format(FORMAT)
        .unwrap_or_default()
}
