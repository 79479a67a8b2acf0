//! Reads the provider's JSON field by field: numbers stay the text that they were, and a number may come as a
//! text. Source: docs/qiwi-pay.md, "What the provider's answers look like".

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The answer or notification is not what the provider documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The bytes are not one JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// The bytes are neither a JSON object nor the fields of a form.
    #[error("the body is neither a JSON object nor form fields in UTF-8")]
    NeitherJsonNorForm,
    /// A field that is always there is missing, or cannot be read.
    #[error("the field `{0}` is missing or cannot be read")]
    Field(&'static str),
}

/// A value that can be read from the text of a field.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Option<Self>;
}

/// The members of a JSON object, in the order in which they were sent.
pub struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads a whole body.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(body).map_err(|_| Unreadable::NotAnObject)
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        // The last of several members of the same name counts.
        let mut members = self.0.iter().rev();
        members.find(|(key, _)| key == name).map(|(_, json)| *json)
    }

    /// Returns the text of a field: that of a JSON text, or a number as it is written. `null`, an empty text and
    /// any other JSON count as missing.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text_of(self.get(name)?)
    }

    /// Reads an optional field. One that cannot be read counts as missing, so that a single odd field does not
    /// lose the whole answer.
    pub(crate) fn read<T: FromText>(&self, name: &str) -> Option<T> {
        T::from_text(&self.text(name)?)
    }

    /// Returns the bytes of each object in a list, or `None` if there is no such list.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&'a [u8]>> {
        let items: Vec<&RawValue> = serde_json::from_str(self.get(name)?.get()).ok()?;
        Some(items.iter().map(|item| item.get().as_bytes()).collect())
    }
}

fn text_of(json: &RawValue) -> Option<Cow<'_, str>> {
    let text = match json.get().as_bytes().first()? {
        b'"' => Cow::Owned(serde_json::from_str(json.get()).ok()?),
        b'-' | b'0'..=b'9' => Cow::Borrowed(json.get()),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Object(members))
    }
}

impl FromText for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
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
        assert_eq!(object.text("amount").as_deref(), Some("1856.00"));
        assert_eq!(object.read::<u64>("id"), Some(806_930_407_050));
        assert_eq!(object.read::<u32>("n"), Some(7));
    }

    #[test]
    fn what_is_empty_or_of_another_type_counts_as_missing() {
        let body = br#"{"a":null,"b":"","c":[],"d":true,"e":-1,"f":"+1","g":0}"#;
        let object = Object::parse(body).unwrap();
        for name in ["a", "b", "c", "d", "missing"] {
            assert_eq!(object.text(name), None, "{name}");
        }
        assert_eq!(object.read::<u32>("e"), None);
        assert_eq!(object.read::<u32>("f"), None);
        assert_eq!(object.read::<u32>("g"), Some(0));
    }

    #[test]
    fn the_last_of_several_values_counts() {
        let object = Object::parse(br#"{"txn_id":1,"txn_id":2}"#).unwrap();
        assert_eq!(object.read::<u64>("txn_id"), Some(2));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", "[]", "null", "{\"a\":1", "<html></html>", "{} {}"] {
            let read = Object::parse(body.as_bytes());
            assert_eq!(read.err(), Some(Unreadable::NotAnObject), "{body}");
        }
    }
}
