use std::fmt;

use serde_json::value::RawValue;
use time::format_description::StaticFormatDescription;
use time::macros::{format_description, offset};
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use pantoken_core::json::FromJson;

/// A date that the provider sent. The text is kept as it came, because dates are signed as texts.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateText(String);

const DATE_AND_TIME: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

impl DateText {
    /// Returns the text as the provider sent it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the moment, or `None` if the text is not a date.
    ///
    /// Some answers have no offset; their dates are Moscow time. Old ones have hours only, as in `+03`.
    #[must_use]
    pub fn moment(&self) -> Option<OffsetDateTime> {
        let text = self.0.as_str();
        let (date_and_time, rest) = text.split_at_checked("2019-10-08T11:31:37".len())?;
        let moment = PrimitiveDateTime::parse(date_and_time, DATE_AND_TIME).ok()?;
        let (nanosecond, rest) = split_fraction(rest)?;
        let moment = moment.replace_nanosecond(nanosecond).ok()?;
        Some(moment.assume_offset(parse_offset(rest)?))
    }
}

/// Splits the fraction of a second off, in nanoseconds.
fn split_fraction(text: &str) -> Option<(u32, &str)> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = fraction.split_at_checked(count)?;
    let nanosecond = format!("{digits:0<9}");
    Some((nanosecond.get(..9)?.parse().ok()?, rest))
}

fn parse_offset(text: &str) -> Option<UtcOffset> {
    match text {
        "" => return Some(offset!(+3)),
        "Z" => return Some(UtcOffset::UTC),
        _ => {}
    }
    let (sign, digits) = text.split_at_checked(1)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = match minutes.strip_prefix(':').unwrap_or(minutes) {
        "" if minutes.is_empty() => 0,
        digits => two_digits(digits)?,
    };
    UtcOffset::from_hms(sign * two_digits(hours)?, sign * minutes, 0).ok()
}

fn two_digits(text: &str) -> Option<i8> {
    let is_well_formed = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_well_formed.then(|| text.parse().ok())?
}

impl fmt::Debug for DateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromJson for DateText {
    fn from_json(json: &RawValue) -> Option<Self> {
        String::from_json(json).map(Self)
    }
}

/// Writes a date as requests need it: with an offset, and to the second. Without an offset, the provider
/// answers 400.
pub(crate) mod with_offset {
    use serde::{Serializer, ser::Error};
    use time::OffsetDateTime;
    use time::format_description::StaticFormatDescription;
    use time::macros::format_description;

    const FORMAT: StaticFormatDescription = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
    );

    // serde passes a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn serialize<S: Serializer>(
        date: &OffsetDateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = date.format(FORMAT).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn moment(text: &str) -> Option<OffsetDateTime> {
        DateText(text.to_owned()).moment()
    }

    #[test]
    fn every_published_spelling_is_read() {
        let expected = Some(datetime!(2019-10-08 11:31:37 +3));
        for text in [
            "2019-10-08T11:31:37+03:00",
            "2019-10-08T11:31:37",
            "2019-10-08T11:31:37+03",
            "2019-10-08T11:31:37.000000+03:00",
            "2019-10-08T08:31:37Z",
            "2019-10-08T08:31:37+00:00",
            "2019-10-08T05:01:37-03:30",
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
        assert_eq!(
            moment("2023-07-05T10:49:36.681+03:00"),
            Some(datetime!(2023-07-05 10:49:36.681 +3))
        );
    }

    #[test]
    fn what_is_no_date_has_no_moment() {
        for text in [
            "",
            "2019-10-08",
            "2019-13-08T11:31:37+03:00",
            "2019-10-08T11:31:37+3",
            "2019-10-08T11:31:37+03:",
            "2019-10-08T11:31:37+99:00",
            "2019-10-08T11:31:37 03:00",
            "2019-10-08T11:31:3я+03:00",
            "2019-10-08T11:31:37.12x",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_is_sent_with_its_own_offset() {
        #[derive(serde::Serialize)]
        struct Sent(#[serde(with = "with_offset")] OffsetDateTime);
        // Late in the evening in UTC, where the day in Moscow is the next one.
        for (date, expected) in [
            (
                datetime!(2026-11-28 22:05:09.75 UTC),
                "2026-11-28T22:05:09+00:00",
            ),
            (
                datetime!(2026-11-29 1:05:09 +3),
                "2026-11-29T01:05:09+03:00",
            ),
            (
                datetime!(2026-11-28 18:35:09 -3:30),
                "2026-11-28T18:35:09-03:30",
            ),
        ] {
            let sent = serde_json::to_string(&Sent(date)).unwrap();
            assert_eq!(sent, format!("\"{expected}\""));
        }
    }
}
