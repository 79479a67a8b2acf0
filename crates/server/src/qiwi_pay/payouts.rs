//! `PUT` and `GET /v1/qiwi-pay/payouts/{orderId}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_qiwi_pay::TxnId;
use pantoken_store::{Digest, NewOperation, Progress, StoredOperation};
use serde_json::json;
use utoipa::ToSchema;

use super::described::PayoutView;
use super::endpoint::authorize_api;
use super::money::Money;
use super::part::{self, Part};
use super::payments::DEADLINE;
use super::{id, requests};
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::problem_sets::{ReadProblems, WriteProblems};
use crate::operations::access::{find, status, submit};
use crate::operations::stored;

/// A payout to a saved card.
#[derive(ToSchema)]
#[schema(example = json!({"amount": {"value": "10.00", "currency": "RUB"},
    "cardToken": "1a77343a-dd8a-11eb-ba80-0242ac130004"}))]
#[schema(as = NewQiwiPayPayout, rename_all = "camelCase")]
pub(crate) struct NewPayout {
    #[schema(value_type = super::money::NewAmount)]
    amount: Money,
    #[schema(min_length = 1, max_length = 40)]
    card_token: String,
    /// The agent's own reference to the receiver.
    #[schema(min_length = 1, max_length = 64)]
    customer: Option<String>,
    /// The transaction of the safe deal that is paid out. It limits the sum.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,19}$")]
    deal_txn_id: Option<u64>,
}

#[utoipa::path(
    put,
    path = "/v1/qiwi-pay/payouts/{orderId}",
    operation_id = "putQiwiPayPayout",
    tag = "qiwi-pay",
    summary = "Pays to a saved card, once",
    description = "You choose the id of the order. The same order and body are the same payout.",
    security(("apiKey" = [])),
    params(("orderId" = String, Path, min_length = 1, max_length = 256)),
    request_body = NewPayout,
    responses(
        (status = 200, description = "The payout has an outcome.", body = PayoutView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = PayoutView),
        WriteProblems
    )
)]
pub(crate) async fn put_payout(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(order_id): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<PayoutView>), Problem> {
    let app = app.parts();
    authorize_api(app, &holder)?;
    let order_id = id::check("orderId", order_id)?;
    let new = NewPayout::read(fields?)?;
    let parts = json!([new.amount, new.card_token, new.customer, new.deal_txn_id]);
    let part = Part {
        parent_txn_id: new.deal_txn_id,
        card_token: Some(new.card_token),
        customer: new.customer,
        ..Part::new(new.amount)
    };
    let now = app.clock.now();
    let new = NewOperation {
        kind: part::PAYOUT.to_owned(),
        key: order_id,
        parent: None,
        customer: part.customer.clone(),
        created_by: holder.name().map(ToString::to_string),
        fingerprint: Digest::of(parts.to_string().as_bytes()),
        progress: Progress::new(part.state.as_str(), stored::write(&part)?),
        created_at: now,
        leased_until: None,
        deadline_at: Some(now.saturating_add(DEADLINE)),
    };
    let operation = submit(app, &holder, new).await?;
    Ok((status(&operation), Json(view(&operation)?)))
}

#[utoipa::path(
    get,
    path = "/v1/qiwi-pay/payouts/{orderId}",
    operation_id = "getQiwiPayPayout",
    tag = "qiwi-pay",
    summary = "Returns the state of a payout",
    security(("apiKey" = [])),
    params(("orderId" = String, Path, min_length = 1, max_length = 256)),
    responses((status = 200, description = "The payout.", body = PayoutView), ReadProblems)
)]
pub(crate) async fn get_payout(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(order_id): PathSegment,
) -> Result<Json<PayoutView>, Problem> {
    let app = app.parts();
    authorize_api(app, &holder)?;
    let order_id = id::check("orderId", order_id)?;
    let operation = find(app, &holder, part::PAYOUT, order_id).await?;
    Ok(Json(view(&operation)?))
}

fn view(operation: &StoredOperation) -> Result<PayoutView, Problem> {
    let part: Part = stored::read(operation)?;
    Ok(PayoutView::new(&operation.key, &part))
}

impl NewPayout {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let new = Self {
            amount: Money::take(&mut fields)?,
            card_token: fields.required("cardToken", requests::token)?,
            customer: fields.optional("customer", requests::customer)?,
            deal_txn_id: fields.optional("dealTxnId", |text| {
                TxnId::parse(text)
                    .map(TxnId::number)
                    .ok_or("must be the digits of a transaction's number, as a string")
            })?,
        };
        fields.finish()?;
        Ok(new)
    }
}
