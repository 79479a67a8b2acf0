//! What a request says about a hosted form, whichever provider hosts it.

use pantoken_a2c::LanguageError;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::http::enumerations::closed;

/// The language of a form. The API has those of a2c for every provider; one that lacks a language shows Russian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Language(pantoken_a2c::Language);

impl Language {
    pub(crate) fn parse(text: &str) -> Result<Self, LanguageError> {
        pantoken_a2c::Language::parse(text).map(Self)
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.0.as_str()
    }
}

impl ToSchema for Language {}

impl PartialSchema for Language {
    fn schema() -> RefOr<Schema> {
        closed(pantoken_a2c::Language::ALL.map(pantoken_a2c::Language::as_str))
    }
}
