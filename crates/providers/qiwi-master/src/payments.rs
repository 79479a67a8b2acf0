use pantoken_core::contains_card_number;
use pantoken_core::json::{Object, ReadObject, Unreadable};
use serde::Serialize;

use crate::roubles::ROUBLE;
use crate::{NextStep, Order, OrderId, PaymentId, Roubles, Wallet};

/// Buys the package that cards are issued under. Build it with [`PackagePurchase::new`].
#[derive(Clone, Debug)]
pub struct PackagePurchase {
    pub(crate) id: PaymentId,
    pub(crate) sum: Roubles,
    pub(crate) comment: Option<Comment>,
}

/// Pays for an ordered card. Build it with [`CardPayment::of`].
#[derive(Clone, Debug)]
pub struct CardPayment {
    pub(crate) id: PaymentId,
    pub(crate) sum: Roubles,
    pub(crate) order: OrderId,
    pub(crate) comment: Option<Comment>,
}

/// A comment on a payment, which the wallet's history shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comment(String);

/// The reason why a text cannot be a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a comment must be 1 to 255 characters, without control characters or card numbers")]
pub struct CommentError;

impl Comment {
    /// Reads a comment.
    ///
    /// # Errors
    /// Returns [`CommentError`] if the text is not 1 to 255 characters, or contains a control character or a card
    /// number.
    pub fn parse(text: &str) -> Result<Self, CommentError> {
        let has_length = (1..=255).contains(&text.chars().count());
        if !has_length || text.contains(char::is_control) || contains_card_number(text) {
            return Err(CommentError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl PackagePurchase {
    /// Buys the package at this price. Store the id before you send the purchase.
    #[must_use]
    pub fn new(id: PaymentId, price: Roubles) -> Self {
        Self {
            id,
            sum: price,
            comment: None,
        }
    }

    /// Adds a comment.
    #[must_use]
    pub fn with_comment(self, comment: Comment) -> Self {
        let comment = Some(comment);
        Self { comment, ..self }
    }
}

impl CardPayment {
    /// Pays what the order asks for, or returns `None` if it asks for no payment. Store the id before you send the
    /// payment.
    #[must_use]
    pub fn of(order: &Order, id: PaymentId) -> Option<Self> {
        let NextStep::Pay(sum) = order.next_step() else {
            return None;
        };
        Some(Self {
            id,
            sum,
            order: order.id.clone(),
            comment: None,
        })
    }

    /// Adds a comment.
    #[must_use]
    pub fn with_comment(self, comment: Comment) -> Self {
        let comment = Some(comment);
        Self { comment, ..self }
    }
}

/// A payment as the provider takes it. All its fields are texts: a number in `account` is refused.
#[cfg_attr(not(feature = "client"), allow(dead_code))]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WirePayment<'a> {
    id: PaymentId,
    sum: WireSum,
    payment_method: WireMethod,
    fields: WireFields<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a Comment>,
}

#[derive(Serialize)]
struct WireSum {
    amount: Roubles,
    currency: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireMethod {
    r#type: &'static str,
    account_id: &'static str,
}

#[derive(Serialize)]
struct WireFields<'a> {
    account: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vas_alias: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a OrderId>,
}

#[cfg_attr(not(feature = "client"), allow(dead_code))]
impl<'a> WirePayment<'a> {
    pub(crate) fn package(purchase: &'a PackagePurchase, wallet: &'a Wallet) -> Self {
        let fields = WireFields {
            account: wallet.as_str(),
            vas_alias: Some("qvc-master"),
            order_id: None,
        };
        Self::new(purchase.id, purchase.sum, fields, purchase.comment.as_ref())
    }

    pub(crate) fn card(payment: &'a CardPayment, wallet: &'a Wallet) -> Self {
        let fields = WireFields {
            account: wallet.as_str(),
            vas_alias: None,
            order_id: Some(&payment.order),
        };
        Self::new(payment.id, payment.sum, fields, payment.comment.as_ref())
    }

    fn new(
        id: PaymentId,
        amount: Roubles,
        fields: WireFields<'a>,
        comment: Option<&'a Comment>,
    ) -> Self {
        Self {
            id,
            sum: WireSum {
                amount,
                currency: ROUBLE,
            },
            payment_method: WireMethod {
                r#type: "Account",
                account_id: ROUBLE,
            },
            fields,
            comment,
        }
    }
}

/// The provider has accepted a payment **for processing**. Whether it succeeds, the transaction says later.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentInfo {
    /// The transaction with which to ask for the outcome.
    pub transaction_id: String,
    /// The provider's word, `Accepted`.
    pub state: Option<String>,
}

impl ReadObject for PaymentInfo {
    fn read_object(object: &Object<'_>, _raw: &[u8]) -> Result<Self, Unreadable> {
        let transaction = object.object("transaction");
        let transaction = transaction.ok_or(Unreadable::Field("transaction"))?;
        let state = transaction.object("state");
        Ok(Self {
            transaction_id: transaction.require("id")?,
            state: state.and_then(|state| state.read("code")),
        })
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn a_payment_names_the_order_and_its_price() {
        let order = Order::read(
            br#"{"id":"b-2","status":"PAYMENT_REQUIRED","price":{"amount":99,"currency":643}}"#,
        );
        let payment = CardPayment::of(&order.unwrap(), PaymentId::new(1_700_000_000_000)).unwrap();
        let payment = payment.with_comment(Comment::parse("Карта").unwrap());
        let wallet = Wallet::parse("79991234567").unwrap();
        assert_eq!(
            serde_json::to_string(&WirePayment::card(&payment, &wallet)).unwrap(),
            r#"{"id":"1700000000000","sum":{"amount":99.00,"currency":"643"},"paymentMethod":{"type":"Account","accountId":"643"},"fields":{"account":"79991234567","order_id":"b-2"},"comment":"Карта"}"#
        );
    }

    #[test]
    fn a_package_is_bought_for_the_wallet() {
        let price = Roubles::new(Decimal::from(2999)).unwrap();
        let purchase = PackagePurchase::new(PaymentId::new(7), price);
        let wallet = Wallet::parse("79991234567").unwrap();
        assert_eq!(
            serde_json::to_string(&WirePayment::package(&purchase, &wallet)).unwrap(),
            r#"{"id":"7","sum":{"amount":2999.00,"currency":"643"},"paymentMethod":{"type":"Account","accountId":"643"},"fields":{"account":"79991234567","vas_alias":"qvc-master"}}"#
        );
    }

    #[test]
    fn a_free_order_is_not_paid() {
        for status in ["DRAFT", "COMPLETED", "PAYMENT_REQUIRED", "NEW_X"] {
            let order = Order::read(format!(r#"{{"id":"a","status":"{status}"}}"#).as_bytes());
            assert!(
                CardPayment::of(&order.unwrap(), PaymentId::new(1)).is_none(),
                "{status}"
            );
        }
    }
}
