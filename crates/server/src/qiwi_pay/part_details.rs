//! What a capture, a reversal or a refund may carry beside its amount: a receipt, data of airline tickets, and the
//! wallet or the parts of a safe deal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::QiwiPayOptions;
use super::industry_data::IndustryData;
use super::money::Money;
use super::receipt::ReceiptData;
use crate::http::fields::{Fields, any_text};
use crate::http::problem::Problem;

/// A capture of the whole sum: an empty object, unless the provider needs to know more.
#[derive(ToSchema)]
#[schema(as = NewQiwiPayCapture, rename_all = "camelCase")]
#[schema(example = json!({"receipt": {"sellerId": "3123011520", "chequeType": 1,
    "customerContact": "buyer@shop.example", "taxSystem": 1, "positions": [{"quantity": "1", "price": "10.00", "tax": 6,
    "description": "Ticket", "paymentMethod": 4, "paymentSubject": 4}]}}))]
#[expect(dead_code, reason = "describes the body, which is read field by field")]
pub(crate) struct NewCapture {
    /// The receipt. Its total is what is captured.
    receipt: Option<ReceiptData>,
    /// Data of airline tickets that was not known before. It needs `PANTOKEN_QIWI_PAY_INDUSTRY_DATA`.
    industry_data: Option<IndustryData>,
    /// The wallet of a safe deal, as in the payment.
    #[schema(max_length = 256)]
    cf1: Option<String>,
}

/// A reversal or a refund of the payment, or of a part of it.
#[derive(ToSchema)]
#[schema(as = NewQiwiPayReturn)]
#[schema(example = json!({"amount": {"value": "4.00", "currency": "RUB"}, "cf2": "3.00;1.00",
    "receipt": {"sellerId": "3123011520", "chequeType": 2, "customerContact": "buyer@shop.example", "taxSystem": 1,
    "positions": [{"quantity": "1", "price": "4.00", "tax": 6, "description": "Ticket", "paymentMethod": 4,
    "paymentSubject": 4}]}}))]
#[expect(dead_code, reason = "describes the body, which is read field by field")]
pub(crate) struct NewReturn {
    /// Without it, all that is left.
    #[schema(value_type = Option<super::money::NewAmount>)]
    amount: Option<Money>,
    /// The receipt of the return. Its total is what is given back. Ask the provider whether your site may send it.
    receipt: Option<ReceiptData>,
    /// The parts of what is given back of a safe deal: the receiver's and the marketplace's.
    #[schema(pattern = r"^(0|[1-9][0-9]*)\.[0-9]{2}; ?(0|[1-9][0-9]*)\.[0-9]{2}$")]
    cf2: Option<String>,
    /// The same as `cf2`, for sites whose parts are in `cf3`.
    #[schema(pattern = r"^(0|[1-9][0-9]*)\.[0-9]{2}; ?(0|[1-9][0-9]*)\.[0-9]{2}$")]
    cf3: Option<String>,
}

/// What is kept of it until the provider has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PartDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<ReceiptData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) industry_data: Option<IndustryData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cf1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cf2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cf3: Option<String>,
}

impl PartDetails {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes what a capture may carry.
    pub(super) fn of_capture(
        mut fields: Fields,
        options: &QiwiPayOptions,
    ) -> Result<Self, Problem> {
        let details = Self {
            receipt: ReceiptData::take(&mut fields)?,
            industry_data: IndustryData::take(&mut fields, options.industry_data)?,
            cf1: fields.optional("cf1", any_text)?,
            ..Self::default()
        };
        fields.finish()?;
        Ok(details)
    }

    /// Takes what a reversal or a refund may carry.
    pub(super) fn of_return(fields: &mut Fields) -> Result<Self, Problem> {
        let details = Self {
            receipt: ReceiptData::take(fields)?,
            cf2: fields.optional("cf2", any_text)?,
            cf3: fields.optional("cf3", any_text)?,
            ..Self::default()
        };
        if details.cf2.is_some() && details.cf3.is_some() {
            let rule = "must not be there beside cf2: a safe deal has its parts in one of them";
            return Err(Problem::invalid("cf3", rule));
        }
        Ok(details)
    }
}
