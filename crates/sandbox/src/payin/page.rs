//! The HTML of the hosted pages. Only fixed texts are inserted; values reach the scripts as data.

mod texts;

use serde::Serialize;

use self::texts::{FormTexts, Texts};
use crate::page::{Asset, CardTexts, Language, Shell};
use crate::payin::forms::FormState;

/// The script of the form.
pub(crate) const SCRIPT: Asset = Asset::script("/form.js", include_str!("page/form.js"));
/// The button of the card that asks for 3-D Secure.
const CARD_WITH_3DS: &str =
    r#"<button type="button" data-expiry="12/34" data-code="849">12/34 · 849</button>"#;

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
        texts: PageTexts,
    }
    #[derive(Serialize)]
    struct PageTexts {
        #[serde(flatten)]
        card: &'static CardTexts,
        #[serde(flatten)]
        form: &'static FormTexts,
    }
    let (texts, card) = (Texts::of(language), CardTexts::of(language));
    let form = if data.is_check {
        &texts.check
    } else {
        &texts.payment
    };
    let content = format!(
        include_str!("page/form.html"),
        fields = card.fields(),
        submit = form.submit,
        back = card.back,
        tests = card.test_cards(CARD_WITH_3DS),
    );
    let shell = shell(language, form.title, "loading", &content);
    shell.with_data(&Page {
        state: data.state,
        invoice_uid: data.invoice_uid,
        amount: data.amount.filter(|_| !data.is_check),
        comment: data.comment,
        success_url: data.success_url.as_deref(),
        is_check: data.is_check,
        language: language.code(),
        texts: PageTexts { card, form },
    })
}

/// Returns the page that says that there is no form.
pub(crate) fn unknown(language: Language) -> String {
    let texts = Texts::of(language);
    let content = format!("<p id=\"message\" role=\"alert\">{}</p>\n", texts.unknown);
    let title = texts.payment.title;
    let shell = shell(language, title, "error", &content);
    shell.with_data(&serde_json::json!({"state": "unknown"}))
}

fn shell<'a>(
    language: Language,
    title: &'static str,
    state: &'static str,
    content: &'a str,
) -> Shell<'a> {
    let texts = CardTexts::of(language);
    Shell {
        language: language.code(),
        assets: "/assets/",
        script: "form.js",
        state,
        title,
        sandbox: texts.sandbox,
        warning: texts.warning,
        content,
    }
}
