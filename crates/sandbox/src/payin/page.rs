//! The HTML of the hosted pages. Only fixed texts are inserted; values reach the scripts as data.

mod texts;

use serde::Serialize;

use self::texts::{AcsTexts, FormTexts, Texts};
use crate::page::{Asset, Shell};
use crate::payin::forms::FormState;

pub(crate) use self::texts::Language;

/// The files of these pages alone.
pub(crate) const ASSETS: [Asset; 3] = [
    Asset::script("/form.js", include_str!("page/form.js")),
    Asset::script("/fields.js", include_str!("page/fields.js")),
    Asset::script("/acs.js", include_str!("page/acs.js")),
];

/// What the form shows.
pub(crate) struct FormData<'a> {
    pub(crate) state: FormState,
    pub(crate) invoice_uid: &'a str,
    pub(crate) amount: Option<&'a str>,
    pub(crate) comment: Option<&'a str>,
    pub(crate) success_url: Option<String>,
    pub(crate) is_check: bool,
}

/// Returns the form of a payment or of a card check.
pub(crate) fn form(language: Language, data: &FormData<'_>) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Page<'a> {
        state: FormState,
        invoice_uid: &'a str,
        amount: Option<&'a str>,
        comment: Option<&'a str>,
        success_url: Option<&'a str>,
        is_check: bool,
        language: &'static str,
        texts: &'static FormTexts,
    }
    let texts = Texts::of(language);
    let form = if data.is_check {
        &texts.check
    } else {
        &texts.payment
    };
    let content = format!(
        include_str!("page/form.html"),
        card_number = texts.card_number,
        hint = form.hint,
        expiry = texts.expiry,
        code = texts.code,
        holder = texts.holder,
        submit = form.submit,
        back = texts.back,
        test_cards = texts.test_cards,
        succeeds = texts.succeeds,
        declined = texts.declined,
        succeeds_late = texts.succeeds_late,
        declined_late = texts.declined_late,
        asks_3ds = texts.asks_3ds,
    );
    let shell = shell(texts, language, form.title, "form.js", "loading", &content);
    shell.with_data(&Page {
        state: data.state,
        invoice_uid: data.invoice_uid,
        amount: data.amount.filter(|_| !data.is_check),
        comment: data.comment,
        success_url: data.success_url.as_deref(),
        is_check: data.is_check,
        language: language.code(),
        texts: form,
    })
}

/// Returns the page that says that there is no form.
pub(crate) fn unknown(language: Language) -> String {
    let texts = Texts::of(language);
    let content = format!("<p id=\"message\" role=\"alert\">{}</p>\n", texts.unknown);
    let title = texts.payment.title;
    let shell = shell(texts, language, title, "form.js", "error", &content);
    shell.with_data(&serde_json::json!({"state": "unknown"}))
}

/// What the issuer's page shows and sends.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AcsData<'a> {
    pub(crate) term_url: &'a str,
    pub(crate) md: &'a str,
    pub(crate) amount: Option<&'a str>,
}

/// Returns the issuer's page for 3-D Secure.
pub(crate) fn acs(language: Language, data: &AcsData<'_>) -> String {
    let texts = Texts::of(language);
    let AcsTexts {
        title,
        question,
        confirm,
        refuse,
    } = &texts.acs;
    let content = format!(
        include_str!("page/acs.html"),
        question = question,
        confirm = confirm,
        refuse = refuse,
        confirmed = crate::payin::three_ds::CONFIRMED,
        failed = crate::payin::three_ds::FAILED,
    );
    let shell = shell(texts, language, title, "acs.js", "ready", &content);
    shell.with_data(&serde_json::json!({"acs": data, "language": language.code()}))
}

fn shell<'a>(
    texts: &'static Texts,
    language: Language,
    title: &'static str,
    script: &'static str,
    state: &'static str,
    content: &'a str,
) -> Shell<'a> {
    Shell {
        language: language.code(),
        assets: "/assets/",
        script,
        state,
        title,
        sandbox: texts.sandbox,
        warning: texts.warning,
        content,
    }
}
