//! `GET /v1/jetpay/deposits` and `GET /v1/jetpay/deposits/{paymentId}`

use axum::Json;
use axum::extract::{RawQuery, State};
use pantoken_store::{OperationFilter, OperationId, OperationStore};
use serde::Serialize;
use utoipa::ToSchema;

use super::deposit::{self, Deposit};
use super::describe::DepositView;
use super::endpoint::authorize;
use super::id::{check, key_of};
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::problem_sets::ReadProblems;
use crate::operations::access::find;
use crate::operations::stored;

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 100;
const MAX_CUSTOMER_CHARS: usize = 255;

/// Deposits, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = JetpayDepositList, example = json!({"deposits": [{"paymentId": "5f6de2bb-1ee7-4c67-a4ec-5b7ae1b1bd4c",
    "customer": "customer-7", "amount": 2000, "currency": "KZT", "paymentMethod": "qiwi-kz", "state": "paid"}],
    "next": "41"}))]
pub(crate) struct DepositList {
    deposits: Vec<DepositView>,
    /// The value of `after` that continues the list, if there may be more.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[utoipa::path(
    get,
    path = "/v1/jetpay/deposits/{paymentId}",
    operation_id = "getJetpayDeposit",
    tag = "jetpay",
    summary = "Returns the state of a deposit",
    security(("apiKey" = [])),
    params(("paymentId" = String, Path, min_length = 1, max_length = 255)),
    responses((status = 200, description = "The deposit.", body = DepositView), ReadProblems)
)]
pub(crate) async fn get_deposit(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(payment_id): PathSegment,
) -> Result<Json<DepositView>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let key = key_of(&check(payment_id)?);
    let operation = find(app, &holder, deposit::KIND, key).await?;
    let deposit: Deposit = stored::read(&operation)?;
    Ok(Json(DepositView::new(&deposit)))
}

#[utoipa::path(
    get,
    path = "/v1/jetpay/deposits",
    operation_id = "listJetpayDeposits",
    tag = "jetpay",
    summary = "Lists deposits, the newest first",
    security(("apiKey" = [])),
    params(
        ("customer" = Option<String>, Query, min_length = 1, max_length = 255, nullable = false),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, nullable = false),
        ("after" = Option<String>, Query, description = "The `next` of the page before.",
         pattern = "^[1-9][0-9]{0,18}$", nullable = false)
    ),
    responses((status = 200, description = "The deposits.", body = DepositList), ReadProblems)
)]
pub(crate) async fn list_deposits(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Json<DepositList>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let filter = read_filter(query.as_deref().unwrap_or_default())?;
    let limit = filter.limit as usize;
    let found = app.store.list_operations(filter).await?;
    let next = found.last().filter(|_| found.len() == limit);
    let next = next.map(|last| last.id.to_string());
    let readable = found.iter().filter(|one| holder.may_read_operation(one));
    let deposits = readable
        .map(|one| stored::read::<Deposit>(one).map(|deposit| DepositView::new(&deposit)))
        .collect::<Result<_, _>>()?;
    Ok(Json(DepositList { deposits, next }))
}

fn read_filter(query: &str) -> Result<OperationFilter, Problem> {
    let mut fields = Fields::of_query(query);
    let customer = fields.optional("customer", |text| {
        let fits = (1..=MAX_CUSTOMER_CHARS).contains(&text.chars().count());
        let rule = "must be 1 to 255 characters long";
        fits.then(|| text.to_owned()).ok_or(rule)
    })?;
    let limit = fields.optional("limit", |text| {
        let limit = text.parse().ok();
        limit
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or("must be a whole number from 1 to 100")
    })?;
    let after = fields.optional("after", |text| {
        let number: Option<i64> = text.parse().ok();
        number
            .filter(|number| *number > 0 && number.to_string() == text)
            .ok_or("must be the `next` of the page before")
    })?;
    fields.finish()?;
    Ok(OperationFilter {
        kind: Some(deposit::KIND.to_owned()),
        customer,
        before: after.map(OperationId::from_i64),
        limit: limit.unwrap_or(DEFAULT_LIMIT),
        ..OperationFilter::default()
    })
}
