//! `POST /v1/sessions`

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts as Request;
use axum::http::{HeaderMap, StatusCode, header};
use pantoken_a2c::{Flow, FormUrl, Language, Origin, RequestId};
use pantoken_store::{
    CreateOutcome, Digest, Idempotency, Session, SessionData, SessionFlow, SessionStore,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::a2c::browser_binding::{self, callback_token};
use crate::a2c::request_id::{RequestIdError, new_request_id};
use crate::a2c::schemas;
use crate::a2c::session_token::{CallbackState, SessionToken};
use crate::a2c::stored;
use crate::app::{AppState, Parts};
use crate::http::auth::Principal;
use crate::http::customer::Customer;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::http::problem_sets::CreateProblems;
use crate::http::return_url::ReturnUrl;
use crate::http::trace::record_session;
use crate::http::wire_time::to_rfc3339;

use super::{only_in_redirect, take_flow};

/// Two requests of one millisecond have the same id once in 4,096 times, or with a shard once in 256 times.
const MAX_ATTEMPTS: usize = 16;

/// A session to create.
#[derive(ToSchema)]
#[schema(example = json!({
    "flow": "iframe", "language": "en", "customer": "order 7"
}))]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewSession {
    #[schema(value_type = schemas::Flow)]
    flow: Flow,
    /// The language of the form; Russian by default.
    #[schema(value_type = Option<crate::http::form_options::Language>)]
    language: Language,
    /// Where the customer goes at the end of the redirect flow, which requires it. It must be on the
    /// server's list of return URLs.
    #[schema(value_type = Option<String>)]
    return_url: Option<ReturnUrl>,
    /// The agent's own reference, not a card number. Browsers may not set it.
    #[schema(
        value_type = Option<String>,
        min_length = 1,
        max_length = 128,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    customer: Option<Customer>,
    /// Whether a page on the server's own origin creates it.
    #[schema(ignore)]
    is_own_page: bool,
}

/// A created session.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "form": "a2c",
    "requestId": "123456789",
    "formUrl": "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&language=en&agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725",
    "formOrigin": "https://a2c-test.qiwi.kz",
    "resultToken": "hIqUo2fcJlRjEl8QuvtUIGq6PzYdZFlDrGLd0ioBBxk",
    "resultUrl": "https://pay.shop.kz/v1/sessions/123456789/result",
    "expiresAt": "2025-06-01T12:30:00Z"
}))]
#[schema(as = Session)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedSession {
    /// The provider whose form this is.
    #[schema(schema_with = schemas::form)]
    form: &'static str,
    #[schema(value_type = schemas::RequestId)]
    request_id: RequestId,
    #[schema(value_type = String, format = "uri")]
    form_url: FormUrl,
    #[schema(value_type = String, format = "uri")]
    form_origin: Origin,
    /// Authorises the page to report the result of this session, and nothing else.
    result_token: String,
    /// Where the page reports the result.
    #[schema(format = "uri")]
    result_url: String,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Option<String>,
}

#[utoipa::path(
    post,
    path = "/v1/sessions",
    operation_id = "createSession",
    tag = "a2c",
    summary = "Creates a session and signs its form URL",
    description = "Requires an API key or, where sessions are public, a browser on an allowed origin.",
    security(("apiKey" = []), ()),
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "The same key and body return the same session again. Browsers must send 128 random bits, \
                       such as crypto.randomUUID().",
        min_length = 1, max_length = 128, pattern = "^[!-~]+$", nullable = false
    )),
    request_body = NewSession,
    responses(
        (status = 201, description = "The session. If a page on the server's own origin creates it for the redirect \
         flow, the response sets a cookie.", body = CreatedSession, links(
            ("session" = (
                operation_id = "getSession",
                parameters(("requestId" = "$response.body#/requestId"))
            ))
        )),
        CreateProblems
    )
)]
pub(crate) async fn create_session(
    State(app): State<AppState>,
    request: Request,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, HeaderMap, Json<CreatedSession>), Problem> {
    let app = app.parts();
    app.signer()?;
    let principal = Principal::identify(app, &request).await?;
    let new = NewSession::read(app, &principal, fields?)?;
    let idempotency = read_idempotency_key(&principal, &request.headers, &new)?;
    principal.count(app)?;
    let is_own_page = browser_binding::is_own_page(&app.options.public_url, &request.headers);
    let new = NewSession { is_own_page, ..new };
    let data = create(app, &principal, &new, idempotency).await?.data;
    app.metrics
        .record_session(stored::flow(&data.flow).as_str(), principal.kind());
    let request_id = stored::request_id(data.id)?;
    record_session(request_id);
    let created = describe(app, request_id, &data)?;
    let mut headers = HeaderMap::new();
    let secret = app.signer()?.secret();
    if browser_binding::is_bound(secret, request_id, &data) {
        let cookie = browser_binding::cookie(secret, request_id, &data);
        headers.extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    }
    Ok((StatusCode::CREATED, headers, Json(created)))
}

impl NewSession {
    fn read(app: &Parts, principal: &Principal<'_>, mut fields: Fields) -> Result<Self, Problem> {
        let flow = take_flow(&mut fields)?;
        let language = fields.optional("language", Language::parse)?;
        let return_url =
            fields.optional("returnUrl", |text| app.options.return_urls.allow(text))?;
        let customer = fields.optional("customer", Customer::parse)?;
        let known = principal.known_customer(customer.is_some())?;
        let customer = known.cloned().or(customer);
        fields.finish()?;
        Ok(Self {
            flow,
            language: language.unwrap_or_default(),
            return_url: only_in_redirect(flow, "returnUrl", return_url)?,
            customer,
            is_own_page: false,
        })
    }

    /// Returns a digest that differs between different requests. JSON separates the parts.
    fn fingerprint(&self) -> Digest {
        let return_url = self.return_url.as_ref().map(ReturnUrl::as_str);
        let customer = self.customer.as_ref().map(Customer::as_str);
        let parts = serde_json::json!([return_url, self.language, customer]);
        Digest::of(parts.to_string().as_bytes())
    }
}

fn read_idempotency_key(
    principal: &Principal<'_>,
    headers: &HeaderMap,
    new: &NewSession,
) -> Result<Option<Idempotency>, Problem> {
    let Some(key) = principal.idempotency_key(headers)? else {
        return Ok(None);
    };
    let scoped = format!("{}\n{key}", principal.scope());
    Ok(Some(Idempotency {
        key: Digest::of(scoped.as_bytes()),
        fingerprint: new.fingerprint(),
    }))
}

async fn create(
    app: &Parts,
    principal: &Principal<'_>,
    new: &NewSession,
    idempotency: Option<Idempotency>,
) -> Result<Session, Problem> {
    for _ in 0..MAX_ATTEMPTS {
        let data = new_session(app, principal, new)?;
        match app.store.create(data, idempotency).await? {
            CreateOutcome::Created(session) | CreateOutcome::Repeated(session) => {
                return Ok(session);
            }
            CreateOutcome::IdempotencyKeyReused => return Err(Problem::IdempotencyKeyReused),
            CreateOutcome::IdTaken => {}
        }
    }
    tracing::error!(
        error = "all generated request ids are taken",
        "no session can be created"
    );
    Err(Problem::Internal)
}

fn new_session(
    app: &Parts,
    principal: &Principal<'_>,
    new: &NewSession,
) -> Result<SessionData, Problem> {
    let created_at = app.clock.now();
    let request_id = new_request_id(
        created_at,
        app.random.as_ref(),
        app.options.request_id_shard,
    )?;
    let mut seed = [0; 16];
    app.random.fill(&mut seed).map_err(RequestIdError::from)?;
    let secret = app.signer()?.secret();
    let flow = match (new.flow, &new.return_url) {
        (Flow::Redirect, Some(return_url)) => SessionFlow::Redirect {
            return_url: return_url.as_str().to_owned(),
            callback_token: callback_token(secret, request_id, &seed, new.is_own_page).digest(),
        },
        _ => SessionFlow::Iframe,
    };
    Ok(SessionData {
        id: stored::session_id(request_id),
        language: new.language.as_str().to_owned(),
        flow,
        customer: new.customer.as_ref().map(|c| c.as_str().to_owned()),
        created_by: principal.api_key_name().cloned(),
        seed,
        result_token: SessionToken::result(secret, request_id, &seed).digest(),
        created_at,
        expires_at: created_at + i64::from(app.options.session_seconds) * 1000,
    })
}

fn describe(
    app: &Parts,
    request_id: RequestId,
    data: &SessionData,
) -> Result<CreatedSession, Problem> {
    let result_token = SessionToken::result(app.signer()?.secret(), request_id, &data.seed);
    if result_token.digest() != data.result_token {
        return Err(Problem::IdempotencyKeyStale);
    }
    Ok(CreatedSession {
        form: schemas::FORM,
        request_id,
        form_url: form_url(app, request_id, data)?,
        form_origin: app.signer()?.host().origin().clone(),
        result_token: result_token.expose().to_owned(),
        result_url: app.options.public_url.result(request_id),
        expires_at: to_rfc3339(data.expires_at),
    })
}

fn form_url(app: &Parts, request_id: RequestId, data: &SessionData) -> Result<FormUrl, Problem> {
    let url = match stored::flow(&data.flow) {
        Flow::Iframe => app.signer()?.iframe(request_id),
        Flow::Redirect => {
            let secret = app.signer()?.secret();
            let is_bound = browser_binding::is_bound(secret, request_id, data);
            let state = CallbackState {
                request_id,
                token: callback_token(secret, request_id, &data.seed, is_bound),
            };
            let callback_url = app.options.public_url.callback(&state.to_text());
            let callback_url = callback_url.map_err(|error| {
                tracing::error!(%error, "no callback URL can be built");
                Problem::Internal
            })?;
            app.signer()?.redirect(request_id, callback_url)
        }
    };
    Ok(url.with_language(stored::language(data)?))
}
