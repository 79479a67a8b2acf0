//! The fields of a request, as text.

use std::collections::BTreeMap;

use serde_json::Value;

use super::refusal::Refusal;

/// The fields of a request. Objects in it are left out, because it is not published how they are signed.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads a JSON object of texts and numbers.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let json: Value = serde_json::from_slice(bytes).map_err(|_| Refusal::Code(8018))?;
        Self::of(&json)
    }

    pub(super) fn of(json: &Value) -> Result<Self, Refusal> {
        let members = json.as_object().ok_or(Refusal::Code(8018))?;
        let mut fields = BTreeMap::new();
        for (name, value) in members {
            match value {
                Value::String(text) => fields.insert(name.clone(), text.clone()),
                Value::Number(number) => fields.insert(name.clone(), number.to_string()),
                Value::Bool(flag) => fields.insert(name.clone(), flag.to_string()),
                Value::Null | Value::Object(_) => None,
                Value::Array(_) => return Err(Refusal::Code(8018)),
            };
        }
        Ok(Self(fields))
    }

    /// Returns a field that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name).map(String::as_str);
        text.filter(|text| !text.is_empty())
    }

    /// Returns an integer. A text that is none cannot be parsed (8018).
    pub(super) fn integer(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.0.get(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| Refusal::Code(8018))
    }

    /// Returns an amount in hundredths. `12`, `12.5` and `12.50` are amounts.
    pub(super) fn amount(&self) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get("amount") else {
            return Ok(None);
        };
        let wrong = || Refusal::Fields(vec![("amount", "[amount] is invalid")]);
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "00"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || whole.len() > 12 || fraction.len() > 2 {
            return Err(wrong());
        }
        let minor_units = format!("{whole}{fraction:0<2}").parse().ok();
        minor_units.filter(|it| *it > 0).map(Some).ok_or_else(wrong)
    }

    /// Removes what is not kept.
    pub(super) fn without_secrets(mut self) -> Self {
        for secret in ["pan", "expiry", "cvv2", "card_token", "sign"] {
            self.0.remove(secret);
        }
        self
    }

    /// Returns the names and values, for the signature.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
