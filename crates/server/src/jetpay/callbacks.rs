//! `POST /v1/jetpay/callbacks`: what the platform says is a fact, because it signs all of it.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use pantoken_jetpay::{Callback, CallbackContent, CallbackError, Payment, Unreadable, Variant};
use pantoken_store::{Digest, NewOperation, OperationStore, Progress, StoredOperation};
use serde::Deserialize;
use serde_json::json;

use super::deposit::{self, Deposit};
use super::endpoint::{body_of, configured};
use super::fact::{Fact, Phase, digest_of};
use super::id::key_of;
use super::payout;
use super::provider::CALLBACK;
use crate::app::{AppState, Parts};
use crate::http::problem::Problem;
use crate::http::problem_sets::WriteProblems;
use crate::http::sender_address::SenderAddress;
use crate::operations::stored;

/// What is kept of a callback that is about nothing known here.
const KEPT: &str = "jetpay.callback";
/// How often and after which pause a fact is tried to be acted upon before the platform is answered.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);
/// A longer id is none that was given to the platform.
const MAX_ID_CHARS: usize = 255;

#[utoipa::path(
    post,
    path = "/v1/jetpay/callbacks",
    operation_id = "receiveJetpayCallback",
    tag = "jetpay",
    summary = "Takes a callback of the platform",
    description = "The platform calls it. It may repeat a callback, and send several in any order.",
    request_body = Object,
    responses((status = 200, description = "The callback is stored, or was before."), WriteProblems)
)]
pub(crate) async fn receive(
    State(app): State<AppState>,
    sender: SenderAddress,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let app = app.parts();
    let body = body_of(app, &sender, body)?;
    let jetpay = configured(app)?;
    let outcome = match Callback::verify(|id| jetpay.key_of(id), &body) {
        Ok(callback) => {
            if callback.variant != Variant::PLATFORM {
                tracing::info!(variant = %callback.variant, "a callback of JetPay's was signed in another way");
            }
            match &callback.content {
                CallbackContent::Payment(payment) => take(app, payment, &callback).await?,
                _ => {
                    keep(app, &callback).await?;
                    "other_kind"
                }
            }
        }
        Err(error) => {
            app.metrics.record_notification("jetpay", "refused");
            tracing::warn!(%error, "a callback of JetPay's was refused");
            return Err(problem_of(error));
        }
    };
    app.metrics.record_notification("jetpay", outcome);
    Ok(StatusCode::OK)
}

/// Stores what a callback says, and acts upon it. Returns what it was, for the metrics.
async fn take(
    app: &Parts,
    payment: &Payment,
    callback: &Callback,
) -> Result<&'static str, Problem> {
    let fact = Fact::of(payment);
    let key = key_of(&payment.id);
    let is_id = (1..=MAX_ID_CHARS).contains(&payment.id.chars().count());
    let outcome = match fact.phase {
        Phase::Unknown => "unknown_status",
        _ => "taken",
    };
    if is_id {
        for kind in [payout::KIND, deposit::KIND] {
            if hear(app, kind, &key, &fact).await? {
                return Ok(outcome);
            }
        }
    }
    if is_id && fact.phase.has_moved_money() {
        tracing::error!("JetPay reports a payment that was never reserved here");
        let customer = payment.customer_id.as_deref();
        let customer = customer.or(payment.account_number.as_deref());
        let deposit = Deposit::unknown(&payment.id, customer, &fact);
        let operation = deposit.into_operation(app.clock.now())?;
        app.operations.submit(operation).await?;
    } else {
        keep(app, callback).await?;
    }
    Ok("unknown_payment")
}

/// Stores a fact about an operation, if there is one. Once it is stored, it is not lost: whatever fails after that is
/// made up for.
async fn hear(app: &Parts, kind: &str, key: &str, fact: &Fact) -> Result<bool, Problem> {
    let text = fact.to_text();
    let digest = digest_of(&text);
    let fact = pantoken_store::Fact {
        source: CALLBACK.to_owned(),
        text,
    };
    let (kind, key) = (kind.to_owned(), key.to_owned());
    let (store, now) = (&app.store, app.clock.now());
    let hinted = store.hint_operation(kind.clone(), key.clone(), fact, now);
    if !hinted.await? {
        return Ok(false);
    }
    // Whoever asks about the operation now may have read it before the fact was stored.
    for _ in 0..ATTEMPTS {
        let found = store.find_operation(kind.clone(), key.clone()).await;
        let Ok(Some(operation)) = found else { break };
        match app.operations.ask(operation).await {
            Ok(operation) if is_taken(&operation, &digest) => break,
            Ok(_) => tokio::time::sleep(PAUSE).await,
            Err(_) => break,
        }
    }
    Ok(true)
}

/// Returns whether a fact was acted upon.
fn is_taken(operation: &StoredOperation, digest: &String) -> bool {
    #[derive(Deserialize)]
    struct Heard {
        taken: Vec<String>,
    }
    stored::read::<Heard>(operation).is_ok_and(|heard| heard.taken.contains(digest))
}

/// Keeps a callback that nothing is done about, once.
async fn keep(app: &Parts, callback: &Callback) -> Result<(), Problem> {
    let text = callback.deduplication_text();
    let mut progress = Progress::new("kept", stored::write(&json!({"signed": text}))?);
    progress.is_final = true;
    let digest = Digest::of(text.as_bytes());
    let operation = NewOperation {
        kind: KEPT.to_owned(),
        key: hex::encode(digest.as_bytes()),
        parent: None,
        customer: None,
        created_by: None,
        fingerprint: digest,
        progress,
        created_at: app.clock.now(),
        leased_until: None,
        deadline_at: None,
    };
    let _ = app.store.create_operation(operation).await?;
    Ok(())
}

fn problem_of(error: CallbackError) -> Problem {
    match error {
        CallbackError::Unreadable(Unreadable::TooLong) => Problem::BodyTooLarge,
        CallbackError::Unreadable(Unreadable::Field(field)) => Problem::invalid(
            field,
            "is missing or has another type than the platform's documents say",
        ),
        CallbackError::Unreadable(_) => {
            Problem::MalformedJson("it is no JSON object of the platform's")
        }
        CallbackError::UnknownProject => {
            Problem::invalid("project_id", "must be that of PANTOKEN_JETPAY_PROJECT_ID")
        }
        error => Problem::SignatureInvalid(error.to_string()),
    }
}
