//! `POST /v1/payin/verifications` and `GET /v1/payin/verifications/{verificationId}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts as Request;
use pantoken_payin::{BillId, BillRequest, Error};
use pantoken_store::{
    Digest, NewOperation, OperationChange, OperationCreation, OperationStore, Progress,
};
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use url::Url;
use utoipa::ToSchema;

use super::describe::{VerificationView, form_url};
use super::endpoint::{ReadProblems, authorize, configured, find};
use super::verification::{self, Verification};
use super::{PayinOptions, customer, id, result_token, schemas};
use crate::app::{AppState, Parts};
use crate::http::api_key_holder::RequireApiKey;
use crate::http::auth::Principal;
use crate::http::fields::Fields;
use crate::http::form_options::Language;
use crate::http::path_segment::PathSegment;
use crate::http::problem::Problem;
use crate::http::problem_sets::CreateProblems;
use crate::http::return_url::ReturnUrl;
use crate::http::wire_time::to_rfc3339;
use crate::operations::stored;

/// A card verification to create.
#[derive(ToSchema)]
#[schema(example = json!({"customer": "customer-7", "language": "en"}))]
#[schema(as = NewPayinVerification, rename_all = "camelCase")]
pub(crate) struct NewVerification {
    /// The agent's own reference, which the token is bound to. Without it, no token is issued. Browsers may not set it.
    #[schema(min_length = 1, max_length = 64)]
    customer: Option<String>,
    /// The language of the form; Russian by default. The provider has no Kazakh form, and shows the Russian one.
    #[schema(value_type = Option<Language>)]
    language: Language,
    /// Where the form leads the customer after success. It must be on the server's list of return URLs.
    #[schema(value_type = Option<String>)]
    return_url: Option<ReturnUrl>,
}

/// A created verification.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"form": "payin", "verificationId": "8b843965-0dc8-47e2-8007-1ee2da06d0ad",
    "requestId": "8b843965-0dc8-47e2-8007-1ee2da06d0ad",
    "formUrl": "https://oplata.qiwi.com/form?invoiceUid=5714f3bb-0e21-4c8a-bd77-6ac4b5c13d3a",
    "formOrigin": "https://oplata.qiwi.com", "resultToken": "hIqUo2fcJlRjEl8QuvtUIGq6PzYdZFlDrGLd0ioBBxk",
    "resultUrl": "https://pay.shop.kz/v1/payin/verifications/8b843965-0dc8-47e2-8007-1ee2da06d0ad/result",
    "expiresAt": "2025-06-01T12:30:00Z", "state": "created"}))]
#[schema(as = CreatedPayinVerification)]
pub(crate) struct CreatedVerification {
    /// The provider whose form this is: `payin`.
    form: &'static str,
    verification_id: String,
    /// The same as `verificationId`.
    request_id: String,
    #[schema(format = "uri")]
    form_url: String,
    #[schema(format = "uri")]
    form_origin: String,
    /// Authorises the page to ask for the result of this verification, and nothing else.
    result_token: String,
    /// Where the page asks for the result.
    #[schema(format = "uri")]
    result_url: String,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Option<String>,
    #[schema(schema_with = schemas::verification_state)]
    state: verification::State,
}

#[utoipa::path(
    post,
    path = "/v1/payin/verifications",
    operation_id = "createPayinVerification",
    tag = "payin",
    summary = "Creates a card verification and the address of its form",
    description = "Requires an API key or, where sessions are public, a browser on an allowed origin. A browser may not \
                   name a customer, and without one no payment token is issued.",
    security(("apiKey" = []), ()),
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "The same key and body return the same verification again. Browsers must send 128 random bits, \
                       such as crypto.randomUUID().",
        min_length = 1, max_length = 128, pattern = "^[!-~]+$", nullable = false
    )),
    request_body = NewVerification,
    responses(
        (status = 201, description = "The verification.", body = CreatedVerification),
        CreateProblems
    )
)]
pub(crate) async fn create_verification(
    State(app): State<AppState>,
    request: Request,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<CreatedVerification>), Problem> {
    let app = app.parts();
    let payin = configured(app)?;
    let principal = Principal::identify(app, &request).await?;
    let new = NewVerification::read(app, &principal, fields?)?;
    let key = principal.idempotency_key(&request.headers)?;
    principal.count(app)?;
    let (id, verification) = match key {
        Some(key) => repeatable(app, payin, &principal, &new, &key).await?,
        None => once(app, payin, &principal, &new).await?,
    };
    let created = describe(app, payin, id, &verification)?;
    Ok((StatusCode::CREATED, Json(created)))
}

#[utoipa::path(
    get,
    path = "/v1/payin/verifications/{verificationId}",
    operation_id = "getPayinVerification",
    tag = "payin",
    summary = "Returns the state of a card verification",
    security(("apiKey" = [])),
    params(("verificationId" = String, Path)),
    responses(
        (status = 200, description = "The verification.", body = VerificationView),
        ReadProblems
    )
)]
pub(crate) async fn get_verification(
    RequireApiKey(holder): RequireApiKey,
    State(app): State<AppState>,
    PathSegment(verification_id): PathSegment,
) -> Result<Json<VerificationView>, Problem> {
    let app = app.parts();
    authorize(app, &holder)?;
    let verification_id = id::check("verificationId", verification_id)?;
    let operation = find(app, &holder, verification::KIND, verification_id).await?;
    let verification = stored::read(&operation)?;
    Ok(Json(VerificationView::new(&operation.key, &verification)))
}

/// Creates a verification once the provider has made its form. Until then, nothing is kept.
async fn once(
    app: &Parts,
    payin: &PayinOptions,
    principal: &Principal<'_>,
    new: &NewVerification,
) -> Result<(String, Verification), Problem> {
    let mut bytes = [0; 16];
    app.random.fill(&mut bytes).map_err(|_| Problem::Internal)?;
    let id = result_token::uuid(bytes);
    let mut verification = new.to_verification(app)?;
    verification.pay_url = Some(create_form(payin, &id, &verification).await?);
    let operation = new.to_operation(app, principal, id.clone(), &verification)?;
    match app.store.create_operation(operation).await? {
        OperationCreation::Created(_) => Ok((id, verification)),
        OperationCreation::Repeated(_) | OperationCreation::Conflict => Err(Problem::Internal),
    }
}

/// Creates a verification under an id that depends on the key, so that a repetition finds it.
async fn repeatable(
    app: &Parts,
    payin: &PayinOptions,
    principal: &Principal<'_>,
    new: &NewVerification,
    key: &str,
) -> Result<(String, Verification), Problem> {
    let id = result_token::derive_id(&payin.secret, &principal.scope(), key);
    let verification = new.to_verification(app)?;
    let operation = new.to_operation(app, principal, id.clone(), &verification)?;
    let operation = match app.store.create_operation(operation).await? {
        OperationCreation::Created(operation) | OperationCreation::Repeated(operation) => operation,
        OperationCreation::Conflict => return Err(Problem::IdempotencyKeyReused),
    };
    let mut verification: Verification = stored::read(&operation)?;
    if verification.pay_url.is_some() {
        return Ok((id, verification));
    }
    verification.pay_url = Some(create_form(payin, &id, &verification).await?);
    let change = OperationChange {
        id: operation.id,
        kind: operation.kind.clone(),
        key: operation.key.clone(),
        version: operation.version,
        progress: Progress {
            data: stored::write(&verification)?,
            ..operation.progress
        },
        is_progress: true,
        fact: None,
        events: Vec::new(),
        creates: Vec::new(),
        wakes: Vec::new(),
        now: app.clock.now(),
    };
    match app.store.change_operation(change).await? {
        Some(_) => Ok((id, verification)),
        // The reconciler changed it meanwhile. The next repetition stores the address.
        None => Err(Problem::ProviderUnavailable),
    }
}

/// Makes the provider create the form, and returns its address.
async fn create_form(
    payin: &PayinOptions,
    id: &str,
    verification: &Verification,
) -> Result<String, Problem> {
    let bill_id = BillId::parse(id).map_err(|_| Problem::Internal)?;
    let expires = OffsetDateTime::from_unix_timestamp(verification.expires_at / 1000);
    let expires = expires.map_err(|_| Problem::Internal)?;
    let mut request = BillRequest::card_check(bill_id, expires);
    if let Some(customer) = &verification.customer {
        request = request.issue_token(customer);
    }
    match payin.client.bills().create(request).await {
        Ok(bill) => match bill.pay_url.filter(|url| payin.allows_form(url)) {
            Some(url) => Ok(url),
            None => {
                tracing::error!(
                    "the provider's answer has no address of a form on an origin of \
                     PANTOKEN_PAYIN_FORM_ORIGINS"
                );
                Err(Problem::ProviderUnavailable)
            }
        },
        Err(error @ Error::Refused(_)) => {
            tracing::error!(%error, "the provider refused a card check");
            Err(Problem::ProviderUnavailable)
        }
        Err(error) => {
            tracing::warn!(%error, "the provider did not create a card check");
            Err(Problem::ProviderUnavailable)
        }
    }
}

fn describe(
    app: &Parts,
    payin: &PayinOptions,
    id: String,
    verification: &Verification,
) -> Result<CreatedVerification, Problem> {
    let pay_url = verification.pay_url.as_deref().unwrap_or_default();
    let form_origin = Url::parse(pay_url).map_err(|_| Problem::Internal)?.origin();
    let return_url = verification.return_url.as_deref();
    let form_url = form_url(pay_url, &verification.language, return_url);
    let result_token = result_token::derive(&payin.secret, &id, &verification.seed);
    Ok(CreatedVerification {
        form: "payin",
        request_id: id.clone(),
        form_url,
        form_origin: form_origin.ascii_serialization(),
        result_token: result_token.expose().to_owned(),
        result_url: app.options.public_url.verification_result(&id),
        expires_at: to_rfc3339(verification.expires_at),
        state: verification.state,
        verification_id: id,
    })
}

impl NewVerification {
    fn read(app: &Parts, principal: &Principal<'_>, mut fields: Fields) -> Result<Self, Problem> {
        // The form is the same, whether it is embedded or opened by redirect.
        fields.optional("flow", |text| {
            let is_known = matches!(text, "iframe" | "redirect");
            is_known.then_some(()).ok_or("must be iframe or redirect")
        })?;
        let named = fields.optional("customer", customer::parse)?;
        let known = principal.known_customer(named.is_some())?;
        let known = known
            .map(|known| customer::parse(known.as_str()))
            .transpose();
        let known = known.map_err(|rule| Problem::invalid("customer", rule))?;
        let new = Self {
            customer: known.or(named),
            language: fields
                .optional("language", Language::parse)?
                .unwrap_or_default(),
            return_url: fields.optional("returnUrl", |text| app.options.return_urls.allow(text))?,
        };
        fields.finish()?;
        Ok(new)
    }

    /// Returns a digest that differs between different requests.
    fn fingerprint(&self) -> Digest {
        let return_url = self.return_url.as_ref().map(ReturnUrl::as_str);
        let parts = json!([self.customer, self.language.as_str(), return_url]);
        Digest::of(parts.to_string().as_bytes())
    }

    fn to_verification(&self, app: &Parts) -> Result<Verification, Problem> {
        let mut seed = [0; 16];
        app.random.fill(&mut seed).map_err(|_| Problem::Internal)?;
        let milliseconds = i64::from(app.options.session_seconds) * 1000;
        Ok(Verification {
            customer: self.customer.clone(),
            language: self.language.as_str().to_owned(),
            return_url: self.return_url.as_ref().map(|url| url.as_str().to_owned()),
            seed: hex::encode(seed),
            pay_url: None,
            expires_at: app.clock.now().saturating_add(milliseconds),
            state: verification::State::Created,
            outcome: None,
        })
    }

    fn to_operation(
        &self,
        app: &Parts,
        principal: &Principal<'_>,
        id: String,
        verification: &Verification,
    ) -> Result<NewOperation, Problem> {
        let now = app.clock.now();
        Ok(NewOperation {
            kind: verification::KIND.to_owned(),
            key: id,
            parent: None,
            customer: self.customer.clone(),
            created_by: principal.api_key_name().map(ToString::to_string),
            fingerprint: self.fingerprint(),
            progress: Progress {
                // Nobody types a card faster, and the page asks for the result when the form is done.
                next_attempt_at: Some(now.saturating_add(FIRST_QUESTION)),
                ..Progress::new(verification.state.as_str(), stored::write(verification)?)
            },
            created_at: now,
            leased_until: None,
            deadline_at: None,
        })
    }
}

/// When a verification is first asked about, in milliseconds.
const FIRST_QUESTION: i64 = 10_000;
