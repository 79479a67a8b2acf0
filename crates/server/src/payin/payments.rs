//! `PUT` and `GET /v1/payin/payments/{paymentId}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_payin::PaymentToken;
use pantoken_store::{Digest, NewOperation, OperationStore, Progress, StoredOperation};
use serde_json::json;
use utoipa::ToSchema;

use super::describe::PaymentView;
use super::endpoint::{ReadProblems, WriteProblems, authorize, find, submit};
use super::money::Money;
use super::payment::{self, Payment};
use super::{customer, id, token_lookup};
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::{ApiKeyHolder, RequireApiKey};
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::operations::stored;

/// After this time a payment that is still pending is an alarm, in milliseconds.
pub(super) const DEADLINE: i64 = 24 * 3_600_000;
const MAX_COMMENT_CHARS: usize = 255;

/// A payment by token. Send either `tokenId` or `paymentToken`.
#[derive(ToSchema)]
#[schema(example = json!({"customer": "customer-7", "tokenId": "tok_30747e05edc6a931833378481131e49c",
    "amount": {"value": "10.00", "currency": "RUB"}}))]
#[schema(as = NewPayinPayment, rename_all = "camelCase")]
pub(crate) struct NewPayment {
    /// The agent's own reference, which tokens are bound to.
    #[schema(min_length = 1, max_length = 64)]
    customer: String,
    /// A token of `GET /v1/payin/customers/{customer}/tokens`.
    token_id: Option<String>,
    /// The token itself, if it was issued elsewhere.
    payment_token: Option<String>,
    #[schema(value_type = super::money::NewAmount)]
    amount: Money,
    /// `false` only holds the money until it is captured.
    #[schema(default = true, value_type = Option<bool>)]
    capture: bool,
    #[schema(max_length = 255)]
    comment: Option<String>,
}

#[utoipa::path(
    put,
    path = "/v1/payin/payments/{paymentId}",
    operation_id = "putPayinPayment",
    tag = "payin",
    summary = "Charges a payment token, once",
    description = "You choose the id. The same id and body are the same payment.",
    security(("apiKey" = [])),
    params(("paymentId" = String, Path, min_length = 1, max_length = 200)),
    request_body = NewPayment,
    responses(
        (status = 200, description = "The payment has an outcome.", body = PaymentView),
        (status = 202, description = "The outcome is not known yet. A webhook tells it.", body = PaymentView),
        WriteProblems
    )
)]
pub(crate) async fn put_payment(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(payment_id): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<PaymentView>), Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let payment_id = id::check("paymentId", payment_id)?;
    let new = NewPayment::read(fields?)?;
    let operation = new.into_operation(app, &holder, payment_id).await?;
    let operation = submit(app, &holder, operation).await?;
    let (status, view) = describe(&operation)?;
    Ok((status, Json(view)))
}

#[utoipa::path(
    get,
    path = "/v1/payin/payments/{paymentId}",
    operation_id = "getPayinPayment",
    tag = "payin",
    summary = "Returns the state of a payment",
    security(("apiKey" = [])),
    params(("paymentId" = String, Path, min_length = 1, max_length = 200)),
    responses(
        (status = 200, description = "The payment.", body = PaymentView),
        ReadProblems
    )
)]
pub(crate) async fn get_payment(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(payment_id): PathSegment,
) -> Result<Json<PaymentView>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let payment_id = id::check("paymentId", payment_id)?;
    let operation = find(app, &holder, payment::KIND, payment_id).await?;
    let (_, view) = describe(&operation)?;
    Ok(Json(view))
}

/// A hold is an outcome of its payment, although more may follow.
fn describe(operation: &StoredOperation) -> Result<(StatusCode, PaymentView), Problem> {
    let payment: Payment = stored::read(operation)?;
    let status = match payment.state {
        payment::State::Pending => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok((status, PaymentView::new(&operation.key, &payment)))
}

impl NewPayment {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let new = Self {
            customer: fields.required("customer", customer::parse)?,
            token_id: fields.optional("tokenId", |text| {
                Ok::<_, std::convert::Infallible>(text.to_owned())
            })?,
            payment_token: fields.optional("paymentToken", |text| {
                PaymentToken::parse(text).map(|token| token.expose().to_owned())
            })?,
            amount: Money::take(&mut fields)?,
            capture: fields.optional_switch("capture")?.unwrap_or(true),
            comment: fields.optional("comment", comment)?,
        };
        fields.finish()?;
        match (&new.token_id, &new.payment_token) {
            (None, None) => Err(Problem::MissingField("tokenId")),
            (Some(_), Some(_)) => Err(Problem::invalid(
                "paymentToken",
                "cannot be combined with tokenId: send one of the two",
            )),
            _ => Ok(new),
        }
    }

    /// Returns a digest that differs between different requests.
    fn fingerprint(&self) -> Digest {
        let parts = json!([
            self.customer,
            self.token_id,
            self.payment_token,
            self.amount,
            self.capture,
            self.comment,
        ]);
        Digest::of(parts.to_string().as_bytes())
    }

    async fn into_operation(
        self,
        app: &Parts,
        holder: &ApiKeyHolder,
        payment_id: String,
    ) -> Result<NewOperation, Problem> {
        let fingerprint = self.fingerprint();
        let (kind, key) = (payment::KIND.to_owned(), payment_id);
        let payment_token = match self.chargeable_token(app).await {
            // The same request stays the same payment when its token is deleted.
            Err(Problem::TokenNotFound) if exists(app, &kind, &key).await? => String::new(),
            token => token?,
        };
        let payment = Payment {
            customer: self.customer,
            payment_token,
            amount: self.amount,
            capture: self.capture,
            comment: self.comment,
            state: payment::State::Pending,
            reason: None,
            captured: 0,
            refunded: 0,
        };
        let now = app.clock.now();
        Ok(NewOperation {
            kind,
            key,
            parent: None,
            customer: Some(payment.customer.clone()),
            created_by: holder.name().map(ToString::to_string),
            fingerprint,
            progress: Progress::new(payment.state.as_str(), stored::write(&payment)?),
            created_at: now,
            leased_until: None,
            deadline_at: Some(now.saturating_add(DEADLINE)),
        })
    }

    /// Returns the token to charge, if this customer may charge it.
    async fn chargeable_token(&self, app: &Parts) -> Result<String, Problem> {
        if let Some(token) = &self.payment_token {
            token_lookup::check_chargeable(app, &self.customer, token).await?;
            return Ok(token.clone());
        }
        let id = self.token_id.as_deref().unwrap_or_default();
        token_lookup::chargeable(app, &self.customer, id).await
    }
}

async fn exists(app: &Parts, kind: &str, key: &str) -> Result<bool, Problem> {
    let (kind, key) = (kind.to_owned(), key.to_owned());
    Ok(app.store.find_operation(kind, key).await?.is_some())
}

pub(super) fn comment(text: &str) -> Result<String, &'static str> {
    let fits = text.chars().count() <= MAX_COMMENT_CHARS && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
        .ok_or("must be at most 255 characters long, with no control characters")
}
