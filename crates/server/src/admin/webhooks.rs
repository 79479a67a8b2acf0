use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use pantoken_store::{Delivery, DeliveryId, DeliveryState, Outbox};

use super::failure::Failure;
use super::filter::{Parameters, address};
use super::frame::{Frame, Section, respond};
use super::shown::{Time, foreign};
use super::texts::Texts;
use super::visit::{FormToken, Visit};
use crate::app::AppState;
use crate::webhooks::summary::{About, Summary};

const PATH: &str = "/admin/webhooks";
const PAGE_SIZE: u32 = 50;

#[derive(Template)]
#[template(path = "admin/webhooks.html")]
struct List {
    t: &'static Texts,
    frame: Frame,
    /// Whether those that were given up are listed, and not those that are pending.
    is_dead: bool,
    rows: Vec<Row>,
    /// The address of the rest of the list.
    later: Option<String>,
    /// Whether this is not the beginning of the list.
    is_continued: bool,
    /// Whether the operator has just asked for a retry.
    was_retried: bool,
}

/// A webhook without its body.
struct Row {
    number: i64,
    event: String,
    /// The session or the operation.
    about: String,
    about_address: String,
    is_session: bool,
    attempts: i64,
    recorded: Time,
    next_attempt: Time,
    last_answer: String,
}

impl Row {
    fn of(delivery: &Delivery, t: &Texts) -> Self {
        let Summary { event, about } = Summary::of(delivery);
        let (about, about_address, is_session) = match about {
            About::Session(id) => (id.to_string(), format!("/admin/sessions/{id}"), true),
            About::Operation(id) => (id.to_string(), format!("/admin/operations/{id}"), false),
        };
        let last_answer = delivery.last_error.as_deref().unwrap_or_default();
        Self {
            number: delivery.id.get(),
            event: event.to_owned(),
            about,
            about_address,
            is_session,
            attempts: delivery.attempts,
            recorded: Time::at(delivery.recorded_at),
            next_attempt: Time::at(delivery.next_attempt_at),
            last_answer: foreign(last_answer, t),
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
    let state = parameters.parsed("state", parse_state)?;
    let state = state.unwrap_or(DeliveryState::Dead);
    let after = parameters.parsed("after", str::parse)?;
    let after = after.map(DeliveryId::from_i64);
    let found = app.store.list_deliveries(state, after, PAGE_SIZE).await?;
    let is_full = found.len() == PAGE_SIZE as usize;
    let later = found.last().filter(|_| is_full).map(|last| {
        let last = last.id.to_string();
        address(PATH, &[("state", state.as_str()), ("after", &last)])
    });
    let page = List {
        t,
        frame: Frame::new(&visit, Some(&form_token), Some(Section::Webhooks)),
        is_dead: state == DeliveryState::Dead,
        rows: found.iter().map(|delivery| Row::of(delivery, t)).collect(),
        later,
        is_continued: after.is_some(),
        was_retried: parameters.is_set("retried"),
    };
    Ok(respond(StatusCode::OK, &page))
}

/// What was delivered needs nobody, and is not listed.
fn parse_state(text: &str) -> Result<DeliveryState, ()> {
    let mut states = [DeliveryState::Dead, DeliveryState::Pending].into_iter();
    states.find(|state| state.as_str() == text).ok_or(())
}

/// Does what `pantoken webhooks retry` does.
pub(super) async fn retry(
    State(app): State<AppState>,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let app = app.parts();
    let number = number.parse().map_err(|_| Failure::NotFound)?;
    let id = DeliveryId::from_i64(number);
    match app.store.retry_delivery(id, app.clock.now()).await? {
        true => Ok(Redirect::to(&format!("{PATH}?state=dead&retried=1")).into_response()),
        false => Err(Failure::NotDead),
    }
}
