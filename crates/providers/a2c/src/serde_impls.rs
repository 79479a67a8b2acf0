//! Serialises the types as JSON strings, as everywhere in the protocol.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{
    ErrorCode, ErrorMessage, Field, Flow, FormUrl, Language, PanToken, RawMessage, RequestId,
};

macro_rules! text {
    ($($type:ty => |$value:ident| $text:expr),* $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                serializer.serialize_str($text)
            }
        }
    )*};
}

text! {
    RequestId => |id| &id.to_string(),
    PanToken => |token| token.as_str(),
    ErrorCode => |code| code.as_str(),
    ErrorMessage => |message| message.as_str(),
    Language => |language| language.as_str(),
    Flow => |flow| flow.as_str(),
    FormUrl => |url| &url.as_text(),
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(Error::custom)
    }
}

impl<'de> Deserialize<'de> for Field<String> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<String>, E> {
        Ok(Field::Text(text.to_owned()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Field<String>, E> {
        Ok(Field::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Field<String>, E> {
        Ok(i64::try_from(value).map_or(Field::Unusable, Field::Integer))
    }

    fn visit_unit<E>(self) -> Result<Field<String>, E> {
        Ok(Field::Absent)
    }

    fn visit_none<E>(self) -> Result<Field<String>, E> {
        Ok(Field::Absent)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Field<String>, E> {
        Ok(Field::Unusable)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Field<String>, E> {
        Ok(Field::Unusable)
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Field<String>, E> {
        Ok(Field::Unusable)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Field<String>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Unusable)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Field<String>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Unusable)
    }
}

impl<'de> Deserialize<'de> for RawMessage<String> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("RawMessage", &Self::NAMES, RawMessageVisitor)
    }
}

struct RawMessageVisitor;

impl<'de> Visitor<'de> for RawMessageVisitor {
    type Value = RawMessage<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawMessage<String>, A::Error> {
        let mut message = RawMessage::default();
        while let Some(name) = map.next_key::<String>()? {
            match message.field_mut(&name) {
                Some(field) => *field = map.next_value()?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(message)
    }
}
