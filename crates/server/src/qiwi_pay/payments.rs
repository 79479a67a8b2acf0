//! `PUT` and `GET /v1/qiwi-pay/payments/{orderId}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_store::{NewOperation, Progress, StoredOperation};

use super::described::PaymentView;
use super::endpoint::{authorize, authorize_api};
use super::id;
use super::payment::{self, Payment};
use super::requests::{NewPayment, read_payment};
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::problem_sets::{ReadProblems, WriteProblems};
use crate::operations::access::{find, submit};
use crate::operations::stored;

/// After this time an operation that is still open is an alarm, in milliseconds.
pub(super) const DEADLINE: i64 = 24 * 3_600_000;

#[utoipa::path(
    put,
    path = "/v1/qiwi-pay/payments/{orderId}",
    operation_id = "putQiwiPayPayment",
    tag = "qiwi-pay",
    summary = "Charges a saved card, once",
    description = "You choose the id of the order. The same order and body are the same payment.",
    security(("apiKey" = [])),
    params(("orderId" = String, Path, min_length = 1, max_length = 256)),
    request_body = NewPayment,
    responses(
        (status = 200, description = "The payment has an outcome.", body = PaymentView),
        (status = 202, description = "The outcome is not known yet, or the payer has to pass 3-D Secure.", body = PaymentView),
        WriteProblems
    )
)]
pub(crate) async fn put_payment(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(order_id): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<PaymentView>), Problem> {
    let app = app.parts();
    let qiwi_pay = authorize(app, &holder)?;
    authorize_api(app, &holder)?;
    let order_id = id::check("orderId", order_id)?;
    let order = read_payment(fields?, qiwi_pay, &order_id)?;
    let fingerprint = order.fingerprint(false);
    let payment = Payment::new(order, false);
    let now = app.clock.now();
    let new = NewOperation {
        kind: payment::KIND.to_owned(),
        key: order_id,
        parent: None,
        customer: payment.order.customer.clone(),
        created_by: holder.name().map(ToString::to_string),
        fingerprint,
        progress: Progress::new(payment.state_name(), stored::write(&payment)?),
        created_at: now,
        leased_until: None,
        deadline_at: Some(now.saturating_add(DEADLINE)),
    };
    let operation = submit(app, &holder, new).await?;
    describe(&operation)
}

#[utoipa::path(
    get,
    path = "/v1/qiwi-pay/payments/{orderId}",
    operation_id = "getQiwiPayPayment",
    tag = "qiwi-pay",
    summary = "Returns the state of a payment by form or token",
    security(("apiKey" = [])),
    params(("orderId" = String, Path, min_length = 1, max_length = 256)),
    responses(
        (status = 200, description = "The payment.", body = PaymentView),
        ReadProblems
    )
)]
pub(crate) async fn get_payment(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(order_id): PathSegment,
) -> Result<Json<PaymentView>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let order_id = id::check("orderId", order_id)?;
    let operation = find(app, &holder, payment::KIND, order_id).await?;
    let (_, view) = describe(&operation)?;
    Ok(view)
}

/// A hold is an outcome of its payment, although more may follow.
pub(super) fn describe(
    operation: &StoredOperation,
) -> Result<(StatusCode, Json<PaymentView>), Problem> {
    let payment: Payment = stored::read(operation)?;
    let status = match payment.state.is_open() || payment.attention.is_some() {
        true => StatusCode::ACCEPTED,
        false => StatusCode::OK,
    };
    Ok((status, Json(PaymentView::new(&operation.key, &payment))))
}
