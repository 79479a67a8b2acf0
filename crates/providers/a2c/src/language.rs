/// The language of the card form. Source: docs/a2c.md, "Signed form URL".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Russian, the provider's default.
    #[default]
    Ru,
    /// English.
    En,
    /// Kazakh, which is `kz` for the provider and `kk` in HTML.
    Kz,
}

/// The text is not one of the languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the language must be one of ru, en and kz")]
pub struct LanguageError;

impl Language {
    /// All languages of the form.
    pub const ALL: [Self; 3] = [Self::Ru, Self::En, Self::Kz];

    /// Reads the provider's value: `ru`, `en` or `kz`.
    ///
    /// # Errors
    /// Returns [`LanguageError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, LanguageError> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == text)
            .ok_or(LanguageError)
    }

    /// Returns the provider's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
            Self::Kz => "kz",
        }
    }

    /// Returns the value for HTML's `lang` attribute.
    #[must_use]
    pub fn html_lang(self) -> &'static str {
        match self {
            Self::Kz => "kk",
            other => other.as_str(),
        }
    }

    /// Reads a value of HTML's `lang` attribute, as [`Language::html_lang`] returns it.
    #[must_use]
    pub fn from_html_lang(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.html_lang() == text)
    }

    /// Returns what the language calls itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ru => "Русский",
            Self::En => "English",
            Self::Kz => "Қазақша",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_language_is_russian() {
        assert_eq!(Language::default(), Language::Ru);
    }

    #[test]
    fn every_language_is_read_from_its_own_values_and_named_in_the_error() {
        let error = LanguageError.to_string();
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Ok(language));
            assert_eq!(
                Language::from_html_lang(language.html_lang()),
                Some(language)
            );
            assert!(error.contains(language.as_str()), "{error}");
        }
    }

    #[test]
    fn kazakh_is_kz_for_the_provider_and_kk_in_html() {
        assert_eq!(Language::parse("kz"), Ok(Language::Kz));
        assert_eq!(Language::Kz.as_str(), "kz");
        assert_eq!(Language::Kz.html_lang(), "kk");
        assert_eq!(Language::parse("kk"), Err(LanguageError));
        for text in ["", "RU", "ru-RU"] {
            assert_eq!(Language::parse(text), Err(LanguageError), "{text}");
        }
        assert_eq!(Language::from_html_lang("kz"), None);
    }
}
