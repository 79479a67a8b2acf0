//! A body: one flat JSON object whose values are all strings, taken out field by field. Every field
//! passes here, so that no card number gets further.

use std::error::Error;
use std::fmt;
use std::pin::pin;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::LengthLimitError;
use pantoken_core::contains_card_number;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::app::{AppState, Store};
use crate::http::limits::within;
use crate::http::problem::Problem;

/// The longest body, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// The fields of a body that were not taken yet.
pub(crate) struct Fields(Vec<(String, Value)>);

impl Fields {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(body).map_err(|error| {
            Problem::MalformedJson(match error.classify() {
                serde_json::error::Category::Eof => "it ends too early",
                serde_json::error::Category::Data => "it is of another type",
                _ => "it is no JSON",
            })
        })
    }

    /// Takes a field that must be there.
    pub(crate) fn required<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        self.optional(name, parse)?
            .ok_or(Problem::MissingField(name))
    }

    /// Takes a field that may be missing or `null`.
    pub(crate) fn optional<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let value = self.take(name)?;
        let text = match value {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text,
            Some(_) => return Err(Problem::invalid(name, "must be a string in JSON")),
        };
        parse_text(name, &text, parse).map(Some)
    }

    /// Takes a request id, and explains to who sends a number why it is none.
    pub(crate) fn request_id<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Err(Problem::MissingField(name)),
            // An agent's own id may have the digits of a card number by chance; it is not kept.
            Some(Value::String(text)) => {
                parse(&text).map_err(|error| Problem::invalid(name, error.to_string()))
            }
            Some(_) => Err(Problem::invalid(
                name,
                "must be a string of decimal digits: as a JSON number, one above 2^53 − 1 is rounded",
            )),
        }
    }

    /// Refuses what was not taken.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::UnknownField(harmless_name(name))),
        }
    }

    fn take(&mut self, name: &'static str) -> Result<Option<Value>, Problem> {
        let is_it = |(taken, _): &(String, Value)| taken == name;
        let Some(index) = self.0.iter().position(is_it) else {
            return Ok(None);
        };
        let (_, value) = self.0.swap_remove(index);
        if self.0.iter().any(is_it) {
            return Err(Problem::RepeatedField(name));
        }
        Ok(Some(value))
    }
}

/// Reads a text of a body or a header; a card number in it is refused before anything else.
pub(crate) fn parse_text<T, E: fmt::Display>(
    name: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Problem> {
    if contains_card_number(text) {
        return Err(Problem::CardNumber(name));
    }
    parse(text).map_err(|error| Problem::invalid(name, error.to_string()))
}

/// A name that can be repeated to the caller: short and without digits, so neither a card number nor
/// a token.
fn harmless_name(name: String) -> Option<String> {
    const MAX_LENGTH: usize = 32;
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    (plain && (1..=MAX_LENGTH).contains(&name.len())).then_some(name)
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

impl<S: Store> FromRequest<AppState<S>> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState<S>) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::UnsupportedMediaType);
        }
        let in_time = app.parts().options.limits.body_time;
        let body = pin!(to_bytes(request.into_body(), MAX_BODY));
        let body = within(in_time, body).await.ok_or(Problem::BodyTimeout)?;
        Self::parse(&body.map_err(|error| unread(&error))?)
    }
}

/// Why a body was not read to its end.
fn unread(error: &axum::Error) -> Problem {
    match error.source() {
        Some(source) if source.is::<LengthLimitError>() => Problem::BodyTooLarge,
        _ => Problem::MalformedJson("it ends too early"),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    let text = content_type.and_then(|value| value.to_str().ok());
    text.and_then(|text| text.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}
