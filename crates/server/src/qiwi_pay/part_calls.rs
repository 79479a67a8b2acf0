//! Sends captures, reversals, refunds and payouts, and asks what became of them.

use pantoken_qiwi_pay::{
    CardToken, Client, Error, NotSent, OrderId, PayoutRequest, PayoutTarget, ReturnKind, TxnId,
    TxnType,
};
use pantoken_store::{OperationFilter, OperationStore, StoredOperation};

use super::QiwiPayOptions;
use super::asking::Sending;
use super::described::{PartView, PayoutView};
use super::heard::Heard;
use super::part::{self, Fact, Part};
use super::part_requests::return_kind;
use super::provider::{
    Asked, QiwiPayProvider, ask_for_order, ask_for_transaction, attention, refusal,
};
use crate::operations::stored::{fields, read, write};
use crate::operations::{Event, Next, Step, Unreadable};

/// A payment has few parts.
const MAX_PARTS: u32 = 1000;

/// What became of a call or a question.
struct Answered {
    fact: Fact,
    sending: Sending,
    text: String,
    attention: Option<&'static str>,
    /// Whether the request may be sent at once.
    is_ready: bool,
}

impl QiwiPayProvider {
    pub(super) async fn advance_part(
        &self,
        operation: &StoredOperation,
        now: i64,
    ) -> Result<Step, Unreadable> {
        let before: Part = read(operation)?;
        let Some(client) = &self.options.client else {
            // The operation waits until the API is configured again.
            return Err(Unreadable);
        };
        let siblings = self.siblings(operation).await?;
        let is_first = siblings
            .iter()
            .all(|(other, part)| part.state != part::State::Pending || other.id >= operation.id);
        let answered = if before.state != part::State::Pending || !is_first {
            waiting(&before, operation)
        } else if before.sending.is_unsent(operation.version) {
            send(client, &self.options, operation, &before, now).await?
        } else {
            let asked = ask(client, operation, &before).await?;
            let taken = siblings
                .iter()
                .filter(|(other, _)| other.id != operation.id);
            let taken: Vec<_> = taken.filter_map(|(_, part)| part.txn_id).collect();
            status(operation, &before, asked, &taken, now)
        };
        let decision = part::decide(&before, &answered.fact);
        let mut after = decision.part;
        after.sending = answered.sending;
        let is_final = after.state != part::State::Pending;
        let view = match operation.kind.as_str() {
            part::PAYOUT => fields(PayoutView::new(&operation.key, &after)),
            kind => fields(PartView::new(kind, &operation.key, &after)),
        };
        let event = decision.is_outcome.then(|| Event {
            kind: outcome_event(&operation.kind, after.state),
            fields: view.clone(),
        });
        let mut wakes: Vec<_> = answered
            .is_ready
            .then_some(operation.id)
            .into_iter()
            .collect();
        if decision.is_outcome {
            // The payment's sums have changed with it, and the next part may be sent.
            wakes.extend(operation.parent);
            let waits = siblings
                .iter()
                .filter(|(_, part)| part.state == part::State::Pending);
            wakes.extend(
                waits
                    .map(|(other, _)| other.id)
                    .filter(|id| *id != operation.id),
            );
        }
        Ok(Step {
            state: after.state.as_str(),
            data: write(&after)?,
            is_final,
            is_progress: decision.is_outcome,
            next: match is_final {
                true => Next::Never,
                false => Next::Soon,
            },
            heard: Some(answered.text),
            events: event.into_iter().collect(),
            attention: decision.attention.or(answered.attention),
            fields: view,
            creates: Vec::new(),
            wakes,
        })
    }

    /// Returns the parts of the same payment, of every kind. A payout has none.
    async fn siblings(
        &self,
        operation: &StoredOperation,
    ) -> Result<Vec<(StoredOperation, Part)>, Unreadable> {
        let Some(parent) = operation.parent else {
            return Ok(Vec::new());
        };
        let mut siblings = Vec::new();
        for kind in [part::CAPTURE, part::REVERSAL, part::REFUND] {
            let filter = OperationFilter {
                kind: Some(kind.to_owned()),
                parent: Some(parent),
                limit: MAX_PARTS,
                ..OperationFilter::default()
            };
            let found = self.store.list_operations(filter).await.map_err(|error| {
                tracing::error!(%error, "the parts of a payment cannot be read");
                Unreadable
            })?;
            for one in found {
                let part = read(&one)?;
                siblings.push((one, part));
            }
        }
        Ok(siblings)
    }
}

fn outcome_event(kind: &str, state: part::State) -> &'static str {
    let is_completed = state == part::State::Completed;
    match (kind, is_completed) {
        (part::CAPTURE, true) => "qiwi-pay.capture.completed",
        (part::CAPTURE, false) => "qiwi-pay.capture.declined",
        (part::REVERSAL, true) => "qiwi-pay.reversal.completed",
        (part::REVERSAL, false) => "qiwi-pay.reversal.declined",
        (part::REFUND, true) => "qiwi-pay.refund.completed",
        (part::REFUND, false) => "qiwi-pay.refund.declined",
        (_, true) => "qiwi-pay.payout.completed",
        (_, false) => "qiwi-pay.payout.declined",
    }
}

/// Leaves a part as it is, because another call of the same payment is under way, or because it has its outcome. What
/// was not sent stays so.
fn waiting(part: &Part, operation: &StoredOperation) -> Answered {
    let is_unsent = part.sending.is_unsent(operation.version);
    Answered {
        fact: Fact::Open,
        sending: match is_unsent {
            true => Sending::again(operation.version),
            false => part.sending,
        },
        text: "another call of the same payment is under way".to_owned(),
        attention: None,
        is_ready: false,
    }
}

async fn send(
    client: &Client,
    options: &QiwiPayOptions,
    operation: &StoredOperation,
    part: &Part,
    now: i64,
) -> Result<Answered, Unreadable> {
    let (kind, answer) = match operation.kind.as_str() {
        part::CAPTURE => {
            let request = part.capture_request(options.industry_data);
            let request = request.map_err(|_| Unreadable)?;
            (TxnType::Auth, client.capture(&request).await)
        }
        part::PAYOUT => {
            let request = payout(operation, part)?;
            (TxnType::Payout, client.pay_out(&request).await)
        }
        kind => {
            let kind = return_kind(kind);
            let request = part.return_request(kind).map_err(|_| Unreadable)?;
            let kind = match kind {
                ReturnKind::Reversal => TxnType::Reversal,
                ReturnKind::Refund => TxnType::Refund,
            };
            (kind, client.give_back(&request).await)
        }
    };
    let sent = part.sending.sent(now);
    Ok(match answer {
        Ok(transaction) => {
            let heard = Heard::of(&transaction, kind);
            Answered {
                text: heard.describe(),
                fact: outcome(operation, &heard),
                sending: sent,
                attention: None,
                is_ready: false,
            }
        }
        Err(error) => Answered {
            fact: match refused_for_good(&error) {
                Some(reason) => Fact::Declined {
                    reason: Some(reason),
                },
                None => Fact::Open,
            },
            sending: match &error {
                Error::NotSent(NotSent::NoConnection(_)) => Sending::again(operation.version),
                _ => sent,
            },
            attention: attention(&error),
            text: error.to_string(),
            is_ready: false,
        },
    })
}

fn refused_for_good(error: &Error) -> Option<String> {
    match error {
        Error::NotSent(NotSent::NoConnection(_)) => None,
        Error::NotSent(_) => Some("NOT_SENT".to_owned()),
        error => refusal(error),
    }
}

fn payout(operation: &StoredOperation, part: &Part) -> Result<PayoutRequest, Unreadable> {
    let order_id = OrderId::parse(&operation.key).map_err(|_| Unreadable)?;
    let amount = part.amount.to_amount().ok_or(Unreadable)?;
    let token = part.card_token.as_deref().ok_or(Unreadable)?;
    let token = CardToken::parse(token).map_err(|_| Unreadable)?;
    let mut request = PayoutRequest::new(order_id, amount, PayoutTarget::CardToken(token));
    request.deal_txn_id = part.parent_txn_id.map(TxnId::new);
    request.details.merchant_uid.clone_from(&part.customer);
    Ok(request)
}

/// Decides what the provider's answer to a call, or its own transaction in a list, says.
fn outcome(operation: &StoredOperation, heard: &Heard) -> Fact {
    if heard.is_declined() || heard.error_code != 0 {
        return Fact::Declined {
            reason: Some(heard.error_code.to_string()),
        };
    }
    // A capture is done when the payment is charged, and not while it is held.
    let is_done = match operation.kind.as_str() {
        part::CAPTURE => heard.status().is_completed(),
        _ => heard.is_done(),
    };
    match is_done {
        true => Fact::Completed {
            txn_id: heard.txn_id,
        },
        false => Fact::Open,
    }
}

async fn ask(
    client: &Client,
    operation: &StoredOperation,
    part: &Part,
) -> Result<Asked, Unreadable> {
    match operation.kind.as_str() {
        part::PAYOUT => ask_for_order(client, &operation.key).await,
        _ => Ok(ask_for_transaction(client, part.parent_txn_id.ok_or(Unreadable)?).await),
    }
}

/// Decides what the status says. What the provider did not execute may be sent again.
fn status(
    operation: &StoredOperation,
    part: &Part,
    asked: Asked,
    taken: &[u64],
    now: i64,
) -> Answered {
    let sent = part.sending.sent(now);
    let mut answered = Answered {
        fact: Fact::Open,
        sending: sent,
        text: asked.text,
        attention: asked.attention,
        is_ready: false,
    };
    let Some(heard) = asked.heard else {
        return answered;
    };
    if let Some(own) = own(operation, part, &heard, taken) {
        answered.fact = outcome(operation, own);
        let is_executed = operation.kind != part::CAPTURE || own.status().is_completed();
        if is_executed || answered.fact != Fact::Open {
            return answered;
        }
    }
    answered.is_ready = sent.may_repeat(now);
    if answered.is_ready {
        answered.sending = Sending::again(operation.version);
    }
    answered
}

/// Returns the transaction of this part: the payment's own for a capture, and else one with its type and amount that
/// was not there before, and that is no other part's.
fn own<'a>(
    operation: &StoredOperation,
    part: &Part,
    heard: &'a [Heard],
    taken: &[u64],
) -> Option<&'a Heard> {
    let kind = match operation.kind.as_str() {
        part::CAPTURE => {
            return heard
                .iter()
                .find(|one| Some(one.txn_id) == part.parent_txn_id);
        }
        part::REVERSAL => TxnType::Reversal,
        part::REFUND => TxnType::Refund,
        _ => TxnType::Payout,
    };
    heard.iter().find(|one| {
        let is_new = !part.earlier.contains(&one.txn_id) && !taken.contains(&one.txn_id);
        let is_own = part.txn_id.is_none_or(|txn_id| txn_id == one.txn_id);
        one.kind() == kind && one.hundredths == Some(part.amount.hundredths()) && is_new && is_own
    })
}
