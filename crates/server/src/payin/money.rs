use std::fmt;

use pantoken_payin::Amount;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::fields::Fields;
use crate::http::problem::Problem;

/// A sum as requests and responses write it: a text with exactly two decimals, and a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"value": "10.00", "currency": "RUB"}))]
#[schema(as = Amount)]
pub(crate) struct Money {
    #[schema(pattern = r"^(0|[1-9][0-9]{0,5})\.[0-9]{2}$", example = "10.00")]
    value: String,
    #[schema(pattern = "^[A-Z]{3}$", example = "RUB")]
    currency: String,
}

/// The schema of [`Money`] in a request, where other fields are refused.
#[derive(Clone, Copy)]
pub(crate) struct NewAmount;

impl ToSchema for NewAmount {}

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
    /// Takes the field `amount` of a body, whose value must be 0.01 to 999999.99.
    pub(crate) fn take(fields: &mut Fields) -> Result<Self, Problem> {
        let mut parts = fields.required_object("amount")?;
        let text = |text: &str| Ok::<_, std::convert::Infallible>(text.to_owned());
        let value = parts.required_as("value", "amount.value", text)?;
        let currency = parts.required_as("currency", "amount.currency", text)?;
        parts.finish()?;
        match Amount::parse(&value, &currency) {
            Ok(_) => Ok(Self { value, currency }),
            Err(error @ pantoken_payin::AmountError::Currency) => {
                Err(Problem::invalid("amount.currency", error.to_string()))
            }
            Err(error) => Err(Problem::invalid("amount.value", error.to_string())),
        }
    }

    /// Returns this many hundredths in the same currency.
    pub(crate) fn with_hundredths(&self, hundredths: i64) -> Self {
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        Self {
            value: format!("{whole}.{rest:02}"),
            currency: self.currency.clone(),
        }
    }

    pub(crate) fn hundredths(&self) -> Option<i64> {
        self.to_amount()?.minor_units()
    }

    pub(crate) fn to_amount(&self) -> Option<Amount> {
        Amount::parse(&self.value, &self.currency).ok()
    }

    /// Returns the hundredths of the provider's amount, if it is in this currency.
    pub(crate) fn hundredths_of(&self, amount: &Amount) -> Option<i64> {
        let is_same = amount.currency().as_str() == self.currency;
        is_same.then(|| amount.minor_units()).flatten()
    }
}
