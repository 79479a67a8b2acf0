//! `POST /v1/qiwi-pay/forms`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_store::{NewOperation, OperationCreation, OperationStore, Progress};
use serde::Serialize;
use utoipa::ToSchema;

use super::endpoint::authorize;
use super::order::Order;
use super::payment::{self, Payment};
use super::requests::{NewForm, problem, read_form};
use crate::app::AppState;
use crate::http::api_key_holder::RequireApiKey;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::problem_sets::WriteProblems;
use crate::operations::stored;

/// How long after its creation a form is first asked about, in milliseconds.
const FIRST_QUESTION: i64 = 5 * 60_000;

/// A signed form. Lead the payer's browser to `formUrl` with these fields, by a form that is sent with `POST`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"form": "qiwi-pay", "requestId": "order-7", "method": "POST",
    "formUrl": "https://pay.qiwi.com/paypage/initial", "fields": {"amount": "10.00", "currency": "643",
    "merchant_site": "555", "opcode": "1", "order_id": "order-7",
    "sign": "9c878bfbf9baa30c26c8c6206976fc3ed2c036afeabf352f8a045fe331d42d7e"}}))]
#[schema(as = QiwiPayForm)]
pub(crate) struct FormView {
    /// Always `qiwi-pay`.
    form: &'static str,
    /// The id of the order.
    request_id: String,
    /// Always `POST`.
    method: &'static str,
    #[schema(format = "uri")]
    form_url: String,
    /// The names and values of the form's hidden inputs, all texts.
    #[schema(value_type = Object)]
    fields: BTreeMap<&'static str, String>,
}

#[utoipa::path(
    post,
    path = "/v1/qiwi-pay/forms",
    operation_id = "createQiwiPayForm",
    tag = "qiwi-pay",
    summary = "Signs a payment form for an order",
    description = "The same order and body give the same form.",
    security(("apiKey" = [])),
    request_body = NewForm,
    responses(
        (status = 201, description = "The form.", body = FormView),
        WriteProblems
    )
)]
pub(crate) async fn create_form(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<FormView>), Problem> {
    let app = app.parts();
    let qiwi_pay = authorize(app, &holder)?;
    let (order_id, order) = read_form(fields?, &qiwi_pay.site)?;
    let form = order.sign_form(&qiwi_pay.site, &order_id);
    let form = form.map_err(problem)?;
    let by = holder.name().map(ToString::to_string);
    let new = operation(order_id.clone(), order, by, app.clock.now())?;
    let stored = match app.store.create_operation(new).await? {
        OperationCreation::Created(stored) | OperationCreation::Repeated(stored) => Some(stored),
        OperationCreation::Conflict => None,
    };
    let stored = stored.filter(|operation| holder.may_read_operation(operation));
    stored.ok_or(Problem::OperationConflict)?;
    let view = FormView {
        form: "qiwi-pay",
        request_id: order_id,
        method: "POST",
        form_url: qiwi_pay.form_url.clone(),
        fields: form.fields().iter().cloned().collect(),
    };
    Ok((StatusCode::CREATED, Json(view)))
}

fn operation(
    key: String,
    order: Order,
    created_by: Option<String>,
    now: i64,
) -> Result<NewOperation, Problem> {
    let fingerprint = order.fingerprint(true);
    // The form was signed, and the same body signs it again.
    let payment = Payment::new(order.without_documents(), true);
    Ok(NewOperation {
        kind: payment::KIND.to_owned(),
        key,
        parent: None,
        customer: payment.order.customer.clone(),
        created_by,
        fingerprint,
        progress: Progress {
            next_attempt_at: Some(now.saturating_add(FIRST_QUESTION)),
            ..Progress::new(payment.state_name(), stored::write(&payment)?)
        },
        created_at: now,
        leased_until: None,
        // The payer decides when it is paid.
        deadline_at: None,
    })
}
