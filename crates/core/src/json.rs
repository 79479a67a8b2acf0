//! Reads a provider's JSON field by field.
//!
//! Derived serde refuses an object with a repeated key, which providers do send, and turns numbers into floats.
//! Here the last of several values counts, and a number stays the text that it was.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::Secret;

/// An answer or a notification is not the JSON that the provider documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The bytes are not one JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// The bytes are not one JSON list.
    #[error("the body is not a JSON list")]
    NotAList,
    /// A field that every such object has is missing, or has another type.
    #[error("the field `{0}` is missing or cannot be read")]
    Field(&'static str),
}

/// A value that can be read from JSON, or is `None` if the JSON is of another type.
pub trait FromJson: Sized {
    /// Reads the value. Returns `None` if the JSON is of another type.
    fn from_json(json: &RawValue) -> Option<Self>;
}

/// The members of a JSON object, in the order in which they were sent.
pub struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads a whole body.
    ///
    /// # Errors
    /// Returns [`Unreadable::NotAnObject`] for anything but one JSON object.
    pub fn parse(body: &'a [u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(body).map_err(|_| Unreadable::NotAnObject)
    }

    /// Reads a value. Returns `None` if it is not an object.
    #[must_use]
    pub fn from_raw(json: &'a RawValue) -> Option<Self> {
        serde_json::from_str(json.get()).ok()
    }

    /// Returns the last member of this name. It may be `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let mut members = self.0.iter().rev();
        members.find(|(key, _)| key == name).map(|(_, json)| *json)
    }

    /// Reads an optional member that is an object.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<Object<'a>> {
        self.get(name).and_then(Object::from_raw)
    }

    /// Reads an optional member. One of another type counts as missing, so that a single odd field does not
    /// lose the whole answer.
    #[must_use]
    pub fn read<T: FromJson>(&self, name: &str) -> Option<T> {
        self.get(name).and_then(T::from_json)
    }

    /// Reads the first of several spellings that is present.
    #[must_use]
    pub fn read_any<T: FromJson>(&self, names: &[&str]) -> Option<T> {
        names.iter().find_map(|name| self.read(name))
    }

    /// Reads a member that every such object has.
    ///
    /// # Errors
    /// Returns [`Unreadable::Field`] if it is missing or of another type.
    pub fn require<T: FromJson>(&self, name: &'static str) -> Result<T, Unreadable> {
        self.read(name).ok_or(Unreadable::Field(name))
    }

    /// Reads an optional list of objects. One item that cannot be read makes the whole answer unreadable.
    ///
    /// # Errors
    /// Returns [`Unreadable::Field`] if it is not a list of such objects.
    pub fn objects<T: ReadObject>(&self, name: &'static str) -> Result<Vec<T>, Unreadable> {
        match self.get(name) {
            Some(json) if json.get() != "null" => {
                read_list(json.get().as_bytes()).map_err(|_| Unreadable::Field(name))
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Returns the members, in the order in which they were sent.
    pub fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, json)| (name.as_str(), *json))
    }
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

/// A type that is read from one JSON object.
pub trait ReadObject: Sized {
    /// Reads the object, whose bytes are `raw`.
    ///
    /// # Errors
    /// Returns [`Unreadable`] if a field that the type needs cannot be read.
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable>;
}

/// Reads a list. One item that cannot be read makes the list unreadable, because a sum over the rest would
/// be wrong.
///
/// # Errors
/// Returns [`Unreadable`] for anything but a list of such objects.
pub fn read_list<T: ReadObject>(body: &[u8]) -> Result<Vec<T>, Unreadable> {
    let items: Vec<&RawValue> = serde_json::from_slice(body).map_err(|_| Unreadable::NotAList)?;
    let items = items.iter().map(|item| item.get().as_bytes());
    items
        .map(|item| T::read_object(&Object::parse(item)?, item))
        .collect()
}

/// Reads a text. A number is read as its digits, because the provider sends some codes as either.
impl FromJson for String {
    fn from_json(json: &RawValue) -> Option<Self> {
        match json.get().as_bytes().first()? {
            b'"' => serde_json::from_str(json.get()).ok(),
            b'-' | b'0'..=b'9' => Some(json.get().to_owned()),
            _ => None,
        }
    }
}

impl FromJson for bool {
    fn from_json(json: &RawValue) -> Option<Self> {
        serde_json::from_str(json.get()).ok()
    }
}

impl FromJson for u32 {
    fn from_json(json: &RawValue) -> Option<Self> {
        serde_json::from_str(json.get()).ok()
    }
}

/// Reads a number or a text as a decimal, without loss. A negative one cannot be read, because no amount is negative.
impl FromJson for Decimal {
    fn from_json(json: &RawValue) -> Option<Self> {
        decimal(&String::from_json(json)?)
    }
}

/// Reads a decimal as JSON numbers are written, also with an exponent. It has at most 15 digits before the
/// point, so that two digits after it can always be written.
#[must_use]
pub fn decimal(text: &str) -> Option<Decimal> {
    // Longer texts are not amounts; the limit keeps exponents from being computed for long.
    if text.len() > 40 || !text.starts_with(|c: char| c.is_ascii_digit()) || text.contains('_') {
        return None;
    }
    let value = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()?
    } else {
        Decimal::from_str_exact(text).ok()?
    };
    (value < Decimal::new(1_000_000_000_000_000, 0)).then_some(value)
}

impl FromJson for Secret {
    fn from_json(json: &RawValue) -> Option<Self> {
        let text = Zeroizing::new(String::from_json(json)?);
        Some(Self::new(&text))
    }
}

/// Reads a list, without the items that cannot be read.
impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &RawValue) -> Option<Self> {
        let items: Vec<&RawValue> = serde_json::from_str(json.get()).ok()?;
        Some(items.into_iter().filter_map(T::from_json).collect())
    }
}

/// Reads an object of texts, without the members that are not.
impl FromJson for BTreeMap<String, String> {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        let members = object.members();
        let texts = members.filter_map(|(name, json)| {
            let text = String::from_json(json)?;
            Some((name.to_owned(), text))
        });
        Some(texts.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_several_values_counts() {
        let object = Object::parse(br#"{"type":"CARD","maskedPan":null,"type":"TOKEN"}"#).unwrap();
        assert_eq!(object.read::<String>("type").as_deref(), Some("TOKEN"));
        assert_eq!(object.read::<String>("maskedPan"), None);
    }

    #[test]
    fn a_number_keeps_its_digits() {
        let object = Object::parse(br#"{"value":200.00,"code":101003}"#).unwrap();
        assert_eq!(object.read::<String>("value").as_deref(), Some("200.00"));
        assert_eq!(object.read::<String>("code").as_deref(), Some("101003"));
    }

    #[test]
    fn a_field_of_another_type_counts_as_missing() {
        let object = Object::parse(br#"{"flags":"TEST","ttl":-1,"test":"yes"}"#).unwrap();
        assert_eq!(object.read::<Vec<String>>("flags"), None);
        assert_eq!(object.read::<u32>("ttl"), None);
        assert_eq!(object.read::<bool>("test"), None);
        assert_eq!(object.require::<u32>("ttl"), Err(Unreadable::Field("ttl")));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", "[]", "null", "{\"a\":1", "<html></html>", "{} {}"] {
            let read = Object::parse(body.as_bytes());
            assert_eq!(read.err(), Some(Unreadable::NotAnObject), "{body}");
        }
    }

    #[test]
    fn deep_nesting_is_read_without_recursion() {
        let depth = 30_000;
        let body = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let object = Object::parse(body.as_bytes()).unwrap();
        assert_eq!(object.read::<String>("a"), None);
        assert!(object.read::<Vec<String>>("a").unwrap().is_empty());
    }

    #[test]
    fn a_decimal_is_read_without_loss() {
        for (text, value) in [
            ("5", "5"),
            ("5.00", "5.00"),
            ("0.5E+1", "5"),
            ("200.10", "200.10"),
        ] {
            assert_eq!(decimal(text), Some(value.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "-5",
            "1e99",
            "1_0",
            "five",
            "1000000000000000",
            &"1".repeat(41),
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
