/// A language of the pages of payin and qiwi-pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Russian,
    English,
}

impl Language {
    /// Reads the parameter `lang`. Without a known language, the pages are in Russian.
    pub(crate) fn read(text: Option<&str>) -> Self {
        match text {
            Some("en") => Self::English,
            _ => Self::Russian,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// Chooses between the texts of the languages.
    pub(crate) fn choose<T>(self, russian: T, english: T) -> T {
        match self {
            Self::Russian => russian,
            Self::English => english,
        }
    }
}

/// Checks that no text is missing, left in another language, or in need of escaping.
#[cfg(test)]
pub(crate) fn assert_translated<T: serde::Serialize + 'static>(
    texts: impl Fn(Language) -> &'static T,
) {
    use serde_json::Value;

    fn collect(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    collect(&format!("{path}.{name}"), value, found);
                }
            }
            text => found.push((path.to_owned(), text.as_str().unwrap().to_owned())),
        }
    }
    let [russian, english] = [Language::Russian, Language::English].map(|language| {
        let mut found = Vec::new();
        let json = serde_json::to_value(texts(language)).unwrap();
        collect("", &json, &mut found);
        found
    });
    for ((name, russian), (_, english)) in russian.iter().zip(&english) {
        assert!(russian != english, "{name}");
        for text in [russian, english] {
            let needs_escaping = text.contains(['<', '>', '&', '\\', '\'', '"', '{']);
            assert!(!text.is_empty() && !needs_escaping, "{name}: {text}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_the_provider_does_not_have_is_russian() {
        for (text, expected) in [
            (Some("en"), Language::English),
            (Some("ru"), Language::Russian),
            (Some("kz"), Language::Russian),
            (None, Language::Russian),
        ] {
            assert_eq!(Language::read(text), expected, "{text:?}");
        }
    }
}
