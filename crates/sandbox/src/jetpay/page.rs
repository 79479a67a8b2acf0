//! The HTML of the kiosk. Only fixed texts are inserted; values reach the script as data.

mod texts;

use serde_json::json;

use self::texts::Texts;
use crate::page::{Asset, Shell};

pub(super) use self::texts::Language;

/// The files of the page.
pub(super) const ASSETS: [Asset; 3] = [
    Asset::FORM_STYLE,
    Asset::style("/kiosk.css", include_str!("page/kiosk.css")),
    Asset::script("/kiosk.js", include_str!("page/kiosk.js")),
];

/// Returns the kiosk, at which customers pay this merchant.
pub(super) fn kiosk(language: Language, merchant: &str) -> String {
    let texts = Texts::of(language);
    let content = format!(
        include_str!("page/kiosk.html"),
        language_label = texts.language_label,
        languages = Language::ALL.map(link).join(" "),
        choose = texts.choose,
        account = texts.account,
        account_hint = texts.account_hint,
        next = texts.next,
        insert = texts.insert,
        total = texts.total,
        pay = texts.pay,
        receipt = texts.receipt,
        payment_id = texts.payment_id,
        again = texts.again,
    );
    let shell = Shell {
        language: language.tag(),
        assets: "/assets/",
        script: "kiosk.js",
        state: "loading",
        title: texts.title,
        sandbox: texts.sandbox,
        warning: texts.warning,
        content: &content,
    };
    shell.with_data(&json!({
        "language": language.code(), "merchant": merchant, "texts": texts.messages,
    }))
}

/// Returns the link to the page in this language.
fn link(language: Language) -> String {
    let (code, tag) = (language.code(), language.tag());
    let name = Texts::of(language).own_name;
    format!(r#"<a href="?lang={code}" hreflang="{tag}" lang="{tag}">{name}</a>"#)
}
