//! `POST /v1/sessions`

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts as Request;
use axum::http::{HeaderMap, StatusCode};
use pantoken_a2c::{Flow, FormUrl, Language, Origin, RequestId};
use pantoken_store::{
    CreateOutcome, Digest, Idempotency, Session, SessionData, SessionFlow, SessionStore,
};
use serde::Serialize;

use crate::a2c::request_id::{RequestIdError, new_request_id};
use crate::a2c::return_url::ReturnUrl;
use crate::a2c::session_token::{CallbackState, SessionToken};
use crate::a2c::stored;
use crate::app::{AppState, Parts};
use crate::http::auth::Principal;
use crate::http::customer::Customer;
use crate::http::fields::{Fields, parse_text};
use crate::http::problem::Problem;
use crate::http::trace::{log_error, record_session};
use crate::http::wire_time::to_rfc3339;

use super::{only_in_redirect, take_flow};

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Two requests of one millisecond have the same id once in 4,096 times.
const MAX_ATTEMPTS: usize = 16;

/// What the caller asks for.
struct Asked {
    return_url: Option<ReturnUrl>,
    language: Language,
    customer: Option<Customer>,
}

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    request_id: RequestId,
    form_url: FormUrl,
    form_origin: Origin,
    result_token: String,
    expires_at: Option<String>,
}

pub(crate) async fn create_session(
    State(app): State<AppState>,
    request: Request,
    fields: Result<Fields, Problem>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let app = app.parts();
    let principal = Principal::identify(app, &request).await?;
    let asked = read_body(app, &principal, fields?)?;
    let idempotency = read_idempotency_key(&principal, &request.headers, &asked)?;
    let session = create(app, &asked, idempotency).await?;
    app.metrics
        .record_session(stored::flow(&session.data.flow), principal.kind());
    let request_id = stored::request_id(session.data.id)?;
    record_session(request_id);
    Ok((
        StatusCode::CREATED,
        Json(answer(app, request_id, &session.data)?),
    ))
}

fn read_body(app: &Parts, principal: &Principal<'_>, mut fields: Fields) -> Result<Asked, Problem> {
    let flow = take_flow(&mut fields)?;
    let language = fields.optional("language", Language::parse)?;
    let return_url = fields.optional("returnUrl", |text| app.options.return_urls.allow(text))?;
    let customer = fields.optional("customer", Customer::parse)?;
    let customer = match (principal, customer) {
        (Principal::Customer(own), None) => Some((*own).clone()),
        (Principal::Customer(_), Some(_)) => {
            let rule = "is known to the server: a customer leaves it out";
            return Err(Problem::invalid("customer", rule));
        }
        // It is told in webhooks as the agent's own word.
        (Principal::Browser(_), Some(_)) => {
            let rule = "is the agent's own word: only a call with an API key may say it";
            return Err(Problem::invalid("customer", rule));
        }
        (Principal::Agent | Principal::Browser(_), customer) => customer,
    };
    fields.finish()?;
    Ok(Asked {
        return_url: only_in_redirect(flow, "returnUrl", return_url)?,
        language: language.unwrap_or_default(),
        customer,
    })
}

fn read_idempotency_key(
    principal: &Principal<'_>,
    headers: &HeaderMap,
    asked: &Asked,
) -> Result<Option<Idempotency>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::RepeatedField(IDEMPOTENCY_KEY));
    }
    // Who guesses a public caller's key gets that caller's session.
    let (lengths, rule) = match principal {
        Principal::Agent => (1..=128, "has 1 to 128 visible ASCII characters"),
        Principal::Browser(_) | Principal::Customer(_) => {
            (16..=128, "has 16 to 128 visible ASCII characters")
        }
    };
    let key = parse_text(
        IDEMPOTENCY_KEY,
        value.to_str().unwrap_or_default(),
        |text| {
            let fit = lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
            if fit { Ok(text.to_owned()) } else { Err(rule) }
        },
    )?;
    let scoped = format!("{}\n{key}", principal.scope());
    Ok(Some(Idempotency {
        key: Digest::of(scoped.as_bytes()),
        fingerprint: asked.fingerprint(),
    }))
}

impl Asked {
    /// The same for the same request only: JSON keeps the parts apart.
    fn fingerprint(&self) -> Digest {
        let return_url = self.return_url.as_ref().map(ReturnUrl::as_str);
        let customer = self.customer.as_ref().map(Customer::as_str);
        let parts = serde_json::json!([return_url, self.language, customer]);
        Digest::of(parts.to_string().as_bytes())
    }
}

async fn create(
    app: &Parts,
    asked: &Asked,
    idempotency: Option<Idempotency>,
) -> Result<Session, Problem> {
    for _ in 0..MAX_ATTEMPTS {
        let data = new_session(app, asked)?;
        match app.store.create(data, idempotency).await? {
            CreateOutcome::Created(session) | CreateOutcome::Repeated(session) => {
                return Ok(session);
            }
            CreateOutcome::IdempotencyKeyReused => return Err(Problem::IdempotencyKeyReused),
            CreateOutcome::IdTaken => {}
        }
    }
    log_error(
        "no session can be created",
        "all generated request ids are taken",
    );
    Err(Problem::Internal)
}

fn new_session(app: &Parts, asked: &Asked) -> Result<SessionData, Problem> {
    let created_at = app.clock.now();
    let request_id = new_request_id(created_at, app.random.as_ref())?;
    let mut seed = [0; 16];
    app.random.fill(&mut seed).map_err(RequestIdError::from)?;
    let secret = app.signer.secret();
    let flow = match &asked.return_url {
        None => SessionFlow::Iframe,
        Some(return_url) => SessionFlow::Redirect {
            return_url: return_url.as_str().to_owned(),
            callback_token: SessionToken::callback(secret, request_id, &seed).digest(),
        },
    };
    Ok(SessionData {
        id: stored::session_id(request_id),
        language: asked.language.as_str().to_owned(),
        flow,
        customer: asked.customer.as_ref().map(|c| c.as_str().to_owned()),
        seed,
        result_token: SessionToken::result(secret, request_id, &seed).digest(),
        created_at,
        expires_at: created_at + i64::from(app.options.session_seconds) * 1000,
    })
}

fn answer(app: &Parts, request_id: RequestId, data: &SessionData) -> Result<Created, Problem> {
    let result_token = SessionToken::result(app.signer.secret(), request_id, &data.seed);
    if result_token.digest() != data.result_token {
        return Err(Problem::IdempotencyKeyStale);
    }
    Ok(Created {
        request_id,
        form_url: form_url(app, request_id, data)?,
        form_origin: app.signer.host().origin().clone(),
        result_token: result_token.reveal().to_owned(),
        expires_at: to_rfc3339(data.expires_at),
    })
}

fn form_url(app: &Parts, request_id: RequestId, data: &SessionData) -> Result<FormUrl, Problem> {
    let url = match stored::flow(&data.flow) {
        Flow::Iframe => app.signer.iframe(request_id),
        Flow::Redirect => {
            let secret = app.signer.secret();
            let state = CallbackState {
                request_id,
                token: SessionToken::callback(secret, request_id, &data.seed),
            };
            let callback_url = app.options.public_url.callback(&state.to_text());
            let callback_url = callback_url.map_err(|error| {
                log_error("no callback URL can be built", error);
                Problem::Internal
            })?;
            app.signer.redirect(request_id, callback_url)
        }
    };
    Ok(url.with_language(stored::language(data)?))
}
