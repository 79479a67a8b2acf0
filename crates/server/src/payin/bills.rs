//! `PUT` and `GET /v1/payin/bills/{billId}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_store::{Digest, NewOperation, Progress};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use super::bill::{self, Bill};
use super::describe::BillView;
use super::endpoint::{ReadProblems, WriteProblems, authorize, find, submit};
use super::money::Money;
use super::{customer, id, payments};
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::{ApiKeyHolder, RequireApiKey};
use crate::http::fields::Fields;
use crate::http::form_options::Language;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::return_url::ReturnUrl;
use crate::operations::stored;

/// A bill that the customer pays on the provider's form.
#[derive(ToSchema)]
#[schema(example = json!({"amount": {"value": "10.00", "currency": "RUB"}, "customer": "customer-7",
    "issueToken": true}))]
#[schema(as = NewPayinBill, rename_all = "camelCase")]
pub(crate) struct NewBill {
    #[schema(value_type = super::money::NewAmount)]
    amount: Money,
    /// The agent's own reference, which a token is bound to.
    #[schema(min_length = 1, max_length = 64)]
    customer: Option<String>,
    /// Whether the provider issues a payment token, which needs `customer`.
    #[schema(value_type = Option<bool>)]
    issue_token: bool,
    #[schema(max_length = 255)]
    comment: Option<String>,
    /// Until when the form can be used. Without it, as long as a session of this server.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<i64>,
    /// Where the form leads the customer after success. It must be on the server's list of return URLs.
    #[schema(value_type = Option<String>)]
    return_url: Option<ReturnUrl>,
    /// The language of the form; Russian by default.
    #[schema(value_type = Option<Language>)]
    language: Language,
}

#[utoipa::path(
    put,
    path = "/v1/payin/bills/{billId}",
    operation_id = "putPayinBill",
    tag = "payin",
    summary = "Creates a bill and the address of its form, once",
    description = "You choose the id. The same id and body are the same bill.",
    security(("apiKey" = [])),
    params(("billId" = String, Path, min_length = 1, max_length = 200)),
    request_body = NewBill,
    responses(
        (status = 200, description = "The provider has the bill, or refused it.", body = BillView),
        (status = 202, description = "The provider does not answer: there is no `payUrl` yet.", body = BillView),
        WriteProblems
    )
)]
pub(crate) async fn put_bill(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(bill_id): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<BillView>), Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let bill_id = id::check("billId", bill_id)?;
    let new = NewBill::read(app, fields?)?.into_operation(app, &holder, bill_id)?;
    let operation = submit(app, &holder, new).await?;
    let bill: Bill = stored::read(&operation)?;
    let is_open = bill.state == bill::State::Created && bill.pay_url.is_none();
    let status = match is_open {
        true => StatusCode::ACCEPTED,
        false => StatusCode::OK,
    };
    Ok((status, Json(BillView::new(&operation.key, &bill))))
}

#[utoipa::path(
    get,
    path = "/v1/payin/bills/{billId}",
    operation_id = "getPayinBill",
    tag = "payin",
    summary = "Returns the state of a bill",
    security(("apiKey" = [])),
    params(("billId" = String, Path, min_length = 1, max_length = 200)),
    responses((status = 200, description = "The bill.", body = BillView), ReadProblems)
)]
pub(crate) async fn get_bill(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(bill_id): PathSegment,
) -> Result<Json<BillView>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let bill_id = id::check("billId", bill_id)?;
    let operation = find(app, &holder, bill::KIND, bill_id).await?;
    let bill = stored::read(&operation)?;
    Ok(Json(BillView::new(&operation.key, &bill)))
}

impl NewBill {
    fn read(app: &Parts, mut fields: Fields) -> Result<Self, Problem> {
        let new = Self {
            amount: Money::take(&mut fields)?,
            customer: fields.optional("customer", customer::parse)?,
            issue_token: fields.optional_switch("issueToken")?.unwrap_or_default(),
            comment: fields.optional("comment", payments::comment)?,
            expires_at: fields.optional("expiresAt", time)?,
            return_url: fields.optional("returnUrl", |text| app.options.return_urls.allow(text))?,
            language: fields
                .optional("language", Language::parse)?
                .unwrap_or_default(),
        };
        fields.finish()?;
        match (new.issue_token, &new.customer) {
            (true, None) => Err(Problem::MissingField("customer")),
            _ => Ok(new),
        }
    }

    /// Returns a digest that differs between different requests.
    fn fingerprint(&self) -> Digest {
        let parts = json!([
            self.amount,
            self.customer,
            self.issue_token,
            self.comment,
            self.expires_at,
            self.return_url.as_ref().map(ReturnUrl::as_str),
            self.language.as_str(),
        ]);
        Digest::of(parts.to_string().as_bytes())
    }

    fn into_operation(
        self,
        app: &Parts,
        holder: &ApiKeyHolder,
        bill_id: String,
    ) -> Result<NewOperation, Problem> {
        let fingerprint = self.fingerprint();
        let now = app.clock.now();
        let by_default = now.saturating_add(i64::from(app.options.session_seconds) * 1000);
        let bill = Bill {
            customer: self.customer,
            amount: self.amount,
            issue_token: self.issue_token,
            comment: self.comment,
            expires_at: self.expires_at.unwrap_or(by_default),
            return_url: self.return_url.map(|url| url.as_str().to_owned()),
            language: self.language.as_str().to_owned(),
            state: bill::State::Created,
            reason: None,
            pay_url: None,
            payments: Vec::new(),
            token: None,
        };
        Ok(NewOperation {
            kind: bill::KIND.to_owned(),
            key: bill_id,
            parent: None,
            customer: bill.customer.clone(),
            created_by: holder.name().map(ToString::to_string),
            fingerprint,
            progress: Progress::new(bill.state.as_str(), stored::write(&bill)?),
            created_at: now,
            leased_until: None,
            // The customer decides when it is paid.
            deadline_at: None,
        })
    }
}

/// Reads a time as RFC 3339, to whole seconds.
fn time(text: &str) -> Result<i64, &'static str> {
    let time = OffsetDateTime::parse(text, &Rfc3339);
    time.map(|time| time.unix_timestamp() * 1000)
        .map_err(|_| "must be a time with an offset, such as 2026-01-31T12:00:00+03:00")
}
