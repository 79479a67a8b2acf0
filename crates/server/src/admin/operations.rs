use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use pantoken_store::{InboxEntry, OperationFilter, OperationId, OperationStore};

use super::failure::Failure;
use super::filter::{Choice, Parameters, address};
use super::frame::{Frame, Section, respond};
use super::operation_row::{PATH, Row};
use super::shown::{Time, foreign};
use super::texts::Texts;
use super::visit::{FormToken, Visit};
use crate::app::AppState;
use crate::event_types;
use crate::operations;

const PAGE_SIZE: u32 = 50;
/// Parts beyond this number are not listed on the page of an operation.
const MAX_PARTS: u32 = 100;

#[derive(Template)]
#[template(path = "admin/operations.html")]
struct List {
    t: &'static Texts,
    frame: Frame,
    kinds: Vec<Choice>,
    state: String,
    customer: String,
    needs_attention: bool,
    is_filtered: bool,
    rows: Vec<Row>,
    /// The address of the rest of the list.
    older: Option<String>,
    /// Whether this is not the beginning of the list.
    is_continued: bool,
}

pub(super) async fn list(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(form_token): Extension<FormToken>,
) -> Result<Response, Failure> {
    let app = app.parts();
    let t = Texts::of(visit.language);
    let parameters = Parameters::of(&visit.uri);
    let filter = OperationFilter {
        kind: parameters.text("kind")?,
        state: parameters.text("state")?,
        customer: parameters.text("customer")?,
        needs_attention: parameters.is_set("attention"),
        before: parameters
            .parsed("after", str::parse)?
            .map(OperationId::from_i64),
        limit: PAGE_SIZE,
        parent: None,
    };
    let found = app.store.list_operations(filter.clone()).await?;
    let is_full = found.len() == PAGE_SIZE as usize;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (kind, state, customer) = (
        text(&filter.kind),
        text(&filter.state),
        text(&filter.customer),
    );
    let older = found.last().filter(|_| is_full).map(|last| {
        let last = last.id.to_string();
        let attention = if filter.needs_attention { "1" } else { "" };
        let parameters = [
            ("kind", kind.as_str()),
            ("state", state.as_str()),
            ("customer", customer.as_str()),
            ("attention", attention),
            ("after", last.as_str()),
        ];
        address(PATH, &parameters)
    });
    let page = List {
        t,
        frame: Frame::new(&visit, Some(&form_token), Some(Section::Operations)),
        kinds: kinds(&kind),
        is_filtered: [&kind, &state, &customer]
            .iter()
            .any(|text| !text.is_empty())
            || filter.needs_attention,
        state,
        customer,
        needs_attention: filter.needs_attention,
        rows: found.iter().map(|one| Row::of(one, app, t)).collect(),
        older,
        is_continued: filter.before.is_some(),
    };
    Ok(respond(StatusCode::OK, &page))
}

/// Returns the kinds that send events, and the one that is chosen.
fn kinds(chosen: &str) -> Vec<Choice> {
    let events = event_types::all();
    let kinds = events
        .iter()
        .filter_map(|event| event.kind().rsplit_once('.'));
    let mut kinds: BTreeSet<&str> = kinds.map(|(kind, _)| kind).collect();
    if !chosen.is_empty() {
        kinds.insert(chosen);
    }
    let kinds = kinds.into_iter();
    kinds.map(|kind| Choice::new(kind, chosen)).collect()
}

#[derive(Template)]
#[template(path = "admin/operation.html")]
struct One {
    t: &'static Texts,
    frame: Frame,
    operation: Row,
    customer: String,
    part_of: Option<OperationId>,
    created: Time,
    next_question: Time,
    deadline: Time,
    attempts: i64,
    parts: Vec<Row>,
    history: Vec<Heard>,
    /// Whether the operator has just asked for a retry.
    was_retried: bool,
}

/// What was heard of an operation.
struct Heard {
    at: Time,
    source: String,
    text: String,
}

impl Heard {
    fn of(entry: &InboxEntry, t: &Texts) -> Self {
        Self {
            at: Time::at(entry.received_at),
            source: entry.fact.source.clone(),
            text: foreign(&entry.fact.text, t),
        }
    }
}

pub(super) async fn show(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(form_token): Extension<FormToken>,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let app = app.parts();
    let t = Texts::of(visit.language);
    let id = parse_number(&number)?;
    let operation = app.store.get_operation(id).await?;
    let operation = operation.ok_or(Failure::NotFound)?;
    let parts = OperationFilter {
        parent: Some(id),
        limit: MAX_PARTS,
        ..OperationFilter::default()
    };
    let parts = app.store.list_operations(parts).await?;
    let history = app.store.operation_inbox(id).await?;
    let time = |time: Option<i64>| time.map(Time::at).unwrap_or_default();
    let page = One {
        t,
        frame: Frame::new(&visit, Some(&form_token), Some(Section::Operations)),
        customer: foreign(operation.customer.as_deref().unwrap_or_default(), t),
        part_of: operation.parent,
        created: Time::at(operation.created_at),
        next_question: time(operation.progress.next_attempt_at),
        deadline: time(operation.deadline_at),
        attempts: operation.attempts,
        operation: Row::of(&operation, app, t),
        parts: parts.iter().map(|part| Row::of(part, app, t)).collect(),
        history: history.iter().map(|entry| Heard::of(entry, t)).collect(),
        was_retried: Parameters::of(&visit.uri).is_set("retried"),
    };
    Ok(respond(StatusCode::OK, &page))
}

/// Does what `pantoken operations retry` does.
pub(super) async fn retry(
    State(app): State<AppState>,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let app = app.parts();
    let id = parse_number(&number)?;
    match operations::retry(&app.store, id, app.clock.now()).await? {
        true => Ok(Redirect::to(&format!("{PATH}/{id}?retried=1")).into_response()),
        false => Err(Failure::NotFound),
    }
}

fn parse_number(text: &str) -> Result<OperationId, Failure> {
    let number = text.parse().map_err(|_| Failure::NotFound)?;
    Ok(OperationId::from_i64(number))
}
