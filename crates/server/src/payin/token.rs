//! The payment tokens that this server was given.

use pantoken_core::Secret;
use pantoken_store::{Digest, NewOperation, OperationStore, Progress, StoredOperation};

use serde_json::json;

use super::describe;
use super::verification::Token;
use crate::app::Parts;
use crate::http::problem::Problem;
use crate::operations::Event;

pub(super) const KIND: &str = "payin.token";
pub(super) const ACTIVE: &str = "active";
pub(super) const DELETED: &str = "deleted";

/// Returns the name of a token, which is no secret: nobody can find the token from it.
pub(super) fn token_id(payment_token: &str) -> String {
    let digest = Digest::of(format!("pantoken/payin-token/{payment_token}").as_bytes());
    format!("tok_{}", hex::encode(&digest.as_bytes()[..16]))
}

/// Makes the record of a token that the provider issued.
pub(super) fn record(
    token: &Token,
    customer: &str,
    created_by: Option<String>,
    now: i64,
) -> Option<NewOperation> {
    let data = serde_json::to_string(token).ok()?;
    Some(NewOperation {
        kind: KIND.to_owned(),
        key: token.token_id.clone(),
        parent: None,
        customer: Some(customer.to_owned()),
        created_by,
        fingerprint: Digest::of(token.token_id.as_bytes()),
        progress: Progress {
            state: ACTIVE.to_owned(),
            data: Secret::new(&data),
            is_final: false,
            attention: None,
            next_attempt_at: None,
        },
        created_at: now,
        leased_until: None,
        deadline_at: None,
    })
}

/// Makes the event of a token that another operation has brought about.
pub(super) fn created(token: &Token, customer: &str) -> Event {
    let mut fields = describe::fields(token);
    fields.insert("customer".to_owned(), json!(customer));
    fields.insert("state".to_owned(), json!(ACTIVE));
    Event {
        kind: "payin.token.created",
        fields,
    }
}

pub(super) fn read(operation: &StoredOperation) -> Result<Token, Problem> {
    serde_json::from_str(operation.progress.data.expose()).map_err(|error| {
        tracing::error!(operation = %operation.id, %error, "a token cannot be read");
        Problem::Internal
    })
}

/// Returns the record of a customer's token, whatever its state.
pub(super) async fn find(
    app: &Parts,
    customer: &str,
    token_id: &str,
) -> Result<Option<StoredOperation>, Problem> {
    let (kind, key) = (KIND.to_owned(), token_id.to_owned());
    let found = app.store.find_operation(kind, key).await?;
    Ok(found.filter(|token| token.customer.as_deref() == Some(customer)))
}

/// Returns the customer's token with this id. That of another customer is as unknown as one that was deleted.
pub(super) async fn chargeable(
    app: &Parts,
    customer: &str,
    token_id: &str,
) -> Result<String, Problem> {
    let found = find(app, customer, token_id).await?;
    let active = found.filter(|token| token.progress.state == ACTIVE);
    let token = read(&active.ok_or(Problem::TokenNotFound)?)?;
    Ok(token.payment_token)
}

/// Checks that a token may be charged for this customer. One that this server never saw may.
pub(super) async fn check_chargeable(
    app: &Parts,
    customer: &str,
    payment_token: &str,
) -> Result<(), Problem> {
    let (kind, key) = (KIND.to_owned(), token_id(payment_token));
    let Some(token) = app.store.find_operation(kind, key).await? else {
        return Ok(());
    };
    let is_own = token.customer.as_deref() == Some(customer) && token.progress.state == ACTIVE;
    is_own.then_some(()).ok_or(Problem::TokenNotFound)
}
