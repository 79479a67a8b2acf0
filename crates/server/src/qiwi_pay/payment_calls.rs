//! Sends payments by token, and asks about all payments.

use pantoken_qiwi_pay::{AviaSignature, Client, Error, NotSent, Transaction, TxnStatus, TxnType};
use pantoken_store::{Digest, OperationFilter, OperationStore, StoredOperation};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::asking::Sending;
use super::described::PaymentView;
use super::heard::Heard;
use super::notifications::{self, UNKNOWN_KEY};
use super::payment::{self, Decision, Payment, State, ThreeDs};
use super::provider::{Asked, QiwiPayProvider, ask_for_order, attention, refusal};
use super::settlement::{self, Settlement, settle};
use crate::operations::stored::{fields, read, write};
use crate::operations::{Event, Next, Step, Unreadable};

/// How long after its creation a form is expected to be paid, in milliseconds, and how long it is asked about after
/// its own time.
const AFTERMATH: i64 = 24 * 3_600_000;
/// An order has few notifications, and fewer settlements.
const MAX_PARTS: u32 = 1000;

/// What became of a payment in one question.
struct Outcome {
    payment: Payment,
    events: Vec<&'static str>,
    attention: Option<&'static str>,
    text: String,
    /// Whether the request may be sent at once.
    is_ready: bool,
}

impl QiwiPayProvider {
    pub(super) async fn advance_payment(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let before: Payment = read(operation)?;
        let settlements: Vec<Settlement> = match before.attention {
            Some(_) => self.parts(operation, settlement::KIND).await?,
            None => Vec::new(),
        };
        if operation.key.starts_with(UNKNOWN_KEY) {
            return unknown(operation, &before, &settlements);
        }
        let client = self.options.client.as_ref();
        let mut outcome = match client {
            Some(client) if is_unsent(&before, operation) => {
                send(client, self.options.industry_data, operation, &before, now).await?
            }
            Some(client) => {
                let asked = ask_for_order(client, &operation.key).await?;
                status(operation, &before, asked, &settlements, now)
            }
            None => {
                let asked = self.notified(operation).await?;
                status(operation, &before, asked, &settlements, now)
            }
        };
        if !is_resendable(&outcome.payment) {
            outcome.payment.order = outcome.payment.order.without_documents();
        }
        let after = &outcome.payment;
        let fields = fields(PaymentView::new(&operation.key, after));
        let events = outcome.events.iter().map(|kind| Event {
            kind,
            fields: fields.clone(),
        });
        let (next, is_final) = next(after, operation, client.is_some(), now);
        let unsent = Payment {
            sending: after.sending,
            ..before
        };
        Ok(Step {
            state: after.state_name(),
            data: write(after)?,
            is_final,
            is_progress: unsent != *after,
            next,
            heard: Some(outcome.text),
            events: events.collect(),
            attention: outcome.attention,
            fields: fields.clone(),
            creates: Vec::new(),
            wakes: outcome
                .is_ready
                .then_some(operation.id)
                .into_iter()
                .collect(),
        })
    }

    /// Returns what the provider's notifications say, which count where the provider cannot be asked.
    async fn notified(&self, operation: &StoredOperation) -> Result<Asked, Unreadable> {
        let mut heard: Vec<Heard> = self.parts(operation, notifications::KIND).await?;
        heard.reverse();
        Ok(Asked {
            text: format!("notifications: {}", heard.len()),
            heard: Some(heard),
            attention: None,
        })
    }

    /// Returns what is stored of an operation as parts of this kind, the newest first.
    async fn parts<T: DeserializeOwned>(
        &self,
        operation: &StoredOperation,
        kind: &str,
    ) -> Result<Vec<T>, Unreadable> {
        let filter = OperationFilter {
            kind: Some(kind.to_owned()),
            parent: Some(operation.id),
            limit: MAX_PARTS,
            ..OperationFilter::default()
        };
        let stored = self.store.list_operations(filter).await;
        let stored = stored.map_err(|error| {
            tracing::error!(%error, kind, "the parts of a payment cannot be read");
            Unreadable
        })?;
        stored.iter().map(read).collect()
    }
}

fn is_unsent(payment: &Payment, operation: &StoredOperation) -> bool {
    is_resendable(payment) && payment.sending.is_unsent(operation.version)
}

/// Returns whether a payment by token may still be sent, for the first time or again.
fn is_resendable(payment: &Payment) -> bool {
    let is_new = payment.state == State::Created && payment.txn_id.is_none();
    !payment.is_form && is_new
}

/// Sends a payment by token of which nothing was sent.
async fn send(
    client: &Client,
    signature: Option<AviaSignature>,
    operation: &StoredOperation,
    before: &Payment,
    now: i64,
) -> Result<Outcome, Unreadable> {
    let request = before.order.payment_request(&operation.key, signature);
    let answer = client.pay(&request.map_err(|_| Unreadable)?).await;
    let mut outcome = Outcome {
        payment: Payment {
            sending: before.sending.sent(now),
            ..before.clone()
        },
        events: Vec::new(),
        attention: None,
        text: String::new(),
        is_ready: false,
    };
    let default = match before.order.is_auth {
        true => TxnType::Auth,
        false => TxnType::Sale,
    };
    match answer {
        Ok(transaction) => {
            let mut heard = Heard::of(&transaction, default);
            // The client has compared them with the request, unless they were left out.
            heard.hundredths = heard.hundredths.or(Some(before.whole()));
            let currency = pantoken_qiwi_pay::Currency::from_code(before.order.amount.currency());
            heard.currency = heard
                .currency
                .or(currency.map(pantoken_qiwi_pay::Currency::number));
            outcome.text = heard.describe();
            let decision = payment::decide(&outcome.payment, &[heard]);
            outcome.payment = decision.payment;
            outcome.events = decision.events;
            outcome.attention = decision.attention;
            ask_for_3ds(&mut outcome.payment, operation, &transaction);
        }
        Err(error) => {
            outcome.text = error.to_string();
            outcome.attention = attention(&error);
            if let Error::NotSent(NotSent::NoConnection(_)) = error {
                outcome.payment.sending = Sending::again(operation.version);
            } else if let Some(code) = refused_for_good(&error) {
                let transaction = error
                    .api_error()
                    .and_then(|error| error.transaction.as_ref());
                outcome.payment.state = State::Declined;
                outcome.payment.reason = Some(code);
                outcome.payment.txn_id = transaction.map(|one| one.txn_id.number());
                outcome.events = vec!["qiwi-pay.payment.declined"];
            }
        }
    }
    Ok(outcome)
}

/// Returns why a request is not repeated.
fn refused_for_good(error: &Error) -> Option<String> {
    match error {
        Error::NotSent(_) => Some("NOT_SENT".to_owned()),
        error => refusal(error),
    }
}

fn ask_for_3ds(payment: &mut Payment, operation: &StoredOperation, transaction: &Transaction) {
    let Some(three_ds) = &transaction.three_ds else {
        return;
    };
    if transaction.status != TxnStatus::Init || payment.state != State::Created {
        return;
    }
    let txn_id = transaction.txn_id.number();
    let parts = json!([operation.key, txn_id, operation.created_at]).to_string();
    let md = hex::encode(Digest::of(parts.as_bytes()).as_bytes());
    payment.txn_id = Some(txn_id);
    payment.state = State::Requires3ds;
    payment.three_ds = Some(ThreeDs {
        acs_url: three_ds.acs_url.clone(),
        pareq: three_ds.pareq.clone(),
        md: md.chars().take(32).collect(),
    });
}

/// Decides what the status says. A payment by token that the provider does not know may be sent again.
fn status(
    operation: &StoredOperation,
    before: &Payment,
    asked: Asked,
    settlements: &[Settlement],
    now: i64,
) -> Outcome {
    let mut outcome = Outcome {
        payment: before.clone(),
        events: Vec::new(),
        attention: asked.attention,
        text: asked.text,
        is_ready: false,
    };
    let Some(heard) = asked.heard else {
        outcome.payment.sending = before.sending.sent(now);
        return outcome;
    };
    let decision = settle(before, payment::decide(before, &heard), settlements);
    outcome.payment = decision.payment;
    outcome.events = decision.events;
    outcome.attention = decision.attention;
    let is_executed = heard.iter().any(|one| one.kind().is_payment());
    if !before.is_form && before.state == State::Created && !is_executed {
        let sent = before.sending.sent(now);
        outcome.is_ready = sent.may_repeat(now);
        outcome.payment.sending = match outcome.is_ready {
            true => Sending::again(operation.version),
            false => sent,
        };
    }
    outcome
}

/// Returns when a payment is asked about next, and whether nothing more is expected.
fn next(payment: &Payment, operation: &StoredOperation, has_api: bool, now: i64) -> (Next, bool) {
    let created = operation.created_at;
    let until = payment.order.expires_at.unwrap_or(created).max(created);
    let is_expected = until.saturating_add(AFTERMATH) > now;
    if payment.attention.is_some() {
        return (Next::Watch, false);
    }
    match payment.state {
        State::Created | State::Requires3ds if !payment.is_form => (Next::Soon, false),
        State::Created | State::Requires3ds if !is_expected => (Next::Never, true),
        State::Created | State::Requires3ds if has_api => (Next::Soon, false),
        State::Created | State::Requires3ds => (Next::Watch, false),
        // The payer may try again.
        State::Declined if payment.is_form && is_expected => (Next::Watch, true),
        // The provider captures it by itself after 72 hours.
        State::Authorized if has_api => (Next::Watch, false),
        State::Authorized => (Next::Never, false),
        State::Declined | State::Captured | State::Reversed | State::Refunded => {
            (Next::Never, true)
        }
    }
}

/// A success of which nothing is known here is for a person. The agent has no order to be told about.
fn unknown(
    operation: &StoredOperation,
    before: &Payment,
    settlements: &[Settlement],
) -> Result<Step, Unreadable> {
    let reason = before.attention.as_deref();
    let known = Decision {
        payment: before.clone(),
        events: Vec::new(),
        attention: notifications::REASONS
            .into_iter()
            .find(|known| Some(*known) == reason),
    };
    let decision = settle(before, known, settlements);
    let payment = &decision.payment;
    let order_id = payment.order.texts.get("order_id");
    Ok(Step {
        state: payment.state_name(),
        data: write(payment)?,
        is_final: payment.attention.is_none(),
        is_progress: payment != before || operation.progress.attention.is_none(),
        next: Next::Never,
        heard: None,
        events: Vec::new(),
        attention: decision.attention,
        fields: fields(PaymentView::new(
            order_id.map_or("", String::as_str),
            payment,
        )),
        creates: Vec::new(),
        wakes: Vec::new(),
    })
}
