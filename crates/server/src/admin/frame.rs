//! What is around the contents of each page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use pantoken_a2c::Language;

use super::visit::{FormToken, Visit};
use super::{assets, language};
use crate::http::problem::Problem;

/// A part of the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Sessions,
    Operations,
    Webhooks,
}

pub(super) struct Frame {
    /// The value of HTML's `lang`.
    pub(super) lang: &'static str,
    pub(super) languages: Vec<LanguageLink>,
    /// What forms contain, if an operator is signed in.
    pub(super) form_token: Option<String>,
    pub(super) section: Option<Section>,
    pub(super) style: String,
    pub(super) icon: String,
}

pub(super) struct LanguageLink {
    pub(super) lang: &'static str,
    pub(super) name: &'static str,
    pub(super) address: String,
    pub(super) is_current: bool,
}

impl Frame {
    pub(super) fn new(
        visit: &Visit,
        form_token: Option<&FormToken>,
        section: Option<Section>,
    ) -> Self {
        let languages = Language::ALL.map(|language| LanguageLink {
            lang: language.html_lang(),
            name: language.own_name(),
            address: language::address(&visit.uri, language),
            is_current: language == visit.language,
        });
        Self {
            lang: visit.language.html_lang(),
            languages: languages.into(),
            form_token: form_token.map(|token| token.0.clone()),
            section,
            style: assets::style_address(),
            icon: assets::icon_address(),
        }
    }

    fn is_in(&self, section: Section) -> bool {
        self.section == Some(section)
    }

    pub(super) fn is_overview(&self) -> bool {
        self.is_in(Section::Overview)
    }

    pub(super) fn is_sessions(&self) -> bool {
        self.is_in(Section::Sessions)
    }

    pub(super) fn is_operations(&self) -> bool {
        self.is_in(Section::Operations)
    }

    pub(super) fn is_webhooks(&self) -> bool {
        self.is_in(Section::Webhooks)
    }
}

/// Answers with a page.
pub(super) fn respond(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page for operators cannot be written");
            Problem::Internal.into_response()
        }
    }
}
