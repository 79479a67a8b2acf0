//! What a request says about a hosted form, whichever provider hosts it.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::http::enumerations::closed;

/// The language of a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    #[default]
    Russian,
    English,
    Kazakh,
}

impl Language {
    const ALL: [Self; 3] = [Self::Russian, Self::English, Self::Kazakh];

    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or("must be ru, en or kz")
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
            Self::Kazakh => "kz",
        }
    }
}

impl ToSchema for Language {}

impl PartialSchema for Language {
    fn schema() -> RefOr<Schema> {
        closed(Self::ALL.map(Self::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_one_of_three() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Ok(language));
        }
        for text in ["", "RU", "kk", "ru-RU"] {
            assert!(Language::parse(text).is_err(), "{text}");
        }
        assert_eq!(Language::default(), Language::Russian);
    }
}
