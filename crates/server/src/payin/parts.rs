//! `PUT` and `GET` of `/v1/payin/payments/{paymentId}/captures/{captureId}` and `…/refunds/{refundId}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_store::{
    Digest, NewOperation, OperationFilter, OperationStore, Progress, StoredOperation,
};
use serde_json::json;
use utoipa::ToSchema;

use super::describe::PartView;
use super::endpoint::{ReadProblems, WriteProblems, authorize, find};
use super::id::{self, TwoSegments};
use super::money::Money;
use super::part::{self, Part};
use super::payment::{self, Payment};
use super::payments;
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::{ApiKeyHolder, RequireApiKey};
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::operations::access::{status, submit_part};
use crate::operations::stored;

/// A payment has few parts.
const MAX_PARTS: u32 = 1000;

/// A capture of the whole sum: an empty object.
#[derive(ToSchema)]
#[schema(example = json!({}))]
#[schema(as = NewPayinCapture)]
pub(crate) struct NewCapture {}

/// A refund of the payment or of a part of it.
#[derive(ToSchema)]
#[schema(example = json!({"amount": {"value": "10.00", "currency": "RUB"}}))]
#[schema(as = NewPayinRefund)]
pub(crate) struct NewRefund {
    #[expect(dead_code, reason = "describes the body, which is read field by field")]
    #[schema(value_type = super::money::NewAmount)]
    amount: Money,
}

#[utoipa::path(
    put,
    path = "/v1/payin/payments/{paymentId}/captures/{captureId}",
    operation_id = "putPayinCapture",
    tag = "payin",
    summary = "Captures the whole sum that a payment holds, once",
    security(("apiKey" = [])),
    params(
        ("paymentId" = String, Path, min_length = 1, max_length = 200),
        ("captureId" = String, Path, min_length = 1, max_length = 200)
    ),
    request_body = NewCapture,
    responses(
        (status = 200, description = "The capture has an outcome.", body = PartView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = PartView),
        WriteProblems
    )
)]
pub(crate) async fn put_capture(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(payment_id, capture_id): TwoSegments,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<PartView>), Problem> {
    let app = app.parts();
    let whole = Whole::find(app, &holder, payment_id).await?;
    let capture_id = id::check("captureId", capture_id)?;
    fields?.finish()?;
    let amount = whole.payment.amount.clone();
    put(app, &holder, &whole, part::CAPTURE, &capture_id, amount).await
}

#[utoipa::path(
    put,
    path = "/v1/payin/payments/{paymentId}/refunds/{refundId}",
    operation_id = "putPayinRefund",
    tag = "payin",
    summary = "Gives back a payment or a part of it, once",
    security(("apiKey" = [])),
    params(
        ("paymentId" = String, Path, min_length = 1, max_length = 200),
        ("refundId" = String, Path, min_length = 1, max_length = 200)
    ),
    request_body = NewRefund,
    responses(
        (status = 200, description = "The refund has an outcome.", body = PartView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = PartView),
        WriteProblems
    )
)]
pub(crate) async fn put_refund(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(payment_id, refund_id): TwoSegments,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<PartView>), Problem> {
    let app = app.parts();
    let whole = Whole::find(app, &holder, payment_id).await?;
    let refund_id = id::check("refundId", refund_id)?;
    let mut fields = fields?;
    let amount = Money::take(&mut fields)?;
    fields.finish()?;
    if amount.with_hundredths(0) != whole.payment.amount.with_hundredths(0) {
        let rule = "must be the currency of the payment";
        return Err(Problem::invalid("amount.currency", rule));
    }
    put(app, &holder, &whole, part::REFUND, &refund_id, amount).await
}

#[utoipa::path(
    get,
    path = "/v1/payin/payments/{paymentId}/captures/{captureId}",
    operation_id = "getPayinCapture",
    tag = "payin",
    summary = "Returns the state of a capture",
    security(("apiKey" = [])),
    params(
        ("paymentId" = String, Path, min_length = 1, max_length = 200),
        ("captureId" = String, Path, min_length = 1, max_length = 200)
    ),
    responses((status = 200, description = "The capture.", body = PartView), ReadProblems)
)]
pub(crate) async fn get_capture(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(payment_id, capture_id): TwoSegments,
) -> Result<Json<PartView>, Problem> {
    let app = app.parts();
    let whole = Whole::find(app, &holder, payment_id).await?;
    let capture_id = id::check("captureId", capture_id)?;
    get(app, &whole, part::CAPTURE, &capture_id).await
}

#[utoipa::path(
    get,
    path = "/v1/payin/payments/{paymentId}/refunds/{refundId}",
    operation_id = "getPayinRefund",
    tag = "payin",
    summary = "Returns the state of a refund",
    security(("apiKey" = [])),
    params(
        ("paymentId" = String, Path, min_length = 1, max_length = 200),
        ("refundId" = String, Path, min_length = 1, max_length = 200)
    ),
    responses((status = 200, description = "The refund.", body = PartView), ReadProblems)
)]
pub(crate) async fn get_refund(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(payment_id, refund_id): TwoSegments,
) -> Result<Json<PartView>, Problem> {
    let app = app.parts();
    let whole = Whole::find(app, &holder, payment_id).await?;
    let refund_id = id::check("refundId", refund_id)?;
    get(app, &whole, part::REFUND, &refund_id).await
}

/// The payment that is captured or given back.
struct Whole {
    operation: StoredOperation,
    payment: Payment,
}

impl Whole {
    async fn find(app: &Parts, holder: &ApiKeyHolder, payment_id: String) -> Result<Self, Problem> {
        authorize(app, holder)?;
        let payment_id = id::check("paymentId", payment_id)?;
        let operation = find(app, holder, payment::KIND, payment_id).await?;
        let payment = stored::read(&operation)?;
        Ok(Self { operation, payment })
    }

    fn key(&self, id: &str) -> String {
        format!("{}/{id}", self.operation.key)
    }

    /// Refuses captures and refunds that cannot succeed, before the provider is asked.
    async fn check(&self, app: &Parts, kind: &str, amount: &Money) -> Result<(), Problem> {
        let filter = OperationFilter {
            parent: Some(self.operation.id),
            kind: Some(kind.to_owned()),
            state: Some(part::State::Pending.as_str().to_owned()),
            limit: MAX_PARTS,
            ..OperationFilter::default()
        };
        let open = app.store.list_operations(filter).await?;
        if kind == part::CAPTURE {
            let is_held = self.payment.state == payment::State::Authorized;
            let may_capture = is_held && open.is_empty();
            return may_capture
                .then_some(())
                .ok_or(Problem::OperationImpossible(
                    "only a payment that holds its money can be captured, and once",
                ));
        }
        if matches!(
            self.payment.state,
            payment::State::Pending | payment::State::Declined
        ) {
            return Err(Problem::OperationImpossible(
                "only a payment that holds or has taken money can be given back",
            ));
        }
        let mut asked = amount.hundredths().unwrap_or(i64::MAX);
        for other in &open {
            let other: Part = stored::read(other)?;
            asked = asked.saturating_add(other.amount.hundredths().unwrap_or_default());
        }
        let fits = asked <= self.payment.rest();
        fits.then_some(()).ok_or(Problem::AmountAboveRest)
    }
}

async fn put(
    app: &Parts,
    holder: &ApiKeyHolder,
    whole: &Whole,
    kind: &str,
    id: &str,
    amount: Money,
) -> Result<(StatusCode, Json<PartView>), Problem> {
    let key = whole.key(id);
    let earlier = app
        .store
        .find_operation(kind.to_owned(), key.clone())
        .await?;
    if earlier.is_none() {
        whole.check(app, kind, &amount).await?;
    }
    let part = Part {
        amount,
        state: part::State::Pending,
        reason: None,
    };
    let now = app.clock.now();
    let new = NewOperation {
        kind: kind.to_owned(),
        key,
        parent: Some(whole.operation.id),
        customer: whole.operation.customer.clone(),
        created_by: holder.name().map(ToString::to_string),
        fingerprint: Digest::of(json!([part.amount]).to_string().as_bytes()),
        progress: Progress::new(part.state.as_str(), stored::write(&part)?),
        created_at: now,
        leased_until: None,
        deadline_at: Some(now.saturating_add(payments::DEADLINE)),
    };
    let operation = submit_part(app, &whole.operation, new).await?;
    Ok((status(&operation), Json(view(&operation)?)))
}

async fn get(app: &Parts, whole: &Whole, kind: &str, id: &str) -> Result<Json<PartView>, Problem> {
    let (kind, key) = (kind.to_owned(), whole.key(id));
    let found = app.store.find_operation(kind, key).await?;
    view(&found.ok_or(Problem::OperationNotFound)?).map(Json)
}

fn view(operation: &StoredOperation) -> Result<PartView, Problem> {
    let part: Part = stored::read(operation)?;
    Ok(PartView::new(&operation.kind, &operation.key, &part))
}
