//! What a Content-Security-Policy allows, as far as a page with the form needs to know.
//!
//! Source: Content Security Policy Level 3, "Matching URLs" (<https://www.w3.org/TR/CSP3/#match-urls>).

use url::Url;

/// One policy: a list of directives with their sources.
pub(super) struct Policy(Vec<(String, Vec<String>)>);

impl Policy {
    /// Reads the policies of a header, or of the content of a `<meta>`. They are separated by commas, and each
    /// has to allow what a page does.
    pub(super) fn parse_all(text: &str) -> Vec<Self> {
        text.split(',').map(Self::parse).collect()
    }

    fn parse(text: &str) -> Self {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next() else { continue };
            let name = name.to_ascii_lowercase();
            // A browser ignores a directive that comes again.
            if directives.iter().all(|(known, _)| *known != name) {
                directives.push((name, words.map(str::to_ascii_lowercase).collect()));
            }
        }
        Self(directives)
    }

    /// Returns the sources of the first of these directives that the policy has.
    pub(super) fn sources(&self, directives: &[&str]) -> Option<Sources<'_>> {
        directives.iter().find_map(|wanted| {
            let (_, sources) = self.0.iter().find(|(name, _)| name == wanted)?;
            Some(Sources(sources))
        })
    }
}

/// The sources of a directive.
pub(super) struct Sources<'a>(&'a [String]);

impl Sources<'_> {
    /// Returns whether the directive contains this keyword, in its quotes.
    pub(super) fn have(&self, keyword: &str) -> bool {
        self.0.iter().any(|source| source == keyword)
    }

    /// Returns whether scripts are allowed by a nonce or a hash, which no list of hosts shows.
    pub(super) fn have_nonce_or_hash(&self) -> bool {
        let prefixes = ["'nonce-", "'sha256-", "'sha384-", "'sha512-"];
        let by_value = |source: &String| prefixes.iter().any(|it| source.starts_with(it));
        self.0.iter().any(by_value)
    }

    /// Returns whether a URL of this origin may be loaded by a page of another one.
    pub(super) fn allow(&self, target: &Url, page: &Url) -> bool {
        self.0
            .iter()
            .any(|source| matches_source(source, target, page))
    }
}

fn matches_source(source: &str, target: &Url, page: &Url) -> bool {
    match source {
        "*" => matches!(target.scheme(), "http" | "https") || target.scheme() == page.scheme(),
        "'self'" => target.origin() == page.origin(),
        _ => match source.strip_suffix(':') {
            Some(scheme) => matches_scheme(scheme, target.scheme()),
            None => matches_host(source, target, page),
        },
    }
}

/// A source of `http` also allows `https`.
fn matches_scheme(source: &str, target: &str) -> bool {
    source == target || (source == "http" && target == "https")
}

fn matches_host(source: &str, target: &Url, page: &Url) -> bool {
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => (page.scheme(), source),
    };
    let (authority, _path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let Some(target_host) = target.host_str() else {
        return false;
    };
    let host_fits = match host.strip_prefix("*.") {
        Some(parent) => target_host
            .strip_suffix(parent)
            .is_some_and(|label| label.len() > 1 && label.ends_with('.')),
        None => host == target_host || host == "*",
    };
    let port_fits = match port {
        Some("*") => true,
        Some(port) => target
            .port_or_known_default()
            .is_some_and(|it| it.to_string() == port),
        None => target.port().is_none(),
    };
    matches_scheme(scheme, target.scheme()) && host_fits && port_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(sources: &str, target: &str) -> bool {
        let policies = Policy::parse_all(&format!("frame-src {sources}"));
        let page = Url::parse("https://shop.kz/pay").unwrap();
        let sources = policies[0].sources(&["frame-src"]).unwrap();
        sources.allow(&Url::parse(target).unwrap(), &page)
    }

    #[test]
    fn sources_match_as_in_a_browser() {
        for (sources, target) in [
            ("https://a2c.qiwi.kz", "https://a2c.qiwi.kz/form"),
            ("a2c.qiwi.kz", "https://a2c.qiwi.kz"),
            ("https://*.qiwi.kz", "https://a2c.qiwi.kz"),
            ("https:", "https://a2c.qiwi.kz"),
            ("http://a2c.qiwi.kz", "https://a2c.qiwi.kz"),
            ("*", "https://a2c.qiwi.kz"),
            ("'self'", "https://shop.kz"),
            ("'none' https://a2c.qiwi.kz", "https://a2c.qiwi.kz"),
            ("http://localhost:*", "http://localhost:3020"),
            ("http://127.0.0.1:3020", "http://127.0.0.1:3020"),
        ] {
            assert!(allows(sources, target), "{sources} and {target}");
        }
        for (sources, target) in [
            ("", "https://a2c.qiwi.kz"),
            ("'none'", "https://a2c.qiwi.kz"),
            ("'self'", "https://a2c.qiwi.kz"),
            ("https://a2c.qiwi.kz", "https://a2c-test.qiwi.kz"),
            ("https://*.qiwi.kz", "https://qiwi.kz"),
            ("https://*.qiwi.kz", "https://evilqiwi.kz"),
            ("https://a2c.qiwi.kz", "https://a2c.qiwi.kz:8443"),
            ("https:", "http://127.0.0.1:3020"),
            ("http://127.0.0.1", "http://127.0.0.1:3020"),
        ] {
            assert!(!allows(sources, target), "{sources} and {target}");
        }
    }

    #[test]
    fn a_missing_directive_falls_back_and_a_repeated_one_does_not_count() {
        let policies =
            Policy::parse_all("default-src 'self'; frame-src a.kz; FRAME-SRC b.kz, img-src *");
        let [first, second] = &policies[..] else {
            panic!("two policies");
        };
        let frames = first.sources(&["frame-src", "child-src", "default-src"]);
        assert!(frames.unwrap().have("a.kz"));
        assert!(first.sources(&["connect-src", "default-src"]).is_some());
        assert!(second.sources(&["frame-src", "default-src"]).is_none());
    }
}
