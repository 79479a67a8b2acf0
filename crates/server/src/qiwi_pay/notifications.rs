//! `POST /v1/qiwi-pay/notifications`: what is signed is a fact where the provider cannot be asked, and a hint where it
//! can. What is not signed is never believed alone.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_qiwi_pay::{Notification, NotificationError, TxnType};
use pantoken_store::{
    Digest, Fact, NewOperation, OperationCreation, OperationStore, Progress, StoreError,
    StoredOperation,
};
use serde_json::json;

use super::endpoint::configured;
use super::heard::Heard;
use super::money::Money;
use super::order::Order;
use super::payment::{self, Payment, UNKNOWN_PAYMENT};
use crate::app::{AppState, Parts};
use crate::http::problem::Problem;
use crate::http::sender_address::SenderAddress;
use crate::operations::Unreadable;
use crate::operations::stored;

/// A notification that is kept, because it counts.
pub(super) const KIND: &str = "qiwi-pay.notification";
/// Which order a transaction belongs to.
const TRANSACTION: &str = "qiwi-pay.transaction";
/// The start of the key of a payment that is not known. No order has a `/`.
pub(super) const UNKNOWN_KEY: &str = "txn/";
/// A transaction that was told for one order is told for another.
const OTHER_ORDER: &str = "TRANSACTION_OF_ANOTHER_ORDER";
/// Why a payment of which nothing is known is for a person.
pub(super) const REASONS: [&str; 2] = [UNKNOWN_PAYMENT, OTHER_ORDER];

#[utoipa::path(
    post,
    path = "/v1/qiwi-pay/notifications",
    operation_id = "receiveQiwiPayNotification",
    tag = "qiwi-pay",
    summary = "Takes a notification of the provider",
    description = "The provider calls it, with JSON or the fields of a form.",
    request_body = Object,
    responses(
        (status = 200, description = "The signature holds and the notification is stored."),
        crate::http::problem_sets::WriteProblems
    )
)]
pub(crate) async fn receive(
    State(app): State<AppState>,
    sender: SenderAddress,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<StatusCode, Problem> {
    let app = app.parts();
    let qiwi_pay = configured(app)?;
    let count = |outcome| app.metrics.record_notification("qiwi-pay", outcome);
    if let Err(problem) = sender.require(qiwi_pay.senders()) {
        count("refused");
        tracing::warn!(
            "a notification was refused, because PANTOKEN_QIWI_PAY_SENDERS does not list its sender"
        );
        return Err(problem);
    }
    let body = body.map_err(|rejection| crate::http::fields::unreadable(&rejection))?;
    match Notification::verify(qiwi_pay.site.key(), &body) {
        Ok(notification) => {
            count(take(app, &notification, qiwi_pay.client.is_some()).await?);
            Ok(StatusCode::OK)
        }
        Err(NotificationError::TooLong) => Err(Problem::BodyTooLarge),
        Err(NotificationError::Unreadable(_) | NotificationError::NeitherJsonNorForm) => {
            count("unreadable");
            Err(Problem::MalformedJson(
                "it is no notification of the provider",
            ))
        }
        Err(error) => {
            count("refused");
            tracing::warn!(%error, "a notification of qiwi-pay was refused");
            Err(Problem::NotificationRefused)
        }
    }
}

/// Stores what a notification says, and makes the operations due that it is about. Returns what was done.
async fn take(
    app: &Parts,
    notification: &Notification,
    has_api: bool,
) -> Result<&'static str, Problem> {
    let heard = Heard::notified(notification);
    let order_id = notification.unsigned.order_id.clone();
    let kind = match heard.kind() {
        TxnType::Payout => super::part::PAYOUT,
        _ => payment::KIND,
    };
    let Some(operation) = find(app, kind, order_id.clone()).await? else {
        let is_success = heard.kind().is_payment() && heard.is_done();
        if is_success {
            keep_unknown(app, notification, &heard, UNKNOWN_PAYMENT).await?;
        }
        return Ok("unknown_operation");
    };
    if !has_api {
        if belongs_elsewhere(app, &heard, &operation).await? {
            keep_unknown(app, notification, &heard, OTHER_ORDER).await?;
            return Ok("other_order");
        }
        keep(app, notification, &heard, &operation).await?;
    }
    let fact = Fact {
        source: "notification".to_owned(),
        text: heard.describe(),
    };
    let now = app.clock.now();
    let (kind, key) = (operation.kind, operation.key);
    app.store.hint_operation(kind, key, fact, now).await?;
    Ok("taken")
}

async fn find(
    app: &Parts,
    kind: &str,
    order_id: Option<String>,
) -> Result<Option<StoredOperation>, StoreError> {
    match order_id {
        Some(order_id) => app.store.find_operation(kind.to_owned(), order_id).await,
        None => Ok(None),
    }
}

/// Remembers which order a transaction belongs to, because the provider does not sign it. Returns whether it belongs
/// to another one.
async fn belongs_elsewhere(
    app: &Parts,
    heard: &Heard,
    operation: &StoredOperation,
) -> Result<bool, StoreError> {
    let binding = about(
        TRANSACTION,
        heard.txn_id.to_string(),
        operation,
        "{}",
        app.clock.now(),
    );
    let created = app.store.create_operation(binding).await?;
    Ok(matches!(created, OperationCreation::Conflict))
}

/// Keeps a notification once, however often it arrives.
async fn keep(
    app: &Parts,
    notification: &Notification,
    heard: &Heard,
    operation: &StoredOperation,
) -> Result<(), Problem> {
    let data = serde_json::to_string(heard).map_err(|_| Unreadable)?;
    let key = notification.deduplication_key();
    let new = about(KIND, key, operation, &data, app.clock.now());
    let (OperationCreation::Created(_)
    | OperationCreation::Repeated(_)
    | OperationCreation::Conflict) = app.store.create_operation(new).await?;
    Ok(())
}

/// An operation that is final from its start: a fact about another one. Its fingerprint is that of the other.
fn about(kind: &str, key: String, of: &StoredOperation, data: &str, now: i64) -> NewOperation {
    let fingerprint = json!([of.kind, of.key, of.created_at]).to_string();
    NewOperation {
        kind: kind.to_owned(),
        key,
        parent: Some(of.id),
        customer: None,
        created_by: of.created_by.clone(),
        fingerprint: Digest::of(fingerprint.as_bytes()),
        progress: Progress {
            is_final: true,
            ..Progress::new("known", pantoken_core::Secret::new(data))
        },
        created_at: now,
        leased_until: None,
        deadline_at: None,
    }
}

/// Keeps a success that belongs to no order here, so that a person is told.
async fn keep_unknown(
    app: &Parts,
    notification: &Notification,
    heard: &Heard,
    reason: &str,
) -> Result<(), Problem> {
    let order_id = notification.unsigned.order_id.clone();
    let amount = Money::of(notification.amount, notification.currency);
    let captured = match heard.status().is_completed() {
        true => amount.hundredths(),
        false => 0,
    };
    let order = Order {
        is_auth: heard.kind() == TxnType::Auth,
        amount,
        customer: None,
        texts: order_id
            .into_iter()
            .map(|id| ("order_id".to_owned(), id))
            .collect(),
        receipt: None,
        industry_data: None,
        card_token: None,
        expires_at: None,
        user_timedate: None,
        urls: std::collections::BTreeMap::new(),
    };
    let payment = Payment {
        attention: Some(reason.to_owned()),
        txn_id: Some(heard.txn_id),
        captured,
        card: heard.card.clone(),
        ..Payment::new(order, true)
    };
    let now = app.clock.now();
    let new = NewOperation {
        kind: payment::KIND.to_owned(),
        key: format!("{UNKNOWN_KEY}{}", heard.txn_id),
        parent: None,
        customer: None,
        created_by: None,
        fingerprint: Digest::of(heard.txn_id.to_string().as_bytes()),
        progress: Progress {
            next_attempt_at: Some(now),
            ..Progress::new(payment.state_name(), stored::write(&payment)?)
        },
        created_at: now,
        leased_until: None,
        deadline_at: None,
    };
    let (OperationCreation::Created(_)
    | OperationCreation::Repeated(_)
    | OperationCreation::Conflict) = app.store.create_operation(new).await?;
    Ok(())
}
