//! Reads JSON and keeps each number as the text that it was, because a number is signed as its text.

use std::collections::HashMap;

use pantoken_core::json::Object;
use serde::Deserialize;
use serde_json::value::RawValue;

/// How deeply objects and lists may be nested. The platform's own are nested four levels deep.
const MAX_DEPTH: usize = 32;

/// A JSON object of the platform, read without losing a digit of any number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(Json);

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text, without its escapes.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// The members of an object, in their order. Of several members with one name the last counts.
    Object(Vec<(String, Json)>),
}

/// The bytes cannot be read. No message contains any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The body is longer than [`Body::MAX_BYTES`].
    #[error("the body is longer than {} bytes", Body::MAX_BYTES)]
    TooLong,
    /// The bytes are not one JSON object in UTF-8.
    #[error("the body is not a JSON object in UTF-8")]
    NotAnObject,
    /// Objects or lists are nested too deeply.
    #[error("the body is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// The body has more values than any documented one, or very long names.
    #[error("the body has too many values, or names that are too long")]
    TooLarge,
    /// A field that every such object has is missing, or has another type.
    #[error("the field `{0}` is missing or cannot be read")]
    Field(&'static str),
}

impl Body {
    /// The longest body that is read.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Reads a body.
    ///
    /// # Errors
    /// Returns [`Unreadable`] if the bytes are not one JSON object in UTF-8, are longer than
    /// [`Body::MAX_BYTES`], or would take too long to sign.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(Unreadable::TooLong);
        }
        let raw: &RawValue = serde_json::from_slice(bytes).map_err(|_| Unreadable::NotAnObject)?;
        if !raw.get().starts_with('{') {
            return Err(Unreadable::NotAnObject);
        }
        let body = Self(Json::read(raw, 0)?);
        if body.is_too_large_to_sign() {
            return Err(Unreadable::TooLarge);
        }
        Ok(body)
    }

    /// Returns the object itself.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// Returns a member of the object. It may be `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }
}

impl Json {
    fn read(raw: &RawValue, depth: usize) -> Result<Self, Unreadable> {
        if depth > MAX_DEPTH {
            return Err(Unreadable::TooDeep);
        }
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'{') => {
                let members = Object::from_raw(raw).ok_or(Unreadable::NotAnObject)?;
                let mut object = LastWins::default();
                for (name, raw) in members.members() {
                    object.insert(name, Self::read(raw, depth + 1)?);
                }
                Ok(Self::Object(object.members))
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = parse(text)?;
                let items = items.into_iter().map(|item| Self::read(item, depth + 1));
                Ok(Self::List(items.collect::<Result<_, _>>()?))
            }
            Some(b'"') => Ok(Self::Text(parse(text)?)),
            Some(b't') => Ok(Self::Bool(true)),
            Some(b'f') => Ok(Self::Bool(false)),
            Some(b'n') => Ok(Self::Null),
            _ => Ok(Self::Number(text.to_owned())),
        }
    }

    /// Returns a member of an object. It may be `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value)
    }

    /// Returns a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a text, or a number as it is written.
    #[must_use]
    pub fn text_or_number(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// Returns an integer by its spelling: not `10.0`, not `1e1` and not `"10"`.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns whether this is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable::NotAnObject)
}

/// Collects members. A repeated one replaces the earlier, in its place.
#[derive(Default)]
struct LastWins {
    members: Vec<(String, Json)>,
    positions: HashMap<String, usize>,
}

impl LastWins {
    fn insert(&mut self, name: &str, value: Json) {
        let earlier = self.positions.get(name);
        if let Some(member) = earlier.and_then(|&index| self.members.get_mut(index)) {
            member.1 = value;
            return;
        }
        self.positions.insert(name.to_owned(), self.members.len());
        self.members.push((name.to_owned(), value));
    }
}

/// Reads a member that is a text or a number as a text.
pub(crate) fn text_or_number(json: &Json, name: &str) -> Option<String> {
    json.get(name)?.text_or_number().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Body {
        Body::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_last_of_several_members_counts() {
        let body = parsed(r#"{"a":1,"b":2,"a":{"c":3}}"#);
        assert_eq!(body, parsed(r#"{"a":{"c":3},"b":2}"#));
    }

    #[test]
    fn a_number_keeps_its_digits() {
        let body = parsed(r#"{"a":9007199254740993,"b":100.0,"c":1e25,"d":-0}"#);
        let texts = ["a", "b", "c", "d"].map(|name| body.get(name).unwrap().text_or_number());
        let expected = ["9007199254740993", "100.0", "1e25", "-0"];
        assert_eq!(texts, expected.map(Some));
    }

    #[test]
    fn integers_are_integers_by_their_spelling() {
        let body = parsed(r#"{"a":10,"b":10.0,"c":1e1,"d":"10","e":9223372036854775808}"#);
        let integers = ["a", "b", "c", "d", "e"].map(|name| body.get(name).unwrap().integer());
        assert_eq!(integers, [Some(10), None, None, None, None]);
    }

    #[test]
    fn what_is_no_json_object_in_utf8_is_refused() {
        let bodies: [&[u8]; 11] = [
            b"",
            b"[]",
            b"1",
            b"null",
            b"{\"a\":NaN}",
            b"{\"a\":1",
            b"{\"a\":1}{}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\\ud800\"}",
            b"{'a':1}",
            b"<html></html>",
        ];
        for body in bodies {
            assert_eq!(Body::parse(body), Err(Unreadable::NotAnObject), "{body:?}");
        }
    }

    #[test]
    fn bodies_that_would_take_long_to_sign_are_refused() {
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(33), "]".repeat(33));
        assert_eq!(Body::parse(nested.as_bytes()), Err(Unreadable::TooDeep));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(Body::MAX_BYTES));
        assert_eq!(Body::parse(long.as_bytes()), Err(Unreadable::TooLong));
        let many = format!("{{\"a\":[1{}]}}", ",1".repeat(2000));
        assert_eq!(Body::parse(many.as_bytes()), Err(Unreadable::TooLarge));
        let name = "n".repeat(30_000);
        let long_paths = format!("{{\"{name}\":[1{}]}}", ",1".repeat(20));
        let refused = Body::parse(long_paths.as_bytes());
        assert_eq!(refused, Err(Unreadable::TooLarge));
    }
}
