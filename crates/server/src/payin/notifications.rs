//! `POST /v1/payin/notifications`: what the provider says is a hint, because it does not sign the status.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use pantoken_payin::{Hint, Notification, NotificationError};
use pantoken_store::{Fact, OperationFilter, OperationStore, StoreError, StoredOperation};

use super::endpoint::configured;
use super::{bill, part, payment, qr_code, verification};
use crate::app::{AppState, Parts};
use crate::http::problem::Problem;
use crate::http::sender_address::SenderAddress;

/// The longest text of a hint that is kept.
const MAX_STATUS: usize = 40;
/// Few captures with the same id are awaited at one time.
const MAX_PARTS: u32 = 50;
/// A customer has few verifications at one time.
const MAX_VERIFICATIONS: u32 = 50;

#[utoipa::path(
    post,
    path = "/v1/payin/notifications",
    operation_id = "receivePayinNotification",
    tag = "payin",
    summary = "Takes a notification of the provider",
    description = "The provider calls it. What it says is asked for, and not believed.",
    request_body = Object,
    responses(
        (status = 200, description = "The signature holds and the hint is stored, or the type is not known."),
        super::endpoint::WriteProblems
    )
)]
pub(crate) async fn receive(
    State(app): State<AppState>,
    sender: SenderAddress,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<StatusCode, Problem> {
    let app = app.parts();
    let payin = configured(app)?;
    if let Err(problem) = sender.require(payin.senders()) {
        app.metrics.record_notification("payin", "refused");
        tracing::warn!(
            "a notification was refused, because PANTOKEN_PAYIN_SENDERS does not list its sender"
        );
        return Err(problem);
    }
    let body = body.map_err(|rejection| crate::http::fields::unreadable(&rejection))?;
    let pairs = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    match Notification::verify(&payin.notification_key, pairs, &body) {
        Ok(notification) => {
            let outcome = match take(app, &notification).await? {
                true => "taken",
                false => "unknown_operation",
            };
            app.metrics.record_notification("payin", outcome);
            Ok(StatusCode::OK)
        }
        Err(NotificationError::UnknownKind(_)) => {
            app.metrics.record_notification("payin", "unknown_type");
            Ok(StatusCode::OK)
        }
        Err(NotificationError::TooLong) => Err(Problem::BodyTooLarge),
        Err(NotificationError::Unreadable(_)) => {
            app.metrics.record_notification("payin", "unreadable");
            Err(Problem::MalformedJson(
                "it is no notification of the provider",
            ))
        }
        Err(error) => {
            app.metrics.record_notification("payin", "refused");
            tracing::warn!(%error, "a notification of payin was refused");
            Err(Problem::NotificationRefused)
        }
    }
}

/// Makes the operations due that a notification is about. Returns whether there are any.
async fn take(app: &Parts, notification: &Notification) -> Result<bool, StoreError> {
    let status: String = notification.status().chars().take(MAX_STATUS).collect();
    let fact = Fact {
        source: "notification".to_owned(),
        text: format!("{} {status}", notification.kind()),
    };
    let id = notification.object_id().to_owned();
    let hint = async |kind: &str, key: String| {
        let now = app.clock.now();
        app.store
            .hint_operation(kind.to_owned(), key, fact.clone(), now)
            .await
    };
    // The sums of the payment change with its captures and refunds. Without its id, those that are awaited are found by
    // their own: ids of captures are unique within a payment only, so there may be several, and each is asked about.
    let hint_part = async |kind: &str, payment_id: Option<String>| {
        let payment_ids = match payment_id {
            Some(payment_id) => vec![payment_id],
            None => payments_of_part(app, kind, &id).await?,
        };
        let mut is_known = false;
        for payment_id in payment_ids {
            is_known |= hint(kind, format!("{payment_id}/{id}")).await?;
            is_known |= hint(payment::KIND, payment_id).await?;
        }
        Ok(is_known)
    };
    match notification.hint() {
        Some(Hint::Payment(payment)) => {
            let bill = match &payment.bill_id {
                Some(bill_id) => hint(bill::KIND, bill_id.to_string()).await?,
                None => false,
            };
            let code = match &payment.qr_code_uid {
                Some(qr_code_uid) => hint(qr_code::KIND, qr_code_uid.clone()).await?,
                None => false,
            };
            Ok(hint(payment::KIND, id.clone()).await? || bill || code)
        }
        Some(Hint::Bill(_)) => hint(bill::KIND, id.clone()).await,
        Some(Hint::Capture(capture)) => {
            let payment_id = capture.payment_id.as_ref().map(ToString::to_string);
            hint_part(part::CAPTURE, payment_id).await
        }
        Some(Hint::Refund(refund)) => {
            let payment_id = refund.payment_id.as_ref().map(ToString::to_string);
            hint_part(part::REFUND, payment_id).await
        }
        Some(Hint::Token(token)) => match &token.qr_code_uid {
            Some(qr_code_uid) => hint(qr_code::KIND, qr_code_uid.clone()).await,
            None => Ok(false),
        },
        Some(Hint::CardCheck(check)) => {
            if hint(verification::KIND, id.clone()).await? {
                return Ok(true);
            }
            // The id may differ from the bill's, but the customer is the same.
            let token = check.token.as_ref();
            let Some(customer) = token.and_then(|token| token.account.clone()) else {
                return Ok(false);
            };
            let filter = OperationFilter {
                kind: Some(verification::KIND.to_owned()),
                customer: Some(customer),
                limit: MAX_VERIFICATIONS,
                ..OperationFilter::default()
            };
            let mut is_known = false;
            for open in app.store.list_operations(filter).await? {
                let is_open = matches!(open.progress.state.as_str(), "created" | "expired");
                if is_open {
                    is_known |= hint(verification::KIND, open.key).await?;
                }
            }
            Ok(is_known)
        }
        _ => Ok(false),
    }
}

/// Returns the payments that have an awaited part of this kind and with this id.
async fn payments_of_part(app: &Parts, kind: &str, id: &str) -> Result<Vec<String>, StoreError> {
    let (kind, id) = (kind.to_owned(), id.to_owned());
    let parts = app.store.find_awaited_parts(kind, id, MAX_PARTS).await?;
    let payment_id = |part: &StoredOperation| Some(part.key.rsplit_once('/')?.0.to_owned());
    Ok(parts.iter().filter_map(payment_id).collect())
}
