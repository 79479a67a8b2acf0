//! `PUT` and `GET /v1/payin/qr-codes/{qrCodeUid}`

use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_store::{Digest, NewOperation, Progress, StoredOperation};
use serde_json::json;
use utoipa::ToSchema;

use super::describe::QrCodeView;
use super::endpoint::{ReadProblems, WriteProblems, authorize, find, submit};
use super::money::Money;
use super::qr_code::{self, Kind, QrCode};
use super::{customer, id, schemas};
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::{ApiKeyHolder, RequireApiKey};
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::return_url::ReturnUrl;
use crate::operations::stored;

/// The provider's limits.
const MAX_PURPOSE_CHARS: usize = 140;
const MAX_RETURN_URL_CHARS: usize = 1000;
/// 90 days, as long as the faster payments system keeps a code.
const TTL_MINUTES: RangeInclusive<u32> = 1..=129_600;
/// How long the provider keeps a code that names no time.
const DEFAULT_TTL_MINUTES: u32 = 72 * 60;

/// A QR code of the faster payments system, which a customer scans with the app of a bank.
#[derive(ToSchema)]
#[schema(example = json!({"type": "dynamic", "amount": {"value": "200.00", "currency": "RUB"},
    "customer": "customer-7", "issueToken": true, "purpose": "Order 7"}))]
#[schema(as = NewPayinQrCode, rename_all = "camelCase")]
pub(crate) struct NewQrCode {
    /// `dynamic` is paid once; `token` has no amount, and only issues a payment token.
    #[schema(schema_with = schemas::new_qr_code_type)]
    r#type: Kind,
    /// The sum of a `dynamic` code.
    #[schema(value_type = Option<super::money::NewAmount>)]
    amount: Option<Money>,
    /// The agent's own reference, which a token is bound to.
    #[schema(min_length = 1, max_length = 64)]
    customer: Option<String>,
    /// Whether the provider also issues a payment token, which needs `customer`. A code of the type `token` always
    /// does.
    #[schema(value_type = Option<bool>)]
    issue_token: bool,
    /// What the bank's app shows to the customer.
    #[schema(max_length = 140)]
    purpose: Option<String>,
    /// For how many minutes the code can be used. Without it, for 72 hours.
    #[schema(minimum = 1, maximum = 129_600)]
    ttl_minutes: Option<u32>,
    /// Where the bank's app leads the customer. It must be on the server's list of return URLs.
    #[schema(value_type = Option<String>, max_length = 1000)]
    return_url: Option<ReturnUrl>,
}

#[utoipa::path(
    put,
    path = "/v1/payin/qr-codes/{qrCodeUid}",
    operation_id = "putPayinQrCode",
    tag = "payin",
    summary = "Creates a QR code of the faster payments system, once",
    description = "You choose the id. The same id and body are the same QR code.",
    security(("apiKey" = [])),
    params(("qrCodeUid" = String, Path, min_length = 1, max_length = 200)),
    request_body = NewQrCode,
    responses(
        (status = 200, description = "The provider has the QR code, or refused it.", body = QrCodeView),
        (status = 202, description = "The provider does not answer: there is no `payload` yet.", body = QrCodeView),
        WriteProblems
    )
)]
pub(crate) async fn put_qr_code(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(qr_code_uid): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<QrCodeView>), Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let qr_code_uid = id::check("qrCodeUid", qr_code_uid)?;
    let new = NewQrCode::read(app, fields?)?.into_operation(app, &holder, qr_code_uid)?;
    let operation = submit(app, &holder, new).await?;
    let code: QrCode = stored::read(&operation)?;
    let is_missing = code.state.is_open() && code.payload.is_none();
    let status = match is_missing {
        true => StatusCode::ACCEPTED,
        false => StatusCode::OK,
    };
    Ok((status, Json(QrCodeView::new(&operation.key, &code))))
}

#[utoipa::path(
    get,
    path = "/v1/payin/qr-codes/{qrCodeUid}",
    operation_id = "getPayinQrCode",
    tag = "payin",
    summary = "Returns the state of a QR code",
    security(("apiKey" = [])),
    params(("qrCodeUid" = String, Path, min_length = 1, max_length = 200)),
    responses((status = 200, description = "The QR code.", body = QrCodeView), ReadProblems)
)]
pub(crate) async fn get_qr_code(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(qr_code_uid): PathSegment,
) -> Result<Json<QrCodeView>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let qr_code_uid = id::check("qrCodeUid", qr_code_uid)?;
    let operation = find(app, &holder, qr_code::KIND, qr_code_uid).await?;
    view(&operation).map(Json)
}

pub(super) fn view(operation: &StoredOperation) -> Result<QrCodeView, Problem> {
    let code: QrCode = stored::read(operation)?;
    Ok(QrCodeView::new(&operation.key, &code))
}

impl NewQrCode {
    fn read(app: &Parts, mut fields: Fields) -> Result<Self, Problem> {
        let kind = fields.required("type", kind)?;
        let amount = match kind {
            Kind::Dynamic => Some(Money::take(&mut fields)?),
            Kind::Token => {
                let rule = "must be left out for a QR code of the type token";
                fields.absent("amount", rule)?;
                None
            }
        };
        let issue_token = fields.optional_switch("issueToken")?;
        if kind == Kind::Token && issue_token == Some(false) {
            let rule = "must be true or left out for a QR code of the type token";
            return Err(Problem::invalid("issueToken", rule));
        }
        let new = Self {
            r#type: kind,
            amount,
            customer: fields.optional("customer", customer::parse)?,
            issue_token: issue_token.unwrap_or(kind == Kind::Token),
            purpose: fields.optional("purpose", purpose)?,
            ttl_minutes: fields.optional_integer("ttlMinutes", TTL_MINUTES)?,
            return_url: fields.optional("returnUrl", |text| app.options.return_urls.allow(text))?,
        };
        fields.finish()?;
        let return_url = new.return_url.as_ref().map(ReturnUrl::as_str);
        if return_url.is_some_and(|url| url.chars().count() > MAX_RETURN_URL_CHARS) {
            let rule = "must be at most 1000 characters long for a QR code";
            return Err(Problem::invalid("returnUrl", rule));
        }
        match (new.issue_token, &new.customer) {
            (true, None) => Err(Problem::MissingField("customer")),
            _ => Ok(new),
        }
    }

    /// Returns a digest that differs between different requests.
    fn fingerprint(&self) -> Digest {
        let parts = json!([
            self.r#type.as_str(),
            self.amount,
            self.customer,
            self.issue_token,
            self.purpose,
            self.ttl_minutes.unwrap_or(DEFAULT_TTL_MINUTES),
            self.return_url.as_ref().map(ReturnUrl::as_str),
        ]);
        Digest::of(parts.to_string().as_bytes())
    }

    fn into_operation(
        self,
        app: &Parts,
        holder: &ApiKeyHolder,
        qr_code_uid: String,
    ) -> Result<NewOperation, Problem> {
        let fingerprint = self.fingerprint();
        let now = app.clock.now();
        let minutes = self.ttl_minutes.unwrap_or(DEFAULT_TTL_MINUTES);
        let code = QrCode {
            amount: self.amount,
            customer: self.customer,
            issue_token: self.issue_token,
            purpose: self.purpose,
            ttl_minutes: self.ttl_minutes,
            return_url: self.return_url.map(|url| url.as_str().to_owned()),
            expires_at: now.saturating_add(i64::from(minutes) * 60_000),
            state: qr_code::State::Created,
            reason: None,
            payload: None,
            image: None,
            payment: None,
            token: None,
            is_token_rejected: false,
            charge: None,
        };
        Ok(NewOperation {
            kind: qr_code::KIND.to_owned(),
            key: qr_code_uid,
            parent: None,
            customer: code.customer.clone(),
            created_by: holder.name().map(ToString::to_string),
            fingerprint,
            progress: Progress::new(code.state.as_str(), stored::write(&code)?),
            created_at: now,
            leased_until: None,
            // It depends on what is waited for.
            deadline_at: None,
        })
    }
}

fn kind(text: &str) -> Result<Kind, &'static str> {
    [Kind::Dynamic, Kind::Token]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or("must be dynamic or token")
}

fn purpose(text: &str) -> Result<String, &'static str> {
    let length = text.chars().count();
    let fits = (1..=MAX_PURPOSE_CHARS).contains(&length) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
        .ok_or("must be 1 to 140 characters long, with no control characters")
}
