//! What a page says instead of what was asked for.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pantoken_core::RandomError;
use pantoken_store::StoreError;

use super::frame::{Frame, respond};
use super::texts::Texts;
use super::visit::{FormToken, Visit};
use crate::http::problem::Problem;

/// Why there is no such page, or nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    NotFound,
    /// A filter has a value that it cannot have.
    BadFilter,
    /// The operator has to sign in first.
    SignedOut,
    /// A page of another server sent the form.
    ForeignOrigin,
    /// The form was made for another sign-in.
    StaleForm,
    /// The webhook is not given up, so that it cannot be tried again.
    NotDead,
    StoreUnavailable,
    Internal,
}

impl Failure {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadFilter => StatusCode::BAD_REQUEST,
            Self::SignedOut | Self::ForeignOrigin | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::NotDead => StatusCode::CONFLICT,
            Self::StoreUnavailable => Problem::StoreUnavailable.status(),
            Self::Internal => Problem::Internal.status(),
        }
    }

    /// Returns the problem that is counted for it.
    fn problem(self) -> Option<Problem> {
        match self {
            Self::StoreUnavailable => Some(Problem::StoreUnavailable),
            Self::Internal => Some(Problem::Internal),
            _ => None,
        }
    }

    fn text(self, texts: &'static Texts) -> (&'static str, &'static str) {
        let failures = &texts.failures;
        match self {
            Self::NotFound => failures.not_found,
            Self::BadFilter => failures.bad_filter,
            Self::SignedOut => failures.signed_out,
            Self::ForeignOrigin => failures.foreign_origin,
            Self::StaleForm => failures.stale_form,
            Self::NotDead => failures.not_dead,
            Self::StoreUnavailable => failures.store_unavailable,
            Self::Internal => failures.internal,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        // Logs the error.
        drop(Problem::from(error));
        Self::StoreUnavailable
    }
}

impl From<RandomError> for Failure {
    fn from(error: RandomError) -> Self {
        tracing::error!(%error, "the source of randomness failed");
        Self::Internal
    }
}

impl IntoResponse for Failure {
    /// The page is made where the language is known.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "admin/failure.html")]
struct Page {
    t: &'static Texts,
    frame: Frame,
    title: &'static str,
    advice: &'static str,
}

/// Returns the page of a failure.
pub(super) fn page(failure: &Failure, visit: &Visit, form_token: Option<&FormToken>) -> Response {
    let t = Texts::of(visit.language);
    let (title, advice) = failure.text(t);
    let page = Page {
        t,
        frame: Frame::new(visit, form_token, None),
        title,
        advice,
    };
    let mut response = respond(failure.status(), &page);
    if let Some(problem) = failure.problem() {
        response.extensions_mut().insert(problem.code());
    }
    response
}

pub(super) async fn not_found() -> Failure {
    Failure::NotFound
}
