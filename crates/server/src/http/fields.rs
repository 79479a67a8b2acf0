//! Extracts the fields of a request body: one JSON object, mostly of strings. Every value
//! passes through here, so that no card number gets any further.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use pantoken_core::contains_card_number;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use tower_http::timeout::TimeoutError;

use crate::http::problem::Problem;

/// The fields of a body that were not taken yet.
pub(crate) struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Parses a body. A byte order mark before it, which some programs write, is skipped.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        let json = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        serde_json::from_slice(json).map_err(|error| {
            Problem::MalformedJson(match error.classify() {
                serde_json::error::Category::Eof => "it is incomplete",
                serde_json::error::Category::Data => "it is another type of value",
                _ => "it is not JSON",
            })
        })
    }

    /// Reads the parameters of a query, which have the rules of fields.
    pub(crate) fn of_query(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
                .collect(),
        )
    }

    /// Takes a required field.
    pub(crate) fn required<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        self.required_as(name, name, parse)
    }

    /// Takes a field that may be missing or `null`.
    pub(crate) fn optional<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        self.optional_as(name, name, parse)
    }

    /// Takes a text of an object within the body, which may be missing or `null`. Errors call it by its full name.
    pub(crate) fn optional_as<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        full_name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        let text = self.take_text(name, full_name)?;
        text.map(|text| parse_text(full_name, &text, parse))
            .transpose()
    }

    /// Takes a field that may be missing or `null`, and is `true` or `false`.
    pub(crate) fn optional_switch(&mut self, name: &'static str) -> Result<Option<bool>, Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(_) => Err(Problem::invalid(name, "must be true or false")),
        }
    }

    /// Takes a field that may be missing or `null`, and is a whole number in this range, written without a fraction
    /// or an exponent.
    pub(crate) fn optional_integer(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, Problem> {
        let number = match self.take(name)? {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value.as_u64().and_then(|number| number.try_into().ok()),
        };
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let (least, most) = range.into_inner();
                let rule = format!("must be a whole number from {least} to {most}");
                Err(Problem::invalid(name, rule))
            }
        }
    }

    /// Refuses a field that this rule forbids, unless it is `null`.
    pub(crate) fn absent(&mut self, name: &'static str, rule: &'static str) -> Result<(), Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(Problem::invalid(name, rule)),
        }
    }

    /// Takes a required field that is an object.
    pub(crate) fn required_object(&mut self, name: &'static str) -> Result<Self, Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Err(Problem::MissingField(name)),
            Some(Value::Object(fields)) => Ok(Self(fields.into_iter().collect())),
            Some(_) => Err(Problem::invalid(name, "must be an object")),
        }
    }

    /// Takes a required whole number, written without a fraction or an exponent.
    pub(crate) fn required_whole_number(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<i64, Problem> {
        let number = match self.take(name)? {
            None | Some(Value::Null) => return Err(Problem::MissingField(name)),
            Some(value) => value.as_i64(),
        };
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let (least, most) = (range.start(), range.end());
                Problem::invalid(
                    name,
                    format!("must be a whole number from {least} to {most}"),
                )
            })
    }

    /// Takes a required text whose documented meaning is an account number, which may look like a card number.
    pub(crate) fn required_account<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        self.required_account_as(name, name, parse)
    }

    /// Takes a required text of an object within the body whose documented meaning is a number that may look like a
    /// card number. Errors call it by its full name.
    pub(crate) fn required_account_as<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        full_name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        let text = self.take_text(name, full_name)?;
        let text = text.ok_or(Problem::MissingField(full_name))?;
        parse(&text).map_err(|error| Problem::invalid(full_name, error.to_string()))
    }

    /// Takes a field that may be missing or `null`, and is an object.
    pub(crate) fn optional_object(&mut self, name: &'static str) -> Result<Option<Self>, Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(fields)) => Ok(Some(Self(fields.into_iter().collect()))),
            Some(_) => Err(Problem::invalid(name, "must be an object")),
        }
    }

    /// Takes a required list of objects within the body, which errors call by its full name.
    pub(crate) fn required_objects(
        &mut self,
        name: &'static str,
        full_name: &'static str,
    ) -> Result<Vec<Self>, Problem> {
        let Some(Value::Array(items)) = self.take(name)? else {
            return Err(Problem::invalid(full_name, "must be a list of objects"));
        };
        let fields = items.into_iter().map(|item| match item {
            Value::Object(fields) => Ok(Self(fields.into_iter().collect())),
            _ => Err(Problem::invalid(full_name, "must be a list of objects")),
        });
        fields.collect()
    }

    /// Takes a required integer of an object within the body, which errors call by its full name. `10.0` and `1e1`
    /// are none.
    pub(crate) fn required_integer(
        &mut self,
        name: &'static str,
        full_name: &'static str,
    ) -> Result<u32, Problem> {
        let value = self.take(name)?.filter(|value| !value.is_null());
        let value = value.ok_or(Problem::MissingField(full_name))?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| Problem::invalid(full_name, "must be an integer"))
    }

    /// Takes a required text of an object within the body, which errors call by its full name.
    pub(crate) fn required_as<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        full_name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        self.optional_as(name, full_name, parse)?
            .ok_or(Problem::MissingField(full_name))
    }

    /// Takes a required `true` or `false` of an object within the body, which errors call by its full name.
    pub(crate) fn required_switch(
        &mut self,
        name: &'static str,
        full_name: &'static str,
    ) -> Result<bool, Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Err(Problem::MissingField(full_name)),
            Some(Value::Bool(value)) => Ok(value),
            Some(_) => Err(Problem::invalid(full_name, "must be true or false")),
        }
    }

    /// Takes a request id, and explains why it cannot be a number.
    pub(crate) fn request_id<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Err(Problem::MissingField(name)),
            // An agent's own id may look like a card number by chance, and is not stored.
            Some(Value::String(text)) => {
                parse(&text).map_err(|error| Problem::invalid(name, error.to_string()))
            }
            Some(_) => Err(Problem::invalid(
                name,
                "must be a string of decimal digits, because JSON numbers above 2^53 − 1 are rounded",
            )),
        }
    }

    /// Rejects fields that were not taken.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::UnknownField(repeatable_name(name))),
        }
    }

    fn take_text(
        &mut self,
        name: &'static str,
        full_name: &'static str,
    ) -> Result<Option<String>, Problem> {
        match self.take(name)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::invalid(full_name, "must be a string")),
        }
    }

    fn take(&mut self, name: &'static str) -> Result<Option<Value>, Problem> {
        let matches = |(taken, _): &(String, Value)| taken == name;
        let Some(index) = self.0.iter().position(matches) else {
            return Ok(None);
        };
        let (_, value) = self.0.swap_remove(index);
        if self.0.iter().any(matches) {
            return Err(Problem::RepeatedField(name));
        }
        Ok(Some(value))
    }
}

/// Takes any text.
pub(crate) fn any_text(text: &str) -> Result<String, Infallible> {
    Ok(text.to_owned())
}

/// Parses the value of a field or header, unless it contains a card number.
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

/// Returns the name if an error may repeat it: it is short and without digits, so it is neither a card
/// number nor a token.
fn repeatable_name(name: String) -> Option<String> {
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

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::UnsupportedMediaType);
        }
        if is_compressed(request.headers()) {
            return Err(Problem::CompressedBody);
        }
        let body = Bytes::from_request(request, state).await;
        Self::parse(&body.map_err(|rejection| unreadable(&rejection))?)
    }
}

/// Returns why a body could not be read. Its limits of size and time are set by the middleware.
pub(crate) fn unreadable(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::BodyTooLarge;
    }
    let mut cause: Option<&(dyn Error + 'static)> = Some(rejection);
    while let Some(error) = cause {
        if error.is::<TimeoutError>() {
            return Problem::BodyTimeout;
        }
        cause = error.source();
    }
    Problem::MalformedJson("it is incomplete")
}

fn is_compressed(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    let text = content_type.and_then(|value| value.to_str().ok());
    text.and_then(|text| text.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}
