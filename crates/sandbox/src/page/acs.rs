//! The page of the bank that issued a card, for 3-D Secure, and what it answers.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use pantoken_core::Origin;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::card_texts::CardTexts;
use super::language::Language;
use super::{ANY_PAGE, MAX_TEXT, Shell, policy};

/// What the page answers once the customer has confirmed. It contains characters that careless decoding changes.
pub(crate) const CONFIRMED: &str = "Y29uZmlybWVk+/==";
/// What the page answers if the customer was not authenticated.
pub(crate) const FAILED: &str = "failed";
/// The page may post to any address, because it learns the merchant's from the browser.
const MERCHANTS: &str = "'self' https: http://localhost:* http://127.0.0.1:*";

/// Reads the answer of the page. `None` is an answer that cannot be read: a space in it was a plus sign before
/// somebody decoded it twice.
pub(crate) fn is_authenticated(pares: &str) -> Option<bool> {
    if pares.is_empty() || pares.contains(' ') {
        return None;
    }
    Some(pares != FAILED)
}

/// What a customer's browser posts to the page.
#[derive(Deserialize)]
pub(crate) struct Question {
    #[serde(rename = "PaReq")]
    pub(crate) pareq: String,
    #[serde(rename = "MD", default)]
    md: String,
    #[serde(rename = "TermUrl")]
    term_url: String,
}

/// What the page posts to the address that the browser named.
#[derive(Deserialize)]
pub(crate) struct Answer {
    #[serde(rename = "MD")]
    pub(crate) md: String,
    #[serde(rename = "PaRes")]
    pub(crate) pares: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    term_url: &'a str,
    md: &'a str,
    amount: Option<&'a str>,
}

impl Question {
    /// Returns the page, or `None` if its answer cannot be sent to the address. It needs no cookie, because browsers
    /// send none with a post from another site.
    pub(crate) fn page(&self, language: Language, amount: Option<&str>) -> Option<Response> {
        let is_short = self.md.len() <= MAX_TEXT && self.term_url.len() <= MAX_TEXT;
        if !is_short || Origin::split(&self.term_url).is_err() {
            return None;
        }
        let data = Data {
            term_url: &self.term_url,
            md: &self.md,
            amount,
        };
        let policy: HeaderValue = policy(MERCHANTS, ANY_PAGE);
        let page = Html(html(language, &data));
        Some(([(CONTENT_SECURITY_POLICY, policy)], page).into_response())
    }
}

fn html(language: Language, data: &Data<'_>) -> String {
    let texts = Texts::of(language);
    let content = format!(
        include_str!("acs.html"),
        question = texts.question,
        confirm = texts.confirm,
        refuse = texts.refuse,
        confirmed = CONFIRMED,
        failed = FAILED,
    );
    let CardTexts {
        sandbox, warning, ..
    } = CardTexts::of(language);
    let shell = Shell {
        language: language.code(),
        assets: "/assets/",
        script: "acs.js",
        state: "ready",
        title: texts.title,
        sandbox,
        warning,
        content: &content,
    };
    shell.with_data(&json!({"acs": data, "language": language.code()}))
}

#[derive(Serialize)]
struct Texts {
    title: &'static str,
    question: &'static str,
    confirm: &'static str,
    refuse: &'static str,
}

impl Texts {
    fn of(language: Language) -> &'static Self {
        language.choose(&RUSSIAN, &ENGLISH)
    }
}

static RUSSIAN: Texts = Texts {
    title: "Подтвердите операцию",
    question: "Эта страница заменяет банк, который выпустил карту. Вы подтверждаете операцию?",
    confirm: "Подтвердить",
    refuse: "Отказаться",
};

static ENGLISH: Texts = Texts {
    title: "Confirm the operation",
    question: "This page stands for the bank that issued the card. Do you confirm the operation?",
    confirm: "Confirm",
    refuse: "Refuse",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::language::assert_translated;

    #[test]
    fn every_text_is_in_both_languages() {
        assert_translated(Texts::of);
    }
}
