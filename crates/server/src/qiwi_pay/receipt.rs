//! Reads fiscal receipts of requests.

use std::fmt;

use pantoken_qiwi_pay::{
    ChequeType, PaymentMethod, PaymentSubject, Position, Receipt, ReceiptError, Tax, TaxSystem,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::fields::{Fields, any_text};
use crate::http::problem::Problem;

/// A fiscal receipt (54-FZ). Its numbers are those of the provider's document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = QiwiPayReceipt)]
#[schema(example = json!({"sellerId": "3123011520", "chequeType": 1, "customerContact": "buyer@shop.example",
    "taxSystem": 1, "positions": [{"quantity": "1", "price": "10.00", "tax": 6, "description": "Ticket",
    "paymentMethod": 4, "paymentSubject": 4}]}))]
pub(crate) struct ReceiptData {
    /// The seller's taxpayer number.
    #[schema(pattern = "^([0-9]{10}|[0-9]{12})$")]
    seller_id: String,
    /// 1 income, 2 its return, 3 expense, 4 its return.
    #[schema(minimum = 1, maximum = 4)]
    cheque_type: u32,
    /// The buyer's phone number or e-mail.
    #[schema(min_length = 1, max_length = 64)]
    customer_contact: String,
    #[schema(maximum = 5)]
    tax_system: u32,
    #[schema(min_items = 1)]
    positions: Vec<PositionData>,
}

/// Personal data is not printed.
impl fmt::Debug for ReceiptData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptData(…)")
    }
}

/// A position of a receipt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = QiwiPayReceiptPosition)]
#[schema(example = json!({"quantity": "1", "price": "10.00", "tax": 6, "description": "Ticket",
    "paymentMethod": 4, "paymentSubject": 4}))]
pub(crate) struct PositionData {
    /// A decimal, as a text.
    quantity: String,
    /// The price of one, as a text.
    price: String,
    #[schema(minimum = 1, maximum = 7)]
    tax: u32,
    #[schema(min_length = 1, max_length = 128)]
    description: String,
    #[schema(minimum = 1, maximum = 7)]
    payment_method: u32,
    #[schema(minimum = 1, maximum = 13)]
    payment_subject: u32,
}

impl ReceiptData {
    /// Takes the field `receipt`.
    pub(super) fn take(fields: &mut Fields) -> Result<Option<Self>, Problem> {
        let Some(mut fields) = fields.optional_object("receipt")? else {
            return Ok(None);
        };
        let receipt = Self {
            seller_id: fields.required_as("sellerId", "receipt.sellerId", any_text)?,
            cheque_type: fields.required_integer("chequeType", "receipt.chequeType")?,
            customer_contact: fields.required_as(
                "customerContact",
                "receipt.customerContact",
                any_text,
            )?,
            tax_system: fields.required_integer("taxSystem", "receipt.taxSystem")?,
            positions: fields
                .required_objects("positions", "receipt.positions")?
                .into_iter()
                .map(PositionData::read)
                .collect::<Result<_, _>>()?,
        };
        fields.finish()?;
        receipt.to_receipt().map_err(problem)?;
        Ok(Some(receipt))
    }

    pub(super) fn to_receipt(&self) -> Result<Receipt, ReceiptError> {
        let field = ReceiptError::Field;
        let positions = self.positions.iter().map(PositionData::to_position);
        Ok(Receipt {
            seller_id: self.seller_id.clone(),
            cheque_type: ChequeType::from_number(self.cheque_type).ok_or(field("cheque_type"))?,
            customer_contact: self.customer_contact.clone(),
            tax_system: TaxSystem::from_number(self.tax_system).ok_or(field("tax_system"))?,
            positions: positions.collect::<Result<_, _>>()?,
        })
    }
}

impl PositionData {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let position = Self {
            quantity: fields.required_as("quantity", "receipt.positions.quantity", any_text)?,
            price: fields.required_as("price", "receipt.positions.price", any_text)?,
            tax: fields.required_integer("tax", "receipt.positions.tax")?,
            description: fields.required_as(
                "description",
                "receipt.positions.description",
                any_text,
            )?,
            payment_method: fields
                .required_integer("paymentMethod", "receipt.positions.paymentMethod")?,
            payment_subject: fields
                .required_integer("paymentSubject", "receipt.positions.paymentSubject")?,
        };
        fields.finish()?;
        Ok(position)
    }

    fn to_position(&self) -> Result<Position, ReceiptError> {
        let field = ReceiptError::Field;
        let method = PaymentMethod::from_number(self.payment_method);
        let subject = PaymentSubject::from_number(self.payment_subject);
        Ok(Position {
            quantity: decimal(&self.quantity).ok_or(field("quantity"))?,
            price: decimal(&self.price).ok_or(field("price"))?,
            tax: Tax::from_number(self.tax).ok_or(field("tax"))?,
            description: self.description.clone(),
            payment_method: Some(method.ok_or(field("payment_method"))?),
            payment_subject: Some(subject.ok_or(field("payment_subject"))?),
        })
    }
}

/// Reads digits with or without a fraction.
fn decimal(text: &str) -> Option<Decimal> {
    let is_decimal = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let fits = text.len() <= 20 && text.bytes().all(is_decimal);
    fits.then(|| Decimal::from_str_exact(text).ok())?
}

/// Names the field of a receipt that is refused.
pub(super) fn problem(error: ReceiptError) -> Problem {
    let field = match error {
        ReceiptError::Field("seller_id") => "receipt.sellerId",
        ReceiptError::Field("cheque_type") => "receipt.chequeType",
        ReceiptError::Field("customer_contact") => "receipt.customerContact",
        ReceiptError::Field("tax_system") => "receipt.taxSystem",
        ReceiptError::Field("quantity") => "receipt.positions.quantity",
        ReceiptError::Field("price") => "receipt.positions.price",
        ReceiptError::Field("tax") => "receipt.positions.tax",
        ReceiptError::Field("description") => "receipt.positions.description",
        ReceiptError::Field("payment_method") => "receipt.positions.paymentMethod",
        ReceiptError::Field("payment_subject") => "receipt.positions.paymentSubject",
        ReceiptError::Field("positions") => "receipt.positions",
        _ => "receipt",
    };
    let rule = match error {
        ReceiptError::Field(_) => "is not what the provider documents".to_owned(),
        error => error.to_string(),
    };
    Problem::invalid(field, rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_is_not_printed() {
        let receipt = serde_json::json!({"sellerId": "3123011520", "chequeType": 1,
            "customerContact": "buyer@shop.example", "taxSystem": 1, "positions": []});
        let receipt: ReceiptData = serde_json::from_value(receipt).unwrap();
        assert_eq!(format!("{receipt:?}"), "ReceiptData(…)");
    }
}
