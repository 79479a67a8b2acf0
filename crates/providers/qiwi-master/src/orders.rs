use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::open_enum;

use crate::{CardId, CardType, OrderId, Roubles};

open_enum! {
    /// The status of an order.
    pub enum OrderStatus {
        /// It was created and has to be confirmed.
        Draft = "DRAFT",
        /// The card was free and is issued.
        Completed = "COMPLETED",
        /// The card costs what the order's price says, and is issued when that is paid.
        PaymentRequired = "PAYMENT_REQUIRED",
    }
}

/// The order of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// The id of the order.
    pub id: OrderId,
    /// What is ordered.
    pub card_type: Option<CardType>,
    /// What has to happen next: see [`Order::next_step`].
    pub status: OrderStatus,
    /// What the card costs, if it is not free. Prices change: never assume one.
    pub price: Option<Roubles>,
    /// The card, once it is issued. Only free cards are named here.
    pub card_id: Option<CardId>,
}

/// What has to happen with an order next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStep {
    /// Confirm it.
    Submit,
    /// Pay this price, and no other.
    Pay(Roubles),
    /// Nothing: the card is issued.
    Issued(Option<CardId>),
    /// This version does not know the status. Look into the wallet before you do anything.
    Unknown(OrderStatus),
}

impl Order {
    /// Reads an order.
    ///
    /// # Errors
    /// Returns [`Unreadable`] if the bytes are not such an object.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        Self::read_object(&Object::parse(body)?, body)
    }

    /// Returns what has to happen next. An order that asks for a payment without naming a price is not paid.
    #[must_use]
    pub fn next_step(&self) -> NextStep {
        match (&self.status, self.price) {
            (OrderStatus::Draft, _) => NextStep::Submit,
            (OrderStatus::Completed, _) => NextStep::Issued(self.card_id.clone()),
            (OrderStatus::PaymentRequired, Some(price)) => NextStep::Pay(price),
            (status, _) => NextStep::Unknown(status.clone()),
        }
    }
}

impl ReadObject for Order {
    fn read_object(object: &Object<'_>, _raw: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.require("id")?,
            card_type: object.read("cardAlias"),
            status: object.require("status")?,
            price: object.read("price"),
            card_id: object.read("cardId"),
        })
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn order(rest: &str) -> Order {
        Order::read(format!(r#"{{"id":"a-1","cardAlias":"qvc-cpa",{rest}}}"#).as_bytes()).unwrap()
    }

    #[test]
    fn only_an_order_with_a_price_is_paid() {
        let draft = order(r#""status":"DRAFT","price":null,"cardId":null"#);
        assert_eq!(draft.next_step(), NextStep::Submit);
        let free = order(r#""status":"COMPLETED","price":{"amount":0,"currency":643},"cardId":77"#);
        let card = CardId::parse("77").unwrap();
        assert_eq!(free.next_step(), NextStep::Issued(Some(card)));
        let paid = order(r#""status":"PAYMENT_REQUIRED","price":{"amount":99.0,"currency":643}"#);
        let price = Roubles::new(Decimal::from(99)).unwrap();
        assert_eq!(paid.next_step(), NextStep::Pay(price));
        let without = order(r#""status":"PAYMENT_REQUIRED""#);
        let unknown = NextStep::Unknown(OrderStatus::PaymentRequired);
        assert_eq!(without.next_step(), unknown);
        let new = order(r#""status":"ON_HOLD""#);
        let unknown = NextStep::Unknown(OrderStatus::Other("ON_HOLD".to_owned()));
        assert_eq!(new.next_step(), unknown);
    }
}
