//! The fields of a request, as text.

use std::collections::BTreeMap;

use pantoken_core::Origin;
use serde_json::Value;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::refusal::{FieldFault, Refusal};

/// The longest texts of the provider, in characters.
const LIMITS: [(&str, usize); 27] = [
    ("amount", 20),
    ("order_id", 256),
    ("email", 64),
    ("country", 3),
    ("city", 64),
    ("region", 6),
    ("address", 64),
    ("phone", 15),
    ("cf1", 256),
    ("cf2", 256),
    ("cf3", 256),
    ("cf4", 256),
    ("cf5", 256),
    ("product_name", 25),
    ("merchant_cheque", 4096),
    ("merchant_uid", 64),
    ("card_token", 40),
    ("card_name", 64),
    ("callback_url", 256),
    ("success_url", 256),
    ("decline_url", 256),
    ("modifiers", 64),
    ("user_device_id", 64),
    ("user_screen_res", 64),
    ("user_agent", 256),
    ("ip", 15),
    ("sign", 64),
];

/// The object with the data of airline tickets.
pub(super) const INDUSTRY_DATA: &str = "industry_data";

/// The fields of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    /// Texts and numbers, as they were written.
    texts: BTreeMap<String, String>,
    /// Objects, as they were written.
    objects: BTreeMap<String, String>,
}

impl Fields {
    /// Reads a JSON object of texts, numbers and objects. A number stays as it is written, because that is signed.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let wrong = || Refusal::Code(8018);
        let members: BTreeMap<String, &RawValue> =
            serde_json::from_slice(bytes).map_err(|_| wrong())?;
        let mut fields = Self::default();
        for (name, json) in members {
            let json = json.get();
            match json.as_bytes().first() {
                Some(b'"') => {
                    let text = serde_json::from_str(json).map_err(|_| wrong())?;
                    fields.texts.insert(name, text);
                }
                Some(b'{') => {
                    fields.objects.insert(name, json.to_owned());
                }
                Some(b'[') => return Err(wrong()),
                _ if json == "null" => {}
                _ => {
                    fields.texts.insert(name, json.to_owned());
                }
            }
        }
        Ok(fields)
    }

    pub(super) fn of(json: &Value) -> Result<Self, Refusal> {
        Self::read(json.to_string().as_bytes())
    }

    /// Takes the fields of a form.
    pub(super) fn of_form(texts: BTreeMap<String, String>) -> Self {
        Self {
            texts,
            ..Self::default()
        }
    }

    /// Returns the JSON of an object.
    pub(super) fn object(&self, name: &str) -> Option<&str> {
        self.objects.get(name).map(String::as_str)
    }

    /// Returns a field that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let text = self.texts.get(name).map(String::as_str);
        text.filter(|text| !text.is_empty())
    }

    /// Returns an integer. A text that is none cannot be parsed (8018).
    pub(super) fn integer(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.texts.get(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| Refusal::Code(8018))
    }

    /// Returns the transaction that a request is about.
    pub(super) fn parent_id(&self) -> Result<u64, Refusal> {
        let id = self.integer("txn_id")?;
        id.ok_or_else(|| Refusal::field("txn_id", "[txn_id] is required"))
    }

    /// Returns an amount in hundredths. `12`, `12.5` and `12.50` are amounts.
    pub(super) fn amount(&self) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get("amount") else {
            return Ok(None);
        };
        let wrong = || Refusal::field("amount", "[amount] is invalid");
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "00"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || whole.len() > 12 || fraction.len() > 2 {
            return Err(wrong());
        }
        let minor_units = format!("{whole}{fraction:0<2}").parse().ok();
        minor_units.filter(|it| *it > 0).map(Some).ok_or_else(wrong)
    }

    /// Returns the fields that are missing, too long or malformed.
    pub(super) fn faults(&self, required: &[&'static str]) -> Vec<FieldFault> {
        let missing = required.iter().filter(|name| self.get(name).is_none());
        let missing = missing.map(|name| (*name, format!("[{name}] is required").into()));
        let too_long = LIMITS.iter().filter_map(|(name, limit)| {
            let length = self.get(name)?.chars().count();
            let text = || format!("length of [{name}] cannot be more than {limit}");
            (length > *limit).then(|| (*name, text().into()))
        });
        let mut faults: Vec<_> = missing.chain(too_long).collect();
        for name in ["callback_url", "success_url", "decline_url"] {
            // An address such as javascript:… would run in the form's page.
            if self
                .get(name)
                .is_some_and(|url| Origin::split(url).is_err())
            {
                faults.push((name, format!("[{name}] is invalid").into()));
            }
        }
        if let Err(Refusal::Fields(fault)) = self.amount() {
            faults.extend(fault);
        }
        faults.extend(self.industry_fault());
        if let Err(Refusal::Fields(fault)) = self.expires_at() {
            faults.extend(fault);
        }
        faults
    }

    /// Returns what is wrong with the data of airline tickets, which has tickets if it is there.
    fn industry_fault(&self) -> Option<FieldFault> {
        let json: Value = serde_json::from_str(self.object(INDUSTRY_DATA)?).ok()?;
        let tickets = json["tickets"].as_array();
        let has_tickets = tickets.is_some_and(|tickets| !tickets.is_empty());
        let is_right = json["type"] == "avia" && has_tickets;
        (!is_right).then(|| (INDUSTRY_DATA, "[industry_data] is invalid".into()))
    }

    /// Returns when the order can no longer be paid, in milliseconds since the Unix epoch.
    pub(super) fn expires_at(&self) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get("order_expire") else {
            return Ok(None);
        };
        // The provider documents neither fractions of seconds nor `Z`.
        let time = OffsetDateTime::parse(text, &Rfc3339).ok();
        let time = time.filter(|_| text.len() == "2026-01-31T12:00:00+03:00".len());
        let wrong = || Refusal::field("order_expire", "[order_expire] is invalid");
        let time = time.ok_or_else(wrong)?;
        Ok(Some(time.unix_timestamp() * 1_000))
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.texts.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Removes what is not kept.
    pub(super) fn without_secrets(mut self) -> Self {
        for secret in ["pan", "expiry", "cvv2", "card_token", "pares", "sign"] {
            self.texts.remove(secret);
        }
        self
    }

    /// Returns the names and values, for the signature.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.texts.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
