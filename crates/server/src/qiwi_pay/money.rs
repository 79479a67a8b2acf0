use std::borrow::Cow;
use std::fmt;

use pantoken_qiwi_pay::{Amount, AmountError, Currency};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::fields::{Fields, any_text};
use crate::http::problem::Problem;

/// A sum as requests and responses write it: a text with exactly two decimals, and a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"value": "10.00", "currency": "RUB"}))]
#[schema(as = QiwiPayAmount)]
pub(crate) struct Money {
    #[schema(pattern = r"^(0|[1-9][0-9]{0,14})\.[0-9]{2}$", example = "10.00")]
    value: String,
    #[schema(pattern = "^[A-Z]{3}$", example = "RUB")]
    currency: String,
}

/// The schema of [`Money`] in a request, where other fields are refused.
#[derive(Clone, Copy)]
pub(crate) struct NewAmount;

impl ToSchema for NewAmount {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("NewQiwiPayAmount")
    }
}

impl PartialSchema for NewAmount {
    fn schema() -> RefOr<Schema> {
        let mut schema = Money::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
        schema
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.currency)
    }
}

impl Money {
    /// Takes the field `amount` of a body.
    pub(crate) fn take(fields: &mut Fields) -> Result<Self, Problem> {
        Self::read(fields.required_object("amount")?)
    }

    /// Takes the field `amount` of a body, which may be left out.
    pub(crate) fn take_optional(fields: &mut Fields) -> Result<Option<Self>, Problem> {
        let parts = fields.optional_object("amount")?;
        parts.map(Self::read).transpose()
    }

    fn read(mut parts: Fields) -> Result<Self, Problem> {
        let value = parts.required_as("value", "amount.value", any_text)?;
        let currency = parts.required_as("currency", "amount.currency", any_text)?;
        parts.finish()?;
        match Amount::parse(&value, &currency) {
            Ok(_) => Ok(Self { value, currency }),
            Err(error @ AmountError::Currency) => {
                Err(Problem::invalid("amount.currency", error.to_string()))
            }
            Err(error) => Err(Problem::invalid("amount.value", error.to_string())),
        }
    }

    /// Returns the sum of a notification. A currency that is not in ISO 4217 keeps its number, and what has no whole
    /// hundredths is left out.
    pub(crate) fn of(value: Decimal, currency: Currency) -> Self {
        let code = currency.code().map(str::to_owned);
        let currency = code.unwrap_or_else(|| currency.to_string());
        let sum = hundredths(value).unwrap_or_default();
        let value = String::new();
        Self { value, currency }.with_hundredths(sum)
    }

    /// Returns this many hundredths in the same currency.
    pub(crate) fn with_hundredths(&self, hundredths: i64) -> Self {
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        Self {
            value: format!("{whole}.{rest:02}"),
            currency: self.currency.clone(),
        }
    }

    pub(crate) fn hundredths(&self) -> i64 {
        let amount = self.to_amount();
        amount
            .and_then(|amount| hundredths(amount.value()))
            .unwrap_or_default()
    }

    pub(crate) fn currency(&self) -> &str {
        &self.currency
    }

    pub(crate) fn to_amount(&self) -> Option<Amount> {
        Amount::parse(&self.value, &self.currency).ok()
    }
}

/// Returns the hundredths of a sum, unless that would round it.
pub(super) fn hundredths(value: Decimal) -> Option<i64> {
    let exact = value.normalize();
    let hundredths = exact.checked_mul(Decimal::ONE_HUNDRED)?;
    (exact.scale() <= 2).then(|| i64::try_from(hundredths).ok())?
}
