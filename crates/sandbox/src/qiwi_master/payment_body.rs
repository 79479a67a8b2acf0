use pantoken_core::json::decimal;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The body of a payment. All its fields are texts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PaymentBody {
    pub(super) id: String,
    #[serde(deserialize_with = "sum")]
    pub(super) sum: Decimal,
    pub(super) payment_method: Method,
    pub(super) fields: Fields,
    pub(super) comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Method {
    pub(super) r#type: String,
    pub(super) account_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Fields {
    pub(super) account: String,
    pub(super) vas_alias: Option<String>,
    pub(super) order_id: Option<String>,
}

/// Reads the amount of a sum in roubles without loss.
fn sum<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    #[derive(Deserialize)]
    struct Sum<'a> {
        #[serde(borrow)]
        amount: &'a RawValue,
        currency: String,
    }
    let sum = Sum::deserialize(deserializer)?;
    let amount = decimal(sum.amount.get()).filter(|_| sum.currency == "643");
    amount.ok_or_else(|| serde::de::Error::custom("the sum must be a number of roubles"))
}
