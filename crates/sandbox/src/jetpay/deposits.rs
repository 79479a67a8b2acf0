//! Deposits at a kiosk or from a wallet. Source: docs/jetpay.md, "Deposits".

use serde_json::{Value, json};

use super::merchant::{self, Answer, Refusal};
use super::outcome::Outcome;
use super::payments::{CallbackOptions, Kind, Payment};
use super::platform::Platform;
use super::progress;
use super::state::{Channel, Deposit, DepositState};
use crate::control::HasClock;

/// How long the platform waits before it asks for an id again, in milliseconds. It does not publish whether it does.
const WAITS: [i64; 3] = [10_000, 60_000, 300_000];

/// The account of a customer, as the merchant described it.
pub(super) struct Account {
    pub(super) currency: String,
    pub(super) additional_customer_id: Option<String>,
}

/// Asks the merchant whether there is an account. The second value is what it answered.
pub(super) async fn verify(
    platform: &Platform,
    customer_id: &str,
) -> (Result<Account, Refusal>, Value) {
    let Answer { outcome, raw } = merchant::verify(platform, customer_id).await;
    let text = |body: &Value, name: &str| body[name].as_str().map(str::to_owned);
    let account = outcome.map(|body| Account {
        currency: text(&body, "currency").unwrap_or_default(),
        additional_customer_id: text(&body, "additional_customer_id"),
    });
    (account, raw)
}

/// What the customer has paid for.
pub(super) struct Paid {
    pub(super) customer_id: String,
    pub(super) account: Account,
    pub(super) minor_units: i64,
    pub(super) channel: Channel,
    pub(super) outcome: Outcome,
}

/// The customer has paid: asks the merchant for an id, and creates the payment. A merchant that refuses or does not
/// answer is asked again later. Returns the deposit after the first question.
pub(super) async fn pay(platform: &Platform, paid: Paid) -> Deposit {
    let index = {
        let mut state = platform.state();
        let index = state.deposits.len();
        state.deposits.push(Deposit {
            receipt: format!("{:08}", 10_000_001 + index),
            customer_id: paid.customer_id,
            amount: paid.minor_units,
            currency: paid.account.currency,
            channel: paid.channel,
            outcome: paid.outcome,
            state: DepositState::Checking,
            payment_id: None,
            answer: Value::Null,
            additional_customer_id: paid.account.additional_customer_id,
        });
        index
    };
    let began = platform.now();
    let deposit = check(platform, index, true).await;
    if deposit.state == DepositState::Retrying {
        tokio::spawn(retry(platform.clone(), index, began));
    }
    deposit
}

async fn retry(platform: Platform, index: usize, mut due: i64) {
    for (number, wait) in WAITS.into_iter().enumerate() {
        due += wait;
        platform.clock().wait_until(due).await;
        let is_last = number + 1 == WAITS.len();
        let deposit = check(&platform, index, !is_last).await;
        if deposit.state == DepositState::Created {
            return;
        }
    }
}

/// Asks the merchant for an id, and creates the payment.
async fn check(platform: &Platform, index: usize, is_retried: bool) -> Deposit {
    let deposit = platform.state().deposits[index].clone();
    let answer = merchant::check_deposit(
        platform,
        &deposit.customer_id,
        deposit.amount,
        &deposit.currency,
    );
    let Answer { outcome, raw } = answer.await;
    let id = outcome
        .ok()
        .and_then(|body| body["payment_id"].as_str().map(str::to_owned));
    let created = match id {
        Some(id) => create(platform, &deposit, id),
        None => Err(raw.clone()),
    };
    let mut state = platform.state();
    let stored = &mut state.deposits[index];
    match created {
        Ok(id) => {
            stored.state = DepositState::Created;
            stored.payment_id = Some(id);
            stored.answer = raw;
        }
        Err(why) => {
            stored.state = if is_retried {
                DepositState::Retrying
            } else {
                DepositState::Stuck
            };
            stored.answer = why;
        }
    }
    stored.clone()
}

/// Creates the payment of a deposit. An id that was used before is refused, because ids are unique in a project.
fn create(platform: &Platform, deposit: &Deposit, id: String) -> Result<String, Value> {
    let request_id = platform
        .uuid()
        .map_err(|error| json!({"message": error.to_string()}))?;
    let mut state = platform.state();
    let key = id.to_lowercase();
    if state.payments.contains_key(&key) {
        return Err(json!({"code": "3041", "message": "The payment id was used before"}));
    }
    let customer = deposit.additional_customer_id.clone();
    let payment = Payment {
        id: id.clone(),
        kind: match deposit.channel {
            Channel::Kiosk => Kind::KioskDeposit,
            Channel::Wallet => Kind::WalletDeposit,
        },
        status: "processing",
        minor_units: deposit.amount,
        currency: deposit.currency.clone(),
        description: String::new(),
        account: deposit.customer_id.clone(),
        customer: customer.unwrap_or_else(|| deposit.customer_id.clone()),
        date: platform.now(),
        request_id,
        operations: Vec::new(),
        errors: Vec::new(),
        callbacks: CallbackOptions::default(),
    };
    state.execute("deposit", &payment);
    state.payments.insert(key.clone(), payment);
    let steps = deposit.outcome.steps();
    progress::plan(platform, &mut state, &key, steps, platform.now());
    Ok(id)
}
