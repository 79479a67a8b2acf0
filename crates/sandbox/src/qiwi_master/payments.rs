use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::money::number;
use super::payment_body::PaymentBody;
use super::refusal::Refusal;
use super::state::{OrderState, Outcome, Payment, State};
use super::wallet::SharedWallet;

/// What the package costs, in roubles.
const PACKAGE_PRICE: Decimal = Decimal::from_parts(2_999, 0, 0, false, 0);
/// The number of the first transaction.
const FIRST_TRANSACTION: u64 = 21_000_000_001;
/// How long a payment waits for its outcome, in milliseconds.
const PROCESSING: i64 = 2_000;

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terms {
    Package,
    Card,
}

impl Terms {
    /// Reads the number of the terms in a path.
    pub(super) fn parse(number: &str) -> Option<Self> {
        match number {
            "28004" => Some(Self::Package),
            "32064" => Some(Self::Card),
            _ => None,
        }
    }
}

/// Accepts a payment for processing. The same payment again is the same; another one with its id is refused.
pub(super) fn pay(wallet: &SharedWallet, terms: Terms, body: &[u8]) -> Result<Value, Refusal> {
    let invalid = Refusal::Payment("QWPRC-4", "Json validation error");
    let body: PaymentBody = serde_json::from_slice(body).map_err(|_| invalid)?;
    let id = body.id.parse::<u64>().map_err(|_| invalid)?;
    let (kind, account) = (&body.payment_method.r#type, &body.payment_method.account_id);
    if kind != "Account" || account != "643" || body.id.len() > 20 {
        return Err(invalid);
    }
    if body.fields.account != wallet.settings().wallet.as_str() {
        return Err(Refusal::Payment("QWPRC-5", "Wrong account"));
    }
    let mut state = wallet.state()?;
    let mut known = state.payments.iter();
    if let Some((transaction, payment)) = known.find(|(_, payment)| payment.id == id) {
        return match payment.body == body {
            true => Ok(accepted(*transaction, &body)),
            false => Err(Refusal::Payment("QWPRC-1021", "The id was used before")),
        };
    }
    if state.payments.values().any(|known| id < known.id) {
        return Err(Refusal::Payment("QWPRC-1021", "The id must grow"));
    }
    check(&state, terms, &body)?;
    if let Some(order) = &body.fields.order_id {
        state.set_order(order, OrderState::Paying(body.sum));
    }
    state.note("payment", &body.id);
    let last = state.payments.last_key_value();
    let transaction = last.map_or(FIRST_TRANSACTION, |(last, _)| last + 1);
    let answer = accepted(transaction, &body);
    let payment = Payment {
        id,
        body,
        decided_at: wallet.now() + PROCESSING,
        outcome: Outcome::Waiting,
    };
    state.payments.insert(transaction, payment);
    Ok(answer)
}

/// Checks that what is paid for is to be paid, and at this price.
fn check(state: &State, terms: Terms, body: &PaymentBody) -> Result<(), Refusal> {
    let price = match terms {
        Terms::Package if body.fields.order_id.is_some() => {
            return Err(Refusal::Payment("QWPRC-5", "Unexpected order_id"));
        }
        Terms::Package if state.has_package || is_package_being_paid(state) => {
            return Err(Refusal::Payment(
                "QWPRC-300",
                "The package is bought already",
            ));
        }
        Terms::Package if body.fields.vas_alias.as_deref() != Some("qvc-master") => {
            return Err(Refusal::Payment("QWPRC-5", "Wrong vas_alias"));
        }
        Terms::Package => PACKAGE_PRICE,
        Terms::Card => {
            let order = body.fields.order_id.as_deref();
            let order = order.and_then(|id| state.orders.get(id));
            match order.map(|order| &order.state) {
                Some(OrderState::PaymentRequired(price)) => *price,
                Some(_) => return Err(Refusal::Payment("QWPRC-300", "The order needs no payment")),
                None => return Err(Refusal::Payment("QWPRC-5", "Unknown order")),
            }
        }
    };
    if body.sum == price {
        Ok(())
    } else {
        Err(Refusal::Payment("QWPRC-241", "The sum is not the price"))
    }
}

fn is_package_being_paid(state: &State) -> bool {
    let mut payments = state.payments.values();
    payments.any(|it| it.outcome == Outcome::Waiting && it.body.fields.order_id.is_none())
}

fn accepted(transaction: u64, body: &PaymentBody) -> Value {
    let is_card = body.fields.order_id.is_some();
    json!({
        "id": body.id,
        "terms": if is_card { "32064" } else { "28004" },
        "fields": {
            "account": body.fields.account,
            "vas_alias": body.fields.vas_alias,
            "order_id": body.fields.order_id,
        },
        "sum": {"amount": number(&body.sum), "currency": "643"},
        "source": "account_643",
        "comment": body.comment,
        "transaction": {"id": transaction.to_string(), "state": {"code": "Accepted"}},
    })
}

/// Returns what became of a payment.
pub(super) fn transaction(wallet: &SharedWallet, id: &str) -> Result<Value, Refusal> {
    let state = wallet.state()?;
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let payment = state.payments.get(&id);
    let payment = payment.ok_or(Refusal::NotFound)?;
    let (status, error_code, error) = match payment.outcome {
        Outcome::Waiting => ("WAITING", 0, None),
        Outcome::Success => ("SUCCESS", 0, None),
        Outcome::TooLittleMoney => ("ERROR", 220, Some("Недостаточно средств")),
    };
    Ok(json!({
        "txnId": id,
        "type": "OUT",
        "status": status,
        "errorCode": error_code,
        "error": error,
        "account": payment.body.fields.account,
        "sum": {"amount": number(&payment.body.sum), "currency": 643},
    }))
}
