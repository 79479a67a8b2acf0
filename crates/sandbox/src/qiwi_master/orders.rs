use pantoken_qiwi_master::CardType;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::cards;
use super::money::number;
use super::refusal::Refusal;
use super::state::{Order, OrderState};
use super::wallet::SharedWallet;

/// The number of cards that are free with the package.
const FREE_CARDS: usize = 5;

/// Creates an order.
pub(super) fn create(wallet: &SharedWallet, card_type: Option<&str>) -> Result<Value, Refusal> {
    let card_type = match card_type.map(CardType::parse) {
        Some(card_type @ (CardType::Prepaid | CardType::Debit)) => card_type,
        _ => return Err(Refusal::Invalid("Unknown cardAlias")),
    };
    let mut state = wallet.state()?;
    if !state.has_package {
        return Err(Refusal::Forbidden("The package is not bought"));
    }
    let id = wallet.uuid()?;
    let order = Order {
        card_type,
        state: OrderState::Draft,
    };
    let answer = to_json(&order, &id);
    state.orders.insert(id, order);
    Ok(answer)
}

/// Confirms an order. Confirmed again, it is as it was.
pub(super) fn submit(wallet: &SharedWallet, id: &str) -> Result<Value, Refusal> {
    let mut state = wallet.state()?;
    let mut order = state.orders.get(id).ok_or(Refusal::NotFound)?.clone();
    if order.state == OrderState::Draft {
        order.state = if state.cards.len() < FREE_CARDS {
            let (random, now) = (wallet.random(), wallet.now());
            let card = cards::issue(&mut state, random, now, &order.card_type);
            let card = card.map_err(|_| Refusal::Internal)?;
            OrderState::Completed(card)
        } else {
            OrderState::PaymentRequired(price(&order.card_type))
        };
        state.orders.insert(id.to_owned(), order.clone());
        state.note("order", id);
    }
    Ok(to_json(&order, id))
}

fn price(card_type: &CardType) -> Decimal {
    match card_type {
        CardType::Debit => Decimal::new(19_900, 2),
        _ => Decimal::new(9_900, 2),
    }
}

fn to_json(order: &Order, id: &str) -> Value {
    let amount = |price: &Decimal| json!({"amount": number(price), "currency": 643});
    let (status, price, card) = match &order.state {
        OrderState::Draft => ("DRAFT", Value::Null, None),
        OrderState::PaymentRequired(price) | OrderState::Paying(price) => {
            ("PAYMENT_REQUIRED", amount(price), None)
        }
        OrderState::Completed(card) => ("COMPLETED", amount(&Decimal::ZERO), Some(card)),
    };
    json!({
        "id": id,
        "cardAlias": order.card_type,
        "status": status,
        "price": price,
        "cardId": card.map(u64::to_string),
    })
}
