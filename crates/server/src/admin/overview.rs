use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use pantoken_store::{DeliveryState, OperationFilter, OperationStore, Outbox};

use super::failure::Failure;
use super::frame::{Frame, Section, respond};
use super::operation_row::Row;
use super::texts::Texts;
use super::visit::{FormToken, Visit};
use crate::app::AppState;

/// Operations beyond this number are not counted, because there is no end to counting them.
const MAX_COUNTED: usize = 100;
const LISTED: usize = 10;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Page {
    t: &'static Texts,
    frame: Frame,
    /// How many operations need a person's attention.
    attention: String,
    has_attention: bool,
    dead: u64,
    has_dead: bool,
    pending: u64,
    rows: Vec<Row>,
}

pub(super) async fn show(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(form_token): Extension<FormToken>,
) -> Result<Response, Failure> {
    let app = app.parts();
    let t = Texts::of(visit.language);
    let filter = OperationFilter {
        needs_attention: true,
        limit: u32::try_from(MAX_COUNTED).unwrap_or(u32::MAX),
        ..OperationFilter::default()
    };
    let found = app.store.list_operations(filter).await?;
    let rows = found.iter().take(LISTED);
    let dead = app.store.count_deliveries(DeliveryState::Dead).await?;
    let page = Page {
        t,
        frame: Frame::new(&visit, Some(&form_token), Some(Section::Overview)),
        attention: match found.len() {
            MAX_COUNTED => format!("{MAX_COUNTED}+"),
            fewer => fewer.to_string(),
        },
        has_attention: !found.is_empty(),
        dead,
        has_dead: dead > 0,
        pending: app.store.count_deliveries(DeliveryState::Pending).await?,
        rows: rows.map(|operation| Row::of(operation, app, t)).collect(),
    };
    Ok(respond(StatusCode::OK, &page))
}
