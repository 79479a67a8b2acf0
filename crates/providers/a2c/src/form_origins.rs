use pantoken_core::Origin;

/// The origins that a form URL may have: the provider's production host, and at most one more that the page
/// specifies. On a page that is itself on loopback also the provider's test host and loopback, so that a
/// page in production takes no form for tests.
///
/// Source: docs/embedding.md, "What protects the page".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormOrigins {
    extra: Option<Origin>,
    for_tests: bool,
}

impl FormOrigins {
    /// The provider's production origin.
    pub const PRODUCTION: &str = "https://a2c.qiwi.kz";
    /// The provider's test origin.
    pub const TEST: &str = "https://a2c-test.qiwi.kz";

    /// Allows the provider's production host and `extra`.
    #[must_use]
    pub fn with_extra(extra: Option<Origin>) -> Self {
        Self {
            extra,
            for_tests: false,
        }
    }

    /// Allows the forms for tests too, if the page with this URL or origin is on loopback.
    #[must_use]
    pub fn on_page(mut self, page: &str) -> Self {
        self.for_tests = Origin::split(page).is_ok_and(|(origin, _)| origin.is_loopback());
        self
    }

    /// Returns whether a form from this origin may be shown.
    #[must_use]
    pub fn allows(&self, origin: &Origin) -> bool {
        self.allows_of(&[Self::PRODUCTION], origin)
            || self.for_tests && origin.as_str() == Self::TEST
    }

    /// Returns whether a form from this origin may be shown, if the provider's own origins are these.
    #[must_use]
    pub fn allows_of(&self, provider: &[&str], origin: &Origin) -> bool {
        provider.contains(&origin.as_str())
            || self.extra.as_ref() == Some(origin)
            || self.for_tests && origin.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        Origin::parse(text).unwrap()
    }

    #[test]
    fn a_page_in_production_takes_the_providers_form_and_one_more() {
        let usual = FormOrigins::default();
        assert!(usual.allows(&origin(FormOrigins::PRODUCTION)));
        assert!(!usual.allows(&origin("https://a2c.qiwi.kz.evil.kz")));
        assert!(!usual.allows(&origin("https://a2c.qiwi.kz:444")));
        let more = FormOrigins::with_extra(Some(origin("https://forms.agent.kz")));
        assert!(more.allows(&origin("https://forms.agent.kz")));
        assert!(!more.allows(&origin("https://other.agent.kz")));
    }

    #[test]
    fn another_providers_form_has_other_origins() {
        let production = origin(FormOrigins::PRODUCTION);
        let other = origin("https://payment.qiwi.com");
        let origins = FormOrigins::default();
        assert!(origins.allows_of(&[other.as_str()], &other));
        assert!(!origins.allows(&other));
        assert!(!origins.allows_of(&[other.as_str()], &production));
        let test = origin(FormOrigins::TEST);
        let tested = origins.on_page("http://localhost");
        assert!(!tested.allows_of(&[other.as_str()], &test));
        assert!(tested.allows_of(&[other.as_str()], &origin("http://127.0.0.1:3021")));
    }

    #[test]
    fn only_a_page_on_loopback_takes_a_form_for_tests() {
        for (page, taken) in [
            ("http://localhost:3019", true),
            ("http://127.0.0.1", true),
            ("http://127.0.0.1/pay?for=1#card", true),
            ("https://shop.kz", false),
            ("https://shop.kz/127.0.0.1", false),
            ("https://127.0.0.1@shop.kz/", false),
            ("https://localhost.shop.kz", false),
            ("null", false),
            ("", false),
        ] {
            let origins = FormOrigins::default().on_page(page);
            for form in [FormOrigins::TEST, "http://127.0.0.1:3020"] {
                assert_eq!(origins.allows(&origin(form)), taken, "{form} on {page:?}");
            }
        }
    }
}
