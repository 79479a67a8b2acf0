//! The fields of a request: what is signed is what is sent, in a form and in JSON alike.

use std::collections::BTreeMap;
use std::fmt;

use time::OffsetDateTime;
use url::Url;
use zeroize::Zeroizing;

use crate::{Amount, SecretKey};

/// A field of a request cannot be sent. The message does not contain its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field `{field}` {problem}")]
pub struct FieldError {
    /// The field, as the provider names it.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldProblem {
    /// It is too long or too short.
    #[error("must be {min} to {max} characters long")]
    Length {
        /// The smallest length in characters.
        min: usize,
        /// The greatest length in characters.
        max: usize,
    },
    /// It contains `|`, which separates the values in what is signed, so that it could be read in two ways.
    #[error("must not contain `|`")]
    Separator,
    /// It contains a control character.
    #[error("must not contain control characters")]
    Control,
    /// It is not an address that a browser may be led to.
    #[error("must be an https URL without user and password")]
    Url,
    /// It is not what the provider documents. The text says what that is.
    #[error("must be {0}")]
    Format(&'static str),
    /// A required field is missing.
    #[error("is missing")]
    Missing,
}

impl FieldProblem {
    pub(crate) const fn of(self, field: &'static str) -> FieldError {
        FieldError {
            field,
            problem: self,
        }
    }
}

/// Checks a text that may be of any characters but `|` and control characters.
pub(crate) fn check_text(field: &'static str, text: &str, max: usize) -> Result<(), FieldError> {
    if text.chars().count() > max {
        return Err(FieldProblem::Length { min: 0, max }.of(field));
    }
    if text.contains('|') {
        return Err(FieldProblem::Separator.of(field));
    }
    if text.contains(char::is_control) {
        return Err(FieldProblem::Control.of(field));
    }
    Ok(())
}

/// Checks an address that the provider calls or leads a browser to.
fn check_url(field: &'static str, text: &str) -> Result<(), FieldError> {
    check_text(field, text, 256)?;
    let url = Url::parse(text).map_err(|_| FieldProblem::Url.of(field))?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    // A parser removes white space at the ends, and would hide what a browser may not.
    let is_plain = text.starts_with("https://") && !text.contains(char::is_whitespace);
    if !is_plain || url.scheme() != "https" || url.host().is_none() || has_user {
        return Err(FieldProblem::Url.of(field));
    }
    Ok(())
}

/// The fields of a request by name, which is the order in which they are signed.
#[derive(Default)]
pub struct Fields(BTreeMap<&'static str, Field>);

struct Field {
    text: Zeroizing<String>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A JSON text.
    Text,
    /// JSON as it stands: a number or an object.
    Json,
    /// JSON as it stands that is not signed.
    UnsignedJson,
}

impl Fields {
    fn insert(&mut self, name: &'static str, text: String, kind: Kind) {
        let text = Zeroizing::new(text);
        self.0.insert(name, Field { text, kind });
    }

    pub(crate) fn number(&mut self, name: &'static str, number: impl fmt::Display) {
        self.insert(name, number.to_string(), Kind::Json);
    }

    /// Adds an object that was written as JSON.
    pub(crate) fn json(&mut self, name: &'static str, json: String, is_signed: bool) {
        let kind = match is_signed {
            true => Kind::Json,
            false => Kind::UnsignedJson,
        };
        self.insert(name, json, kind);
    }

    /// Adds a text that was checked before.
    pub(crate) fn checked(&mut self, name: &'static str, text: &str) {
        self.insert(name, text.to_owned(), Kind::Text);
    }

    /// Adds a text, if there is one and it is not empty.
    pub(crate) fn text(
        &mut self,
        name: &'static str,
        text: Option<&str>,
        max: usize,
    ) -> Result<(), FieldError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(());
        };
        check_text(name, text, max)?;
        self.checked(name, text);
        Ok(())
    }

    pub(crate) fn url(&mut self, name: &'static str, url: Option<&str>) -> Result<(), FieldError> {
        if let Some(url) = url {
            check_url(name, url)?;
            self.checked(name, url);
        }
        Ok(())
    }

    pub(crate) fn time(&mut self, name: &'static str, time: Option<OffsetDateTime>) {
        if let Some(time) = time {
            self.checked(name, &to_date_text(time));
        }
    }

    pub(crate) fn amount(&mut self, amount: &Amount) {
        self.checked("amount", &amount.to_wire());
        self.number("currency", amount.currency());
    }

    /// Signs the fields.
    pub(crate) fn sign(&self, key: &SecretKey) -> String {
        let signed = self
            .0
            .iter()
            .filter(|(_, field)| field.kind != Kind::UnsignedJson);
        key.sign(signed.map(|(name, field)| (*name, field.text.as_str())))
    }

    /// Returns the names and values of a form, with the signature as the last.
    pub(crate) fn into_pairs(self, key: &SecretKey) -> Vec<(&'static str, String)> {
        let sign = self.sign(key);
        let fields = self.0.into_iter();
        let mut pairs: Vec<_> = fields
            .map(|(name, mut field)| (name, std::mem::take(&mut *field.text)))
            .collect();
        pairs.push(("sign", sign));
        pairs
    }

    /// Returns one JSON object, with the signature as the last member. It is wiped when dropped.
    pub(crate) fn to_json(&self, key: &SecretKey) -> Zeroizing<Vec<u8>> {
        let sign = self.sign(key);
        let lengths = self.0.iter().map(|(name, field)| {
            // A character takes six at most when it is escaped.
            name.len() + 6 * field.text.len() + 8
        });
        // A buffer that grows would leave copies behind that are not wiped.
        let mut json = Zeroizing::new(Vec::with_capacity(lengths.sum::<usize>() + 90));
        json.push(b'{');
        for (name, field) in &self.0 {
            write_text(&mut json, name);
            json.push(b':');
            match field.kind {
                Kind::Text => write_text(&mut json, &field.text),
                Kind::Json | Kind::UnsignedJson => json.extend_from_slice(field.text.as_bytes()),
            }
            json.push(b',');
        }
        write_text(&mut json, "sign");
        json.push(b':');
        write_text(&mut json, &sign);
        json.push(b'}');
        json
    }
}

/// Writes a JSON text.
fn write_text(json: &mut Vec<u8>, text: &str) {
    // Neither writing to memory nor a text as JSON can fail.
    let _ = serde_json::to_writer(json, text);
}

/// Writes a time as `YYYY-MM-DDThh:mm:ss±hh:mm`. The provider refuses other forms, such as fractions and `Z`.
pub(crate) fn to_date_text(time: OffsetDateTime) -> String {
    let (hours, minutes, _) = time.offset().as_hms();
    let sign = if time.offset().is_negative() {
        '-'
    } else {
        '+'
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        hours.unsigned_abs(),
        minutes.unsigned_abs()
    )
}

/// Defines optional texts of a request, each with its longest length in characters.
macro_rules! optional_texts {
    ($(#[$meta:meta])* pub struct $Name:ident {
        $($(#[$field_meta:meta])* $field:ident: $max:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $Name {
            $($(#[$field_meta])* pub $field: Option<String>,)+
        }

        impl $Name {
            pub(crate) fn write(&self, fields: &mut $crate::fields::Fields) -> Result<(), $crate::FieldError> {
                $(fields.text(stringify!($field), self.$field.as_deref(), $max)?;)+
                Ok(())
            }
        }

        /// Personal data is not printed.
        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($Name), "(…)"))
            }
        }
    };
}

pub(crate) use optional_texts;

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_date_has_seconds_and_an_offset() {
        for (time, text) in [
            (
                datetime!(2019-05-05 08:44:07.123 +3),
                "2019-05-05T08:44:07+03:00",
            ),
            (
                datetime!(2019-05-05 08:44:07 UTC),
                "2019-05-05T08:44:07+00:00",
            ),
            (
                datetime!(2019-05-05 08:44:07 -3:30),
                "2019-05-05T08:44:07-03:30",
            ),
        ] {
            assert_eq!(to_date_text(time), text);
        }
    }

    #[test]
    fn an_address_is_https() {
        for url in [
            "https://shop.example/cb?a=1&b=2",
            "https://shop.example:8443/",
        ] {
            assert_eq!(check_url("success_url", url), Ok(()), "{url}");
        }
        for url in [
            "",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            " javascript:alert(1)",
            "http://shop.example/",
            "http://127.0.0.1/",
            "HTTPS:shop.example",
            "https:/shop.example",
            " https://shop.example/",
            "https://user@shop.example/",
            "https://",
            "//shop.example/",
            "data:text/html,a",
        ] {
            assert!(check_url("success_url", url).is_err(), "{url}");
        }
        let long = format!("https://shop.example/{}", "a".repeat(240));
        assert!(check_url("success_url", &long).is_err());
    }

    #[test]
    fn what_would_be_ambiguous_when_signed_is_refused() {
        let problem = |text| check_text("cf1", text, 5).err().map(|error| error.problem);
        assert_eq!(problem("a b "), None);
        assert_eq!(problem("a|b"), Some(FieldProblem::Separator));
        assert_eq!(problem("a\nb"), Some(FieldProblem::Control));
        assert_eq!(
            problem("тур 12"),
            Some(FieldProblem::Length { min: 0, max: 5 })
        );
    }

    #[test]
    fn what_is_sent_is_what_is_signed() {
        let key = SecretKey::parse("secret_key").unwrap();
        let mut fields = Fields::default();
        fields.number("opcode", 3);
        fields.number("merchant_site", 555);
        fields.amount(&Amount::parse("7.00", "RUB").unwrap());
        fields.text("cf1", Some("\"\u{e9}"), 256).unwrap();
        fields.text("cf2", Some(""), 256).unwrap();
        fields.json("industry_data", r#"{"type":"avia"}"#.to_owned(), false);
        let sign = key.sign([
            ("opcode", "3"),
            ("merchant_site", "555"),
            ("amount", "7.00"),
            ("currency", "643"),
            ("cf1", "\"\u{e9}"),
        ]);
        let json = String::from_utf8(fields.to_json(&key).to_vec()).unwrap();
        let expected = format!(
            r#"{{"amount":"7.00","cf1":"\"é","currency":643,"industry_data":{{"type":"avia"}},"merchant_site":555,"opcode":3,"sign":"{sign}"}}"#
        );
        assert_eq!(json, expected);
        let pairs = fields.into_pairs(&key);
        assert_eq!(pairs.last(), Some(&("sign", sign)));
        assert_eq!(pairs.first(), Some(&("amount", "7.00".to_owned())));
    }
}
