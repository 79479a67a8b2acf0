//! The page that a customer sees if a callback fails. It has no scripts, loads nothing, and repeats nothing
//! of the request.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use pantoken_a2c::Language;

use crate::http::problem::Problem;

/// Why a callback fails, as far as it matters to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallbackError {
    /// The link belongs to no session.
    UnknownLink,
    /// The provider's answer is invalid.
    UnreadableAnswer,
    /// The session began in another browser, which has its cookie.
    AnotherBrowser,
    /// The panToken has a character that the provider is not known to use. Reloading the page helps once the setting
    /// is changed.
    UnexpectedToken,
    /// The agent's check of panTokens has no answer now. Reloading the page may help.
    UncheckedToken,
    /// The answer could not be stored. Reloading the page may help.
    Unavailable,
}

impl CallbackError {
    fn status(self) -> StatusCode {
        match self {
            Self::UnknownLink => StatusCode::NOT_FOUND,
            Self::AnotherBrowser => StatusCode::FORBIDDEN,
            Self::UnreadableAnswer => StatusCode::BAD_REQUEST,
            Self::UnexpectedToken => Problem::PanTokenUnexpected.status(),
            Self::UncheckedToken => Problem::PanTokenUnchecked.status(),
            Self::Unavailable => Problem::StoreUnavailable.status(),
        }
    }

    /// Returns the problem that is counted and logged for it.
    fn problem(self) -> Option<Problem> {
        match self {
            Self::UnknownLink | Self::AnotherBrowser | Self::UnreadableAnswer => None,
            Self::UnexpectedToken => Some(Problem::PanTokenUnexpected),
            Self::UncheckedToken => Some(Problem::PanTokenUnchecked),
            Self::Unavailable => Some(Problem::StoreUnavailable),
        }
    }

    fn text(self, language: Language) -> (&'static str, &'static str) {
        match language {
            Language::Ru => self.russian(),
            Language::En => self.english(),
            Language::Kz => self.kazakh(),
        }
    }

    fn russian(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownLink => (
                "Ссылка недействительна",
                "Вернитесь в магазин и начните добавление карты заново.",
            ),
            Self::UnreadableAnswer => (
                "Ответ не распознан",
                "Карта не добавлена. Вернитесь в магазин и попробуйте ещё раз.",
            ),
            Self::AnotherBrowser => (
                "Продолжите в другом браузере",
                "Вернитесь в браузер, в котором вы начали добавлять карту. Если вы её не добавляли, закройте \
                 эту страницу.",
            ),
            Self::UnexpectedToken | Self::UncheckedToken => (
                "Карта ещё не подтверждена",
                "Не закрывайте эту страницу: обновите её через несколько минут.",
            ),
            Self::Unavailable => (
                "Сервис временно недоступен",
                "Не закрывайте эту страницу: обновите её через минуту.",
            ),
        }
    }

    fn english(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownLink => (
                "This link is not valid",
                "Go back to the shop and add the card again.",
            ),
            Self::UnreadableAnswer => (
                "The answer could not be read",
                "The card was not added. Go back to the shop and try again.",
            ),
            Self::AnotherBrowser => (
                "Continue in the other browser",
                "Go back to the browser in which you started to add the card. If you did not, close this page.",
            ),
            Self::UnexpectedToken | Self::UncheckedToken => (
                "The card is not confirmed yet",
                "Do not close this page: reload it in a few minutes.",
            ),
            Self::Unavailable => (
                "The service is not available right now",
                "Do not close this page: reload it in a minute.",
            ),
        }
    }

    fn kazakh(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownLink => (
                "Сілтеме жарамсыз",
                "Дүкенге оралып, картаны қайтадан қосыңыз.",
            ),
            Self::UnreadableAnswer => (
                "Жауап танылмады",
                "Карта қосылмады. Дүкенге оралып, қайталап көріңіз.",
            ),
            Self::AnotherBrowser => (
                "Басқа браузерде жалғастырыңыз",
                "Картаны қоса бастаған браузерге оралыңыз. Егер оны сіз қоспаған болсаңыз, бұл бетті жабыңыз.",
            ),
            Self::UnexpectedToken | Self::UncheckedToken => (
                "Карта әлі расталған жоқ",
                "Бұл бетті жаппаңыз: бірнеше минуттан кейін жаңартыңыз.",
            ),
            Self::Unavailable => (
                "Қызмет уақытша қолжетімсіз",
                "Бұл бетті жаппаңыз: бір минуттан кейін жаңартыңыз.",
            ),
        }
    }
}

/// Returns the first of the form's languages that the browser accepts, or all of them.
pub(crate) fn accepted_languages(headers: &HeaderMap) -> Vec<Language> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let primary = |range: &str| {
        let tag = range
            .split([';', '-'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        Language::from_html_lang(&tag)
    };
    match accepted.split(',').find_map(primary) {
        Some(language) => vec![language],
        None => Language::ALL.to_vec(),
    }
}

/// Returns the page, with a section in each of the languages.
pub(crate) fn page(error: CallbackError, languages: &[Language]) -> Response {
    let first = languages.first().copied().unwrap_or_default();
    let sections: String = languages
        .iter()
        .map(|language| section(error, *language))
        .collect();
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n</head>\n<body>\n<main>\n{sections}</main>\n</body>\n</html>\n",
        first.html_lang(),
        error.text(first).0,
    );
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut response = (error.status(), Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static(policy),
    );
    let Some(problem) = error.problem() else {
        return response;
    };
    if let Some(seconds) = problem.retry_after() {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(problem.code());
    response
}

fn section(error: CallbackError, language: Language) -> String {
    let (title, advice) = error.text(language);
    let lang = language.html_lang();
    format!("<section lang=\"{lang}\">\n<h1>{title}</h1>\n<p>{advice}</p>\n</section>\n")
}
