use axum::http::{HeaderMap, Uri};
use pantoken_a2c::Language;
use url::form_urlencoded;

use super::cookies;
use crate::a2c::customer_page::accepted_languages;

/// The parameter that chooses a language.
pub(super) const PARAMETER: &str = "lang";

/// Returns the language that the address asks for.
pub(super) fn requested(uri: &Uri) -> Option<Language> {
    let query = uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(name, _)| name == PARAMETER)?;
    Language::parse(&value).ok()
}

/// Returns the language that the address asks for, that was chosen before, or that the browser accepts.
pub(super) fn choose(uri: &Uri, headers: &HeaderMap) -> Language {
    let chosen = || Language::parse(cookies::read(headers, cookies::LANGUAGE)?).ok();
    let accepted = || accepted_languages(headers).first().copied();
    requested(uri)
        .or_else(chosen)
        .or_else(accepted)
        .unwrap_or_default()
}

/// Returns the same address in another language.
pub(super) fn address(uri: &Uri, language: Language) -> String {
    let query = uri.query().unwrap_or_default();
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != PARAMETER);
    let mut address = form_urlencoded::Serializer::new(String::new());
    address.extend_pairs(others);
    address.append_pair(PARAMETER, language.as_str());
    format!("{}?{}", uri.path(), address.finish())
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn the_address_is_asked_first_then_the_cookie_then_the_browser() {
        let choose = |address: &str, cookie: &str, accepted: &str| {
            let mut headers = HeaderMap::new();
            let cookie = format!("other=1; {}={cookie}", cookies::LANGUAGE);
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            choose(&address.parse().unwrap(), &headers)
        };
        assert_eq!(choose("/admin?lang=kz", "en", "ru"), Language::Kz);
        assert_eq!(choose("/admin?lang=fr", "en", "ru"), Language::En);
        assert_eq!(choose("/admin", "fr", "kk-KZ, ru"), Language::Kz);
        assert_eq!(choose("/admin", "", "fr"), Language::Ru);
    }

    #[test]
    fn a_change_of_language_keeps_the_filter() {
        let uri = "/admin/sessions?state=failed&lang=ru&customer=a%26b"
            .parse()
            .unwrap();
        let expected = "/admin/sessions?state=failed&customer=a%26b&lang=kz";
        assert_eq!(address(&uri, Language::Kz), expected);
    }
}
