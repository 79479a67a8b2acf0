//! `use_card_form` under a markup of one's own, in a real document.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

#[path = "../../widget/tests/page/mod.rs"]
#[allow(dead_code)]
mod page;

use page::{REQUEST_ID, form_loaded, iframe, iframes, origin, parent, post_from, turns};
use pantoken_yew::{
    CardFormOptions, Event, Flow, FormSource, FormUrl, SessionOptions, State, use_card_form,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

#[derive(Clone, PartialEq, Properties)]
struct OwnFormProps {
    options: CardFormOptions,
}

/// What the hook gives, as text.
#[component]
fn OwnForm(props: &OwnFormProps) -> Html {
    let form = use_card_form(
        props.options.clone(),
        Callback::from(|event: Event| drop(event)),
    );
    let reload = form.reload.reform(|_: MouseEvent| ());
    let redirect = form.redirect.reform(|_: MouseEvent| ());
    html! {
        <>
            <p id="told">{ format!(
                "{} {:?} retry:{} redirect:{}",
                form.view.state.as_str(), form.view.status, form.view.may_retry, form.view.may_redirect,
            ) }</p>
            <button id="reload" onclick={reload} />
            <button id="redirect" onclick={redirect} />
            <div ref={form.container} />
        </>
    }
}

struct Test {
    parent: Element,
    _app: yew::AppHandle<OwnForm>,
}

impl Test {
    fn mount(options: CardFormOptions) -> Self {
        let parent = parent();
        let props = OwnFormProps { options };
        let app = yew::Renderer::<OwnForm>::with_root_and_props(parent.clone(), props).render();
        Self { parent, _app: app }
    }

    fn with_form_url(ready_timeout: u32) -> Self {
        let form_url = FormUrl::parse(&page::form_url(&origin(), "")).unwrap();
        Self::mount(CardFormOptions {
            ready_timeout,
            ..CardFormOptions::new(FormSource::FormUrl(form_url))
        })
    }

    fn with_session(flow: Flow) -> Self {
        let session = SessionOptions {
            flow,
            ..SessionOptions::from("/no/such/endpoint")
        };
        Self::mount(CardFormOptions::new(FormSource::Endpoint(session)))
    }

    async fn loaded(&self) {
        while iframe(&self.parent).is_none() {
            turns(1).await;
        }
        form_loaded(&iframe(&self.parent).unwrap()).await;
    }

    fn post(&self, message: &str) {
        let window = iframe(&self.parent).unwrap().content_window().unwrap();
        post_from(&window, message);
    }

    fn press(&self, button: &str) {
        let button = self.parent.query_selector(button).unwrap().unwrap();
        button.unchecked_into::<HtmlElement>().click();
    }

    /// Nothing before the first render.
    fn told(&self) -> Option<String> {
        let told = self.parent.query_selector("#told").unwrap()?;
        told.text_content()
    }

    async fn wait_for(&self, told: &str) {
        while self.told().as_deref() != Some(told) {
            turns(1).await;
        }
    }
}

#[wasm_bindgen_test]
async fn tells_the_view_of_a_form_from_loading_to_saved() {
    let test = Test::with_form_url(CardFormOptions::READY_TIMEOUT);
    test.wait_for("loading Some(Loading) retry:false redirect:false")
        .await;
    test.loaded().await;
    test.post("'Ready'");
    test.wait_for("ready None retry:false redirect:false").await;
    test.post(&format!(
        "{{ requestId: '{REQUEST_ID}', panToken: 'tok-1' }}"
    ));
    test.wait_for("saved Some(Saved) retry:false redirect:false")
        .await;
}

#[wasm_bindgen_test]
async fn loads_the_form_afresh_when_asked_to() {
    let test = Test::with_form_url(CardFormOptions::READY_TIMEOUT);
    test.loaded().await;
    test.post("'Ready'");
    test.wait_for("ready None retry:false redirect:false").await;
    test.press("#reload");
    test.wait_for("loading Some(Loading) retry:false redirect:false")
        .await;
    assert_eq!(iframes(&test.parent), 1);
    test.loaded().await;
    test.post("'Ready'");
    test.wait_for("ready None retry:false redirect:false").await;
}

#[wasm_bindgen_test]
async fn an_error_is_over_when_the_form_is_ready_again() {
    let test = Test::with_form_url(1);
    test.wait_for("failed Some(NotOpened) retry:true redirect:false")
        .await;
    test.loaded().await;
    test.post("'Ready'");
    test.wait_for("ready None retry:false redirect:false").await;
}

#[wasm_bindgen_test]
async fn a_failed_session_may_be_tried_again() {
    let test = Test::with_session(Flow::Iframe);
    test.wait_for("failed Some(Shop) retry:true redirect:false")
        .await;
}

#[wasm_bindgen_test]
async fn the_redirect_flow_waits_for_the_customer_and_tells_why_it_does_not_go() {
    let test = Test::with_session(Flow::Redirect);
    let waiting = format!("{} None retry:false redirect:true", State::Idle.as_str());
    test.wait_for(&waiting).await;
    assert_eq!(iframes(&test.parent), 0);
    // What is on the way in between may be gone before a look at it.
    test.press("#redirect");
    test.wait_for("failed Some(Shop) retry:false redirect:true")
        .await;
}
