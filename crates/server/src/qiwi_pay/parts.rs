//! `PUT` and `GET` of `/v1/qiwi-pay/payments/{orderId}/captures/{captureId}`, `…/reversals/{reversalId}` and
//! `…/refunds/{refundId}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_store::{
    Digest, NewOperation, OperationFilter, OperationStore, Progress, StoredOperation,
};
use serde_json::json;

use super::described::PartView;
use super::endpoint::{authorize, authorize_api};
use super::id;
use super::money::Money;
use super::part::{self, Part};
use super::part_details::{NewCapture, NewReturn, PartDetails};
use super::payment::{self, Payment};
use super::payments::DEADLINE;
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::{ApiKeyHolder, RequireApiKey};
use crate::http::fields::Fields;
use crate::http::path_segment::TwoSegments;
use crate::http::problem::Problem;
use crate::http::problem_sets::{ReadProblems, WriteProblems};
use crate::operations::access::{find, status, submit_part};
use crate::operations::stored;

/// A payment has few parts.
const MAX_PARTS: u32 = 1000;

type Put = Result<(StatusCode, Json<PartView>), Problem>;

#[utoipa::path(
    put,
    path = "/v1/qiwi-pay/payments/{orderId}/captures/{captureId}",
    operation_id = "putQiwiPayCapture",
    tag = "qiwi-pay",
    summary = "Captures the whole sum that a payment holds, once",
    security(("apiKey" = [])),
    params(
        ("orderId" = String, Path, min_length = 1, max_length = 256),
        ("captureId" = String, Path, min_length = 1, max_length = 256)
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
    TwoSegments(order_id, capture_id): TwoSegments,
    fields: Result<Fields, Problem>,
) -> Put {
    let app = app.parts();
    authorize_api(app, &holder)?;
    let whole = Whole::find(app, &holder, order_id).await?;
    let id = id::check("captureId", capture_id)?;
    let details = PartDetails::of_capture(fields?, authorize(app, &holder)?)?;
    put(app, &holder, &whole, part::CAPTURE, &id, (None, details)).await
}

#[utoipa::path(
    put,
    path = "/v1/qiwi-pay/payments/{orderId}/reversals/{reversalId}",
    operation_id = "putQiwiPayReversal",
    tag = "qiwi-pay",
    summary = "Releases what a payment holds or a part of it, once",
    description = "Some acquirers also cancel a sale on its day like this.",
    security(("apiKey" = [])),
    params(
        ("orderId" = String, Path, min_length = 1, max_length = 256),
        ("reversalId" = String, Path, min_length = 1, max_length = 256)
    ),
    request_body = NewReturn,
    responses(
        (status = 200, description = "The reversal has an outcome.", body = PartView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = PartView),
        WriteProblems
    )
)]
pub(crate) async fn put_reversal(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(order_id, reversal_id): TwoSegments,
    fields: Result<Fields, Problem>,
) -> Put {
    let app = app.parts();
    authorize_api(app, &holder)?;
    let whole = Whole::find(app, &holder, order_id).await?;
    let id = id::check("reversalId", reversal_id)?;
    let asked = whole.read_return(fields?)?;
    put(app, &holder, &whole, part::REVERSAL, &id, asked).await
}

#[utoipa::path(
    put,
    path = "/v1/qiwi-pay/payments/{orderId}/refunds/{refundId}",
    operation_id = "putQiwiPayRefund",
    tag = "qiwi-pay",
    summary = "Gives back a payment or a part of it, once",
    security(("apiKey" = [])),
    params(
        ("orderId" = String, Path, min_length = 1, max_length = 256),
        ("refundId" = String, Path, min_length = 1, max_length = 256)
    ),
    request_body = NewReturn,
    responses(
        (status = 200, description = "The refund has an outcome.", body = PartView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = PartView),
        WriteProblems
    )
)]
pub(crate) async fn put_refund(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(order_id, refund_id): TwoSegments,
    fields: Result<Fields, Problem>,
) -> Put {
    let app = app.parts();
    authorize_api(app, &holder)?;
    let whole = Whole::find(app, &holder, order_id).await?;
    let id = id::check("refundId", refund_id)?;
    let asked = whole.read_return(fields?)?;
    put(app, &holder, &whole, part::REFUND, &id, asked).await
}

#[utoipa::path(
    get,
    path = "/v1/qiwi-pay/payments/{orderId}/captures/{captureId}",
    operation_id = "getQiwiPayCapture",
    tag = "qiwi-pay",
    summary = "Returns the state of a capture",
    security(("apiKey" = [])),
    params(
        ("orderId" = String, Path, min_length = 1, max_length = 256),
        ("captureId" = String, Path, min_length = 1, max_length = 256)
    ),
    responses((status = 200, description = "The capture.", body = PartView), ReadProblems)
)]
pub(crate) async fn get_capture(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(order_id, capture_id): TwoSegments,
) -> Result<Json<PartView>, Problem> {
    let app = app.parts();
    let whole = Whole::find(app, &holder, order_id).await?;
    let id = id::check("captureId", capture_id)?;
    get(app, &whole, part::CAPTURE, &id).await
}

#[utoipa::path(
    get,
    path = "/v1/qiwi-pay/payments/{orderId}/reversals/{reversalId}",
    operation_id = "getQiwiPayReversal",
    tag = "qiwi-pay",
    summary = "Returns the state of a reversal",
    security(("apiKey" = [])),
    params(
        ("orderId" = String, Path, min_length = 1, max_length = 256),
        ("reversalId" = String, Path, min_length = 1, max_length = 256)
    ),
    responses((status = 200, description = "The reversal.", body = PartView), ReadProblems)
)]
pub(crate) async fn get_reversal(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(order_id, reversal_id): TwoSegments,
) -> Result<Json<PartView>, Problem> {
    let app = app.parts();
    let whole = Whole::find(app, &holder, order_id).await?;
    let id = id::check("reversalId", reversal_id)?;
    get(app, &whole, part::REVERSAL, &id).await
}

#[utoipa::path(
    get,
    path = "/v1/qiwi-pay/payments/{orderId}/refunds/{refundId}",
    operation_id = "getQiwiPayRefund",
    tag = "qiwi-pay",
    summary = "Returns the state of a refund",
    security(("apiKey" = [])),
    params(
        ("orderId" = String, Path, min_length = 1, max_length = 256),
        ("refundId" = String, Path, min_length = 1, max_length = 256)
    ),
    responses((status = 200, description = "The refund.", body = PartView), ReadProblems)
)]
pub(crate) async fn get_refund(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    TwoSegments(order_id, refund_id): TwoSegments,
) -> Result<Json<PartView>, Problem> {
    let app = app.parts();
    let whole = Whole::find(app, &holder, order_id).await?;
    let id = id::check("refundId", refund_id)?;
    get(app, &whole, part::REFUND, &id).await
}

/// How much is asked for, or everything, and what the call carries beside it.
type Asked = (Option<Money>, PartDetails);

/// The payment that is captured or given back.
struct Whole {
    operation: StoredOperation,
    payment: Payment,
}

impl Whole {
    async fn find(app: &Parts, holder: &ApiKeyHolder, order_id: String) -> Result<Self, Problem> {
        authorize(app, holder)?;
        let order_id = id::check("orderId", order_id)?;
        let operation = find(app, holder, payment::KIND, order_id).await?;
        let payment = stored::read(&operation)?;
        Ok(Self { operation, payment })
    }

    fn key(&self, id: &str) -> String {
        format!("{}/{id}", self.operation.key)
    }

    /// Reads how much is given back, in the currency of the payment.
    fn read_return(&self, mut fields: Fields) -> Result<Asked, Problem> {
        let amount = Money::take_optional(&mut fields)?;
        let details = PartDetails::of_return(&mut fields)?;
        fields.finish()?;
        let currency = self.payment.order.amount.currency();
        match &amount {
            Some(amount) if amount.currency() != currency => Err(Problem::invalid(
                "amount.currency",
                "must be the currency of the payment",
            )),
            _ => Ok((amount, details)),
        }
    }

    /// Returns how much of the payment is neither given back nor asked for, in hundredths.
    async fn rest(&self, app: &Parts) -> Result<i64, Problem> {
        let (mut completed, mut pending) = (0_i64, 0_i64);
        for kind in [part::REVERSAL, part::REFUND] {
            for one in self.parts(app, kind).await? {
                let amount = one.amount.hundredths();
                match one.state {
                    part::State::Pending => pending = pending.saturating_add(amount),
                    part::State::Completed => completed = completed.saturating_add(amount),
                    part::State::Declined => {}
                }
            }
        }
        // The payment knows of what was given back elsewhere, and its parts may be ahead of it.
        let returned = completed.max(self.payment.returned);
        Ok(self
            .payment
            .whole()
            .saturating_sub(returned)
            .saturating_sub(pending))
    }

    async fn parts(&self, app: &Parts, kind: &str) -> Result<Vec<Part>, Problem> {
        let filter = OperationFilter {
            parent: Some(self.operation.id),
            kind: Some(kind.to_owned()),
            limit: MAX_PARTS,
            ..OperationFilter::default()
        };
        let found = app.store.list_operations(filter).await?;
        Ok(found.iter().map(stored::read).collect::<Result<_, _>>()?)
    }

    /// Refuses what cannot succeed, before the provider is asked. Returns the sum, and whether it is all of the
    /// payment.
    async fn check(
        &self,
        app: &Parts,
        kind: &str,
        amount: Option<&Money>,
    ) -> Result<(Money, bool), Problem> {
        let state = self.payment.state;
        let may = match kind {
            part::REFUND => matches!(state, payment::State::Captured),
            part::REVERSAL => {
                matches!(state, payment::State::Authorized | payment::State::Captured)
            }
            _ => state == payment::State::Authorized,
        };
        let is_given_back = matches!(state, payment::State::Reversed | payment::State::Refunded);
        if is_given_back && kind != part::CAPTURE {
            return Err(Problem::AmountAboveRest);
        }
        if !may || self.payment.txn_id.is_none() {
            return Err(Problem::OperationImpossible(match kind {
                part::REFUND => "only a payment that has taken money can be refunded",
                part::REVERSAL => "only a payment that holds or has taken money can be reversed",
                _ => "only a payment that holds its money can be captured, and once",
            }));
        }
        if kind == part::CAPTURE {
            let captures = self.parts(app, kind).await?;
            let is_second = captures
                .iter()
                .any(|one| one.state != part::State::Declined);
            if is_second {
                return Err(Problem::OperationImpossible(
                    "only a payment that holds its money can be captured, and once",
                ));
            }
        }
        let rest = self.rest(app).await?;
        let asked = amount.map_or(rest, Money::hundredths);
        if rest <= 0 || asked > rest {
            return Err(Problem::AmountAboveRest);
        }
        let sum = self.payment.order.amount.with_hundredths(asked);
        Ok((sum, amount.is_none() && asked == self.payment.whole()))
    }
}

async fn put(
    app: &Parts,
    holder: &ApiKeyHolder,
    whole: &Whole,
    kind: &str,
    id: &str,
    (amount, details): Asked,
) -> Put {
    let key = whole.key(id);
    let request = match details.is_empty() {
        true => json!([amount]),
        false => json!([amount, details]),
    };
    let fingerprint = Digest::of(request.to_string().as_bytes());
    let earlier = app
        .store
        .find_operation(kind.to_owned(), key.clone())
        .await?;
    let (sum, is_whole) = match &earlier {
        // The same request is found by its fingerprint, whatever has become of the payment.
        Some(_) => (whole.payment.order.amount.clone(), true),
        None => whole.check(app, kind, amount.as_ref()).await?,
    };
    let part = Part {
        is_whole,
        parent_txn_id: whole.payment.txn_id,
        earlier: whole.payment.children.clone(),
        details,
        ..Part::new(sum)
    };
    if earlier.is_none() {
        part.check(kind, authorize(app, holder)?)?;
    }
    let now = app.clock.now();
    let new = NewOperation {
        kind: kind.to_owned(),
        key,
        parent: Some(whole.operation.id),
        customer: whole.operation.customer.clone(),
        created_by: holder.name().map(ToString::to_string),
        fingerprint,
        progress: Progress::new(part.state.as_str(), stored::write(&part)?),
        created_at: now,
        leased_until: None,
        deadline_at: Some(now.saturating_add(DEADLINE)),
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
