//! The HTML of the hosted pages. Only fixed texts are inserted; values reach the scripts as data.

mod texts;

use serde::Serialize;
use serde_json::json;

use self::texts::Texts;
use super::forms::FormState;
use super::refusal::Refusal;
use crate::page::{Asset, CardTexts, Language, Shell};

/// The scripts of these pages alone.
pub(super) const SCRIPTS: [Asset; 3] = [
    Asset::script("/form.js", include_str!("page/form.js")),
    Asset::script("/status.js", include_str!("page/status.js")),
    Asset::script("/refused.js", include_str!("page/refused.js")),
];
/// The button of the card that asks for 3-D Secure.
const CARD_WITH_3DS: &str = r#"<button type="button" data-expiry="12/34" data-holder="unknown name">12/34 · unknown name</button>"#;

/// What the pages of a form show.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FormData<'a> {
    pub(super) state: FormState,
    pub(super) token: &'a str,
    pub(super) amount: String,
    pub(super) is_payable: bool,
    pub(super) order: Option<&'a str>,
    pub(super) product: Option<&'a str>,
    /// The masked number of the card that the merchant saved.
    pub(super) saved_card: Option<&'a str>,
    /// What the issuer's page is asked, while the state is [`FormState::ThreeDs`].
    pub(super) pareq: Option<String>,
    /// Where the customer returns.
    pub(super) back: Option<&'a str>,
}

#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    form: &'a FormData<'a>,
    language: &'static str,
    texts: PageTexts,
}

#[derive(Serialize)]
struct PageTexts {
    #[serde(flatten)]
    card: &'static CardTexts,
    #[serde(flatten)]
    own: &'static Texts,
}

impl PageTexts {
    fn of(language: Language) -> Self {
        Self {
            card: CardTexts::of(language),
            own: Texts::of(language),
        }
    }
}

/// Returns the payment form.
pub(super) fn form(language: Language, data: &FormData<'_>) -> String {
    let texts = PageTexts::of(language);
    let content = format!(
        include_str!("page/form.html"),
        saved_card = texts.own.saved_card,
        fields = texts.card.fields(),
        submit = texts.own.pay,
        back = texts.card.back,
        tests = texts.card.test_cards(CARD_WITH_3DS),
        other_language = texts.own.other_language,
    );
    let shell = shell(language, texts.own.title, "form.js", "loading", &content);
    shell.with_data(&page(language, data))
}

/// Returns the page that shows what has become of the payment.
pub(super) fn status(language: Language, data: &FormData<'_>) -> String {
    let texts = PageTexts::of(language);
    let content = format!(
        include_str!("page/status.html"),
        again = texts.own.again,
        back = texts.card.back,
    );
    let title = texts.own.status_title;
    let shell = shell(language, title, "status.js", "loading", &content);
    shell.with_data(&page(language, data))
}

/// Returns the page that says why a form cannot be shown.
pub(super) fn refused(language: Language, refusal: &Refusal) -> String {
    let texts = Texts::of(language);
    let text = match refusal.code() {
        8055 => texts.already_paid,
        8056 => texts.in_process,
        8069 | 8070 => texts.test_limit,
        _ => texts.refused,
    };
    problem(language, text, &json!({"refusal": refusal.to_json()}))
}

/// Returns the page that says that there is no form.
pub(super) fn unknown(language: Language) -> String {
    problem(
        language,
        Texts::of(language).unknown,
        &json!({"refusal": null}),
    )
}

fn problem(language: Language, text: &str, data: &serde_json::Value) -> String {
    let content = format!(
        "<p id=\"message\" role=\"alert\">{text}</p>\n<p id=\"refusal\" class=\"detail\" hidden></p>\n"
    );
    let title = Texts::of(language).title;
    let shell = shell(language, title, "refused.js", "error", &content);
    shell.with_data(data)
}

fn page<'a>(language: Language, form: &'a FormData<'a>) -> Page<'a> {
    Page {
        form,
        language: language.code(),
        texts: PageTexts::of(language),
    }
}

fn shell<'a>(
    language: Language,
    title: &'static str,
    script: &'static str,
    state: &'static str,
    content: &'a str,
) -> Shell<'a> {
    let texts = CardTexts::of(language);
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
