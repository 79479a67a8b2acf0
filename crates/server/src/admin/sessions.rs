use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use pantoken_a2c::{ErrorCode, RequestId};
use pantoken_store::{SessionFilter, SessionState};

use super::failure::Failure;
use super::filter::{Choice, Parameters, address};
use super::frame::{Frame, Section, respond};
use super::shown::{Time, foreign};
use super::texts::Texts;
use super::visit::{FormToken, Visit};
use crate::a2c::list_sessions::{
    DEFAULT_LIMIT, ListedSession, find_listed, parse_state, read_page,
};
use crate::a2c::stored;
use crate::app::AppState;
use crate::http::customer::Customer;

const PATH: &str = "/admin/sessions";

#[derive(Template)]
#[template(path = "admin/sessions.html")]
struct List {
    t: &'static Texts,
    frame: Frame,
    states: Vec<Choice>,
    request_id: String,
    customer: String,
    is_filtered: bool,
    rows: Vec<Row>,
    /// The address of the rest of the list.
    older: Option<String>,
    /// Whether this is not the beginning of the list.
    is_continued: bool,
}

/// A session, without its panToken, and without the text of an error, which its page has chosen.
struct Row {
    id: String,
    address: String,
    state: &'static str,
    flow: &'static str,
    language: &'static str,
    customer: String,
    error_code: String,
    created: Time,
    expires: Time,
    finished: Time,
}

impl Row {
    fn of(session: &ListedSession, t: &Texts) -> Self {
        let id = session.request_id.to_string();
        let error_code = session.error_code.as_ref().map_or("", ErrorCode::as_str);
        Self {
            address: format!("{PATH}/{id}"),
            id,
            state: session.state,
            flow: session.flow.as_str(),
            language: session.language.as_str(),
            customer: foreign(session.customer.as_deref().unwrap_or_default(), t),
            error_code: foreign(error_code, t),
            created: Time::from_rfc3339(session.created_at.as_deref()),
            expires: Time::from_rfc3339(session.expires_at.as_deref()),
            finished: Time::from_rfc3339(session.finished_at.as_deref()),
        }
    }
}

pub(super) async fn list(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(form_token): Extension<FormToken>,
) -> Result<Response, Failure> {
    let app = app.parts();
    let t = Texts::of(visit.language);
    let parameters = Parameters::of(&visit.uri);
    let request_id = parameters.parsed("requestId", RequestId::parse)?;
    let customer = parameters.parsed("customer", Customer::parse)?;
    let state = parameters.parsed("state", parse_state)?;
    let after = parameters.parsed("after", RequestId::parse)?;
    let customer_text = customer.as_ref().map_or("", Customer::as_str).to_owned();
    let now = app.clock.now();
    let (sessions, next) = match request_id {
        Some(id) => {
            let found = find_listed(&app.store, id, now).await?;
            (found.into_iter().collect(), None)
        }
        None => {
            let filter = SessionFilter {
                created_by: None,
                customer: customer.map(|customer| customer.as_str().to_owned()),
                state,
                before: after.map(stored::session_id),
                limit: DEFAULT_LIMIT,
                now,
            };
            let page = read_page(&app.store, filter).await?;
            (page.sessions, page.next)
        }
    };
    let state_text = state.map_or("", SessionState::as_str);
    let older = next.map(|next| {
        let next = next.to_string();
        let parameters = [
            ("state", state_text),
            ("customer", customer_text.as_str()),
            ("after", next.as_str()),
        ];
        address(PATH, &parameters)
    });
    let states = SessionState::ALL.map(|one| Choice::new(one.as_str(), state_text));
    let page = List {
        t,
        frame: Frame::new(&visit, Some(&form_token), Some(Section::Sessions)),
        states: states.into(),
        request_id: request_id.map(|id| id.to_string()).unwrap_or_default(),
        is_filtered: request_id.is_some() || state.is_some() || !customer_text.is_empty(),
        customer: customer_text,
        rows: sessions.iter().map(|session| Row::of(session, t)).collect(),
        older,
        is_continued: after.is_some(),
    };
    Ok(respond(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "admin/session.html")]
struct One {
    t: &'static Texts,
    frame: Frame,
    session: Row,
}

pub(super) async fn show(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(form_token): Extension<FormToken>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let app = app.parts();
    let t = Texts::of(visit.language);
    let id = RequestId::parse(&id).map_err(|_| Failure::NotFound)?;
    let found = find_listed(&app.store, id, app.clock.now()).await?;
    let session = found.ok_or(Failure::NotFound)?;
    let page = One {
        t,
        frame: Frame::new(&visit, Some(&form_token), Some(Section::Sessions)),
        session: Row::of(&session, t),
    };
    Ok(respond(StatusCode::OK, &page))
}
