//! Rendering on a server: the loading state, in the form's language.
#![allow(clippy::unwrap_used)]
#![cfg(not(target_family = "wasm"))]

use pantoken_yew::{
    CardForm, CardFormProps, FormUrl, Language, RedirectButton, RedirectButtonProps,
    SessionEndpoint, SessionForm, SessionFormProps, use_session_endpoint,
};
use yew::ServerRenderer;
use yew::prelude::*;

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
        "<div translate=\"no\" lang=\"en\" aria-busy=\"true\" data-state=\"loading\" class=\"pantoken\">\
         <p role=\"status\" class=\"pantoken-status\"><span>Loading the secure form…</span></p>\
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

#[tokio::test]
async fn a_redirect_button_renders_a_button_that_waits() {
    let html = ServerRenderer::<RedirectButton>::with_props(|| yew::props!(RedirectButtonProps {}))
        .hydratable(false)
        .render()
        .await;
    assert_eq!(
        html,
        "<div lang=\"ru\" aria-busy=\"false\" data-state=\"idle\" class=\"pantoken\">\
         <button type=\"button\" aria-disabled=\"false\" class=\"pantoken-redirect\"><span>Перейти на страницу оплаты</span></button>\
         <p role=\"status\" class=\"pantoken-status\"><span></span></p></div>"
    );
}

#[component]
fn Endpoint() -> Html {
    let endpoint = use_session_endpoint();
    html! { { endpoint.unwrap_or_else(|| "none".into()) } }
}

#[component]
fn Below() -> Html {
    let context = SessionEndpoint("/pay/v1/sessions".into());
    html! { <ContextProvider<SessionEndpoint> {context}><Endpoint /></ContextProvider<SessionEndpoint>> }
}

#[tokio::test]
async fn the_session_endpoint_comes_from_the_context() {
    let alone = ServerRenderer::<Endpoint>::new().hydratable(false);
    assert_eq!(alone.render().await, "none");
    let below = ServerRenderer::<Below>::new().hydratable(false);
    assert_eq!(below.render().await, "/pay/v1/sessions");
}
