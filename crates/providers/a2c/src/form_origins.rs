use pantoken_core::Origin;

/// The origins that a form URL may have: the provider's two hosts, loopback, and at most one more that the
/// page specifies.
///
/// Source: docs/embedding.md, "What protects the page".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormOrigins {
    extra: Option<Origin>,
}

impl FormOrigins {
    /// The provider's production origin.
    pub const PRODUCTION: &str = "https://a2c.qiwi.kz";
    /// The provider's test origin.
    pub const TEST: &str = "https://a2c-test.qiwi.kz";

    /// Allows the provider's two hosts, loopback, and `extra`.
    #[must_use]
    pub fn with_extra(extra: Option<Origin>) -> Self {
        Self { extra }
    }

    /// Returns whether a form from this origin may be shown.
    #[must_use]
    pub fn allows(&self, origin: &Origin) -> bool {
        origin.is_loopback()
            || origin.as_str() == Self::PRODUCTION
            || origin.as_str() == Self::TEST
            || self.extra.as_ref() == Some(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_the_provider_loopback_and_one_more_origin() {
        let origin = |text| Origin::parse(text).unwrap();
        let usual = FormOrigins::default();
        assert!(usual.allows(&origin(FormOrigins::PRODUCTION)));
        assert!(usual.allows(&origin(FormOrigins::TEST)));
        assert!(usual.allows(&origin("http://127.0.0.1:3020")));
        assert!(!usual.allows(&origin("https://a2c.qiwi.kz.evil.kz")));
        assert!(!usual.allows(&origin("https://a2c.qiwi.kz:444")));
        let more = FormOrigins::with_extra(Some(origin("https://forms.agent.kz")));
        assert!(more.allows(&origin("https://forms.agent.kz")));
        assert!(!more.allows(&origin("https://other.agent.kz")));
    }
}
