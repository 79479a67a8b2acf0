//! Rendering on a server: the loading state, in the form's language.
#![allow(clippy::unwrap_used)]
#![cfg(not(target_family = "wasm"))]

use pantoken_yew::{CardForm, CardFormProps, FormUrl, Language, SessionForm, SessionFormProps};
use yew::ServerRenderer;

fn form_url() -> FormUrl {
    FormUrl::parse(
        "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&language=en\
         &agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725",
    )
    .unwrap()
}

#[tokio::test]
async fn a_card_form_renders_its_loading_state_in_the_form_urls_language() {
    let props = || {
        yew::props!(CardFormProps {
            form_url: form_url()
        })
    };
    let html = ServerRenderer::<CardForm>::with_props(props)
        .hydratable(false)
        .render()
        .await;
    assert_eq!(
        html,
        "<div lang=\"en\" aria-busy=\"true\" data-state=\"loading\" class=\"pantoken\">\
         <p role=\"status\" class=\"pantoken-status\">Loading the secure form…</p>\
         <div class=\"pantoken-frame\"></div></div>"
    );
}

#[tokio::test]
async fn a_session_form_is_russian_unless_said_and_kazakh_is_kk_to_html() {
    let render = |language: Option<Language>| {
        let props = move || yew::props!(SessionFormProps { language });
        ServerRenderer::<SessionForm>::with_props(props)
            .hydratable(false)
            .render()
    };
    let russian = render(None).await;
    assert!(
        russian.contains("lang=\"ru\"") && russian.contains("Загружаем"),
        "{russian}"
    );
    let kazakh = render(Some(Language::Kz)).await;
    assert!(
        kazakh.contains("lang=\"kk\"") && kazakh.contains("жүктелуде"),
        "{kazakh}"
    );
}
