//! What notifications say.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::fault::NextNotification;
use super::fields::Fields;
use super::provider::Provider;
use super::state::State;
use super::transaction::Transaction;
use crate::callback_address::NotificationUrl;
use crate::outbox::Message;

/// Sends what has become of a transaction. The receiver completes once it was sent for the first time.
pub(super) fn send(
    provider: &Provider,
    state: &mut State,
    transaction: &Transaction,
) -> Option<oneshot::Receiver<()>> {
    let parent = transaction
        .parent
        .and_then(|id| state.transactions.get(&id));
    let request = &parent.unwrap_or(transaction).request;
    let own = request.get("callback_url");
    let url = own.and_then(|url| NotificationUrl::parse(url).ok());
    let url = url.or_else(|| provider.settings().notification_url.clone());
    let mut body = transaction.details(provider.settings().merchant_site.number());
    let style = state.switches.amount_style;
    let (amount, signed_amount) = style.write(transaction.minor_units);
    let fields = Fields::of(&body).ok()?.with("amount", &signed_amount);
    let key = &provider.settings().secret_key;
    let fault = state.notification_faults.pop_front();
    let (sign, delivery) = match fault {
        Some(NextNotification::WrongSignature) => (key.sign_notification([]), None),
        Some(NextNotification::Delivery(fault)) => {
            (key.sign_notification(fields.pairs()), Some(fault))
        }
        None => (key.sign_notification(fields.pairs()), None),
    };
    body["sign"] = json!(sign);
    let message = Message {
        url,
        kind: body["txn_type"].to_string(),
        signature: None,
        body: with_amount(&body, amount)?,
        delay: 0,
    };
    Some(provider.outbox().send(message, delivery))
}

/// Writes a notification whose amount is this JSON. A number of [`Value`] would lose its zeros.
fn with_amount(body: &Value, amount: String) -> Option<String> {
    let mut members = BTreeMap::new();
    for (name, value) in body.as_object()? {
        members.insert(name, RawValue::from_string(value.to_string()).ok()?);
    }
    let name = "amount".to_owned();
    members.insert(&name, RawValue::from_string(amount).ok()?);
    serde_json::to_string(&members).ok()
}
