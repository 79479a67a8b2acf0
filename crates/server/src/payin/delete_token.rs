//! `DELETE /v1/payin/customers/{customer}/tokens/{tokenId}`

use axum::extract::State;
use axum::http::StatusCode;
use pantoken_payin::{PaymentToken, TokenDeletion};
use pantoken_store::{OperationChange, OperationStore, Progress, StoredOperation};
use serde_json::{Map, json};

use super::endpoint::{ReadProblems, authorize};
use super::id::TwoSegments;
use super::payment_method::PaymentMethod;
use super::token::{self, Token};
use super::{PayinOptions, customer, token_lookup};
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::RequireApiKey;
use crate::http::problem::Problem;
use crate::operations::Engine;
use crate::operations::stored;

#[utoipa::path(
    delete,
    path = "/v1/payin/customers/{customer}/tokens/{tokenId}",
    operation_id = "deletePayinToken",
    tag = "payin",
    summary = "Deletes a payment token, here and at the provider",
    description = "The provider can delete the tokens of cards. One of the faster payments system (`sbp`) is \
                   deleted here, and can no longer be used here; its customer ends it with the app of the bank.",
    security(("apiKey" = [])),
    params(
        ("customer" = String, Path, min_length = 1, max_length = 64),
        ("tokenId" = String, Path)
    ),
    responses(
        (status = 204, description = "There is no such token any more, or never was."),
        ReadProblems
    )
)]
pub(crate) async fn delete_token(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(customer, token_id): TwoSegments,
) -> Result<StatusCode, Problem> {
    let app = app.parts();
    let payin = authorize(app, &holder)?;
    let customer = customer::parse(&customer).map_err(|rule| Problem::invalid("customer", rule))?;
    let found = token_lookup::find(app, &customer, &token_id).await?;
    let found = found.filter(|token| holder.may_read_operation(token));
    if let Some(record) = found.filter(|token| token.progress.state != token::DELETED) {
        delete(app, payin, &customer, &record).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the token at the provider first, because the token can be charged until that has succeeded.
async fn delete(
    app: &Parts,
    payin: &PayinOptions,
    customer: &str,
    record: &StoredOperation,
) -> Result<(), Problem> {
    let token: Token = stored::read(record)?;
    // The provider has no call that deletes the other ones.
    if token.payment_method == PaymentMethod::Card {
        delete_at_provider(payin, customer, &token).await?;
    }
    let now = app.clock.now();
    let mut fields = Map::new();
    fields.insert("customer".to_owned(), json!(customer));
    fields.insert("tokenId".to_owned(), json!(token.token_id));
    fields.insert("state".to_owned(), json!(token::DELETED));
    let event = Engine::event(record, "payin.token.deleted", &fields, now, payin.is_live);
    let change = OperationChange {
        id: record.id,
        kind: record.kind.clone(),
        key: record.key.clone(),
        version: record.version,
        progress: Progress {
            state: token::DELETED.to_owned(),
            is_final: true,
            ..record.progress.clone()
        },
        is_progress: true,
        fact: None,
        events: vec![event],
        creates: Vec::new(),
        wakes: Vec::new(),
        now,
    };
    // If it changed meanwhile, another call has deleted it.
    app.store.change_operation(change).await?;
    Ok(())
}

async fn delete_at_provider(
    payin: &PayinOptions,
    customer: &str,
    token: &Token,
) -> Result<(), Problem> {
    let secret = PaymentToken::parse(&token.payment_token).map_err(|_| Problem::Internal)?;
    let deletion = TokenDeletion::new(customer, secret);
    if let Err(error) = payin.client.tokens().delete(deletion).await {
        tracing::warn!(%error, "the provider did not delete a token");
        return Err(Problem::ProviderUnavailable);
    }
    Ok(())
}
