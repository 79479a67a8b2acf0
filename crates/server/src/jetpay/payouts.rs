//! `PUT` and `GET /v1/jetpay/payouts/{paymentId}`

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use pantoken_jetpay::Amount;
use pantoken_store::{Digest, NewOperation, OperationStore, Progress, StoredOperation};
use serde_json::json;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::deposit;
use super::describe::PayoutView;
use super::endpoint::{authorize, gate};
use super::id::{check, key_of};
use super::outcome::Outcome;
use super::payout::{self, Payout, Recipient};
use crate::app::AppState;
use crate::http::api_key_holder::{ApiKeyHolder, RequireApiKey};
use crate::http::fields::Fields;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::problem_sets::{ReadProblems, WriteProblems};
use crate::operations::access::{find, status, submit};
use crate::operations::stored;

const MAX_CHARS: usize = 255;
const MAX_ACCOUNT_CHARS: usize = 100;

/// A payout to a QIWI wallet, in tenge.
#[derive(ToSchema)]
#[schema(as = NewJetpayPayout, rename_all = "camelCase", example = json!({
    "customer": {"id": "customer-7", "ipAddress": "198.51.100.47", "firstName": "John", "lastName": "Doe",
        "email": "johndoe@example.com"},
    "account": "77011234567", "amount": 10000}))]
pub(crate) struct NewPayout {
    #[schema(value_type = NewRecipient)]
    customer: Recipient,
    /// The number of the wallet.
    #[schema(min_length = 1, max_length = 100)]
    account: String,
    /// In minor units: 10000 are 100.00 tenge.
    #[schema(minimum = 1, maximum = 10_000_000_000_000_i64)]
    amount: i64,
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    description: Option<String>,
}

/// The schema of [`Recipient`] in a request, where other fields are refused.
struct NewRecipient;

impl ToSchema for NewRecipient {}

impl PartialSchema for NewRecipient {
    fn schema() -> RefOr<Schema> {
        let mut schema = Recipient::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
        schema
    }
}

#[utoipa::path(
    put,
    path = "/v1/jetpay/payouts/{paymentId}",
    operation_id = "putJetpayPayout",
    tag = "jetpay",
    summary = "Pays out to a QIWI wallet, once",
    description = "You choose the id, whose letters are compared without case. The same id and body are the same payout.",
    security(("apiKey" = [])),
    params(("paymentId" = String, Path, min_length = 1, max_length = 255)),
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
    PathSegment(payment_id): PathSegment,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<PayoutView>), Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    gate(app)?;
    let payment_id = check(payment_id)?;
    let new = NewPayout::read(fields?)?;
    // Deposits and payouts share the ids of the project.
    let key = key_of(&payment_id);
    let deposit = app
        .store
        .find_operation(deposit::KIND.to_owned(), key)
        .await?;
    if deposit.is_some() {
        return Err(Problem::OperationConflict);
    }
    let operation = new.into_operation(&holder, payment_id, app.clock.now())?;
    let operation = submit(app, &holder, operation).await?;
    Ok((status(&operation), Json(describe(&operation)?)))
}

#[utoipa::path(
    get,
    path = "/v1/jetpay/payouts/{paymentId}",
    operation_id = "getJetpayPayout",
    tag = "jetpay",
    summary = "Returns the state of a payout",
    security(("apiKey" = [])),
    params(("paymentId" = String, Path, min_length = 1, max_length = 255)),
    responses((status = 200, description = "The payout.", body = PayoutView), ReadProblems)
)]
pub(crate) async fn get_payout(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(payment_id): PathSegment,
) -> Result<Json<PayoutView>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    gate(app)?;
    let key = key_of(&check(payment_id)?);
    let operation = find(app, &holder, payout::KIND, key).await?;
    Ok(Json(describe(&operation)?))
}

fn describe(operation: &StoredOperation) -> Result<PayoutView, Problem> {
    let payout: Payout = stored::read(operation)?;
    Ok(PayoutView::new(&payout))
}

impl NewPayout {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let mut customer = fields.required_object("customer")?;
        let text = |text: &str| parse_text(text, MAX_CHARS);
        let recipient = Recipient {
            id: customer.required_as("id", "customer.id", text)?,
            ip_address: customer.required_as("ipAddress", "customer.ipAddress", ip_address)?,
            first_name: customer.required_as("firstName", "customer.firstName", text)?,
            last_name: customer.required_as("lastName", "customer.lastName", text)?,
            email: customer.required_as("email", "customer.email", text)?,
        };
        customer.finish()?;
        let new = Self {
            customer: recipient,
            account: fields
                .required_account("account", |text| parse_text(text, MAX_ACCOUNT_CHARS))?,
            amount: fields.required_whole_number("amount", 1..=Amount::MAX_MINOR_UNITS)?,
            description: fields.optional("description", text)?,
        };
        fields.finish()?;
        Ok(new)
    }

    /// Returns a digest that differs between different requests.
    fn fingerprint(&self) -> Digest {
        let parts = json!([self.customer, self.account, self.amount, self.description]);
        Digest::of(parts.to_string().as_bytes())
    }

    fn into_operation(
        self,
        holder: &ApiKeyHolder,
        payment_id: String,
        now: i64,
    ) -> Result<NewOperation, Problem> {
        let fingerprint = self.fingerprint();
        let payout = Payout {
            payment_id,
            customer: self.customer,
            account: self.account,
            amount: self.amount,
            description: self.description,
            sent_at: None,
            is_accepted: false,
            outcome: Outcome::default(),
            taken: Vec::new(),
        };
        if payout.request().is_none() {
            return Err(Problem::Internal);
        }
        let state = payout::state_name(payout.outcome.state);
        Ok(NewOperation {
            kind: payout::KIND.to_owned(),
            key: key_of(&payout.payment_id),
            parent: None,
            customer: Some(payout.customer.id.clone()),
            created_by: holder.name().map(ToString::to_string),
            fingerprint,
            progress: Progress::new(state, stored::write(&payout)?),
            created_at: now,
            leased_until: None,
            deadline_at: Some(now.saturating_add(payout::DEADLINE)),
        })
    }
}

/// Reads a text that can be signed: with `;` or a control character, another payout would have the same signature.
fn parse_text(text: &str, max: usize) -> Result<String, String> {
    let fits = (1..=max).contains(&text.chars().count());
    let is_plain = !text.chars().any(|c| c == ';' || c.is_control());
    match fits && is_plain {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "must be 1 to {max} characters long, without ; and control characters"
        )),
    }
}

fn ip_address(text: &str) -> Result<String, &'static str> {
    let address = text.parse::<IpAddr>();
    let address = address.map(|address| address.to_string());
    address.map_err(|_| "must be an IPv4 or IPv6 address, such as 198.51.100.47")
}
