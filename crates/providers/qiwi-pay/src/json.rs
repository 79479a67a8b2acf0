//! Reads the provider's fields as texts: JSON and forms carry the same ones, and in JSON a number may come as a text.
//! Source: docs/qiwi-pay.md, "What the provider answers".

use std::borrow::Cow;

use pantoken_core::json::{Object, decimal};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

/// A value that can be read from the text of a field.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Option<Self>;
}

/// Returns the text of a field: that of a JSON text, or a number as it is written. `null`, an empty text and any
/// other JSON count as missing.
pub(crate) fn text<'a>(object: &Object<'a>, name: &str) -> Option<Cow<'a, str>> {
    text_of(object.get(name)?)
}

fn text_of(json: &RawValue) -> Option<Cow<'_, str>> {
    let text = match json.get().as_bytes().first()? {
        b'"' => Cow::Owned(serde_json::from_str(json.get()).ok()?),
        b'-' | b'0'..=b'9' => Cow::Borrowed(json.get()),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Reads an optional field. One that cannot be read counts as missing, so that a single odd field does not lose the
/// whole answer.
pub(crate) fn read<T: FromText>(object: &Object<'_>, name: &str) -> Option<T> {
    T::from_text(&text(object, name)?)
}

/// Returns the bytes of each object in a list, or `None` if there is no such list.
pub(crate) fn list<'a>(object: &Object<'a>, name: &str) -> Option<Vec<&'a [u8]>> {
    let items: Vec<&RawValue> = serde_json::from_str(object.get(name)?.get()).ok()?;
    Some(items.iter().map(|item| item.get().as_bytes()).collect())
}

impl FromText for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

/// Reads a decimal as JSON numbers are written, without loss. Negative amounts do not exist.
impl FromText for Decimal {
    fn from_text(text: &str) -> Option<Self> {
        decimal(text)
    }
}

macro_rules! integers {
    ($($Type:ty),+) => {$(
        /// Reads decimal digits, without a sign.
        impl FromText for $Type {
            fn from_text(text: &str) -> Option<Self> {
                let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
                is_digits.then(|| text.parse().ok())?
            }
        }
    )+};
}

integers!(u16, u32, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_digits_and_may_be_a_text() {
        let object = Object::parse(br#"{"amount":1856.00,"id":"806930407050","n":7}"#).unwrap();
        assert_eq!(text(&object, "amount").as_deref(), Some("1856.00"));
        assert_eq!(read::<u64>(&object, "id"), Some(806_930_407_050));
        assert_eq!(read::<u32>(&object, "n"), Some(7));
    }

    #[test]
    fn what_is_empty_or_of_another_type_counts_as_missing() {
        let body = br#"{"a":null,"b":"","c":[],"d":true,"e":-1,"f":"+1","g":0}"#;
        let object = Object::parse(body).unwrap();
        for name in ["a", "b", "c", "d", "missing"] {
            assert_eq!(text(&object, name), None, "{name}");
        }
        assert_eq!(read::<u32>(&object, "e"), None);
        assert_eq!(read::<u32>(&object, "f"), None);
        assert_eq!(read::<u32>(&object, "g"), Some(0));
    }
}
