//! The form's page: HTML that the server fills in, with scripts and a style sheet.

pub(crate) mod asset;
mod data;
mod texts;

use pantoken_a2c::{Language, Origin, SignedRequest};

use self::data::PageData;
use self::texts::Texts;
use crate::a2c::refusal::Refusal;
use crate::page::Shell;

/// Returns the page with the form.
pub(crate) fn form(signed: &SignedRequest, registered_hosts: &[Origin]) -> String {
    let request = signed.request();
    let texts = Texts::of(request.language());
    let content = format!(
        include_str!("page/form.html"),
        label = texts.card_number,
        hint = texts.hint,
        save = texts.save,
        back = texts.back,
        connecting = texts.connecting,
        test_numbers = texts.test_numbers,
        test_saved = texts.test_saved,
    );
    let data = PageData::of_form(signed, registered_hosts, texts);
    shell(request.language(), "waiting", &content, &data)
}

/// Returns the page that says why there is no form.
pub(crate) fn refusal(refusal: Refusal, language: Language, registered_hosts: &[Origin]) -> String {
    let texts = Texts::of(language);
    let code = refusal.code();
    let content = format!(
        include_str!("page/refusal.html"),
        code = code,
        message = texts.errors.of(&code),
        detail = refusal,
    );
    let data = PageData::of_refusal(refusal, registered_hosts, texts);
    shell(language, "error", &content, &data)
}

fn shell(language: Language, state: &'static str, content: &str, data: &PageData<'_>) -> String {
    let texts = Texts::of(language);
    let shell = Shell {
        language: language.html_lang(),
        assets: "",
        script: "form.js",
        state,
        title: texts.title,
        sandbox: texts.sandbox,
        warning: texts.warning,
        content,
    };
    shell.with_data(data)
}
