//! How values are shown.

use pantoken_core::contains_card_number;

use super::texts::Texts;
use crate::http::wire_time::to_rfc3339;

/// A time, for a program and for a person. It is in UTC, because the server does not know where its reader is.
#[derive(Clone, Default)]
pub(super) struct Time {
    pub(super) iso: String,
    pub(super) text: String,
}

impl Time {
    pub(super) fn at(unix_milliseconds: i64) -> Self {
        Self::from_rfc3339(to_rfc3339(unix_milliseconds).as_deref())
    }

    pub(super) fn from_rfc3339(iso: Option<&str>) -> Self {
        let iso = iso.unwrap_or_default();
        let seconds = iso.split(['.', 'Z']).next().unwrap_or_default();
        Self {
            iso: iso.to_owned(),
            text: match seconds.is_empty() {
                true => String::new(),
                false => format!("{} UTC", seconds.replace('T', " ")),
            },
        }
    }
}

/// Returns a text that somebody else has chosen. One that contains a card number should not be in the store, and is
/// not shown.
pub(super) fn foreign(text: &str, t: &Texts) -> String {
    match contains_card_number(text) {
        true => t.hidden.to_owned(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use pantoken_a2c::Language;

    use super::*;

    #[test]
    fn a_time_names_its_zone() {
        let time = Time::at(1_748_779_200_120);
        assert_eq!(time.text, "2025-06-01 12:00:00 UTC");
        assert_eq!(time.iso, "2025-06-01T12:00:00.12Z");
        assert_eq!(Time::from_rfc3339(None).text, "");
    }

    #[test]
    fn a_card_number_is_not_shown() {
        let t = Texts::of(Language::En);
        for text in ["4111111111111111", "order 4111 1111 1111 1111"] {
            assert_eq!(foreign(text, t), t.hidden);
        }
        assert_eq!(foreign("order 7", t), "order 7");
    }
}
