//! The handle in a real document; the form is a page of the test's own origin.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

#[path = "../../frame/tests/page/mod.rs"]
#[allow(dead_code)]
mod page;
mod resources;

use js_sys::{Array, Function, JSON};
use page::{REQUEST_ID, document, form_loaded, iframe, iframes, origin, post_from, turns};
use pantoken_element::FormHandle;
use resources::Resources;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// An element of the page with a handle behind it, and what that emitted.
struct Host {
    element: HtmlElement,
    handle: Option<FormHandle>,
    events: Array,
}

impl Host {
    fn with(attributes: &[(&str, &str)]) -> Self {
        let element: HtmlElement = document()
            .create_element("pantoken-form")
            .unwrap()
            .unchecked_into();
        for (name, value) in attributes {
            element.set_attribute(name, value).unwrap();
        }
        document().body().unwrap().append_child(&element).unwrap();
        let events = Array::new();
        let emit = Function::new_with_args("name, detail", "this.push([name, detail])");
        let handle = FormHandle::new(&element, emit.bind0(&events)).ok();
        Self {
            element,
            handle,
            events,
        }
    }

    fn with_form() -> Self {
        let form_url = page::form_url(&origin(), "");
        Self::with(&[("form-url", &form_url), ("language", "en")])
    }

    async fn loaded(&self) {
        form_loaded(&iframe(&self.element).unwrap()).await;
    }

    fn post(&self, message: &str) {
        let window = iframe(&self.element).unwrap().content_window().unwrap();
        post_from(&window, message);
    }

    async fn wait_for_events(&self, count: u32) {
        while self.events.length() < count {
            turns(1).await;
        }
        assert_eq!(self.events.length(), count, "{}", self.events_as_json());
    }

    fn events_as_json(&self) -> String {
        JSON::stringify(&self.events).unwrap().into()
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.element.query_selector(selector).unwrap()
    }

    fn status(&self) -> String {
        self.find("[role=status]").unwrap().text_content().unwrap()
    }

    fn state(&self) -> String {
        self.handle.as_ref().unwrap().state()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.handle.take();
        self.element.remove();
    }
}

#[wasm_bindgen_test]
async fn takes_a_card_and_emits_the_golden_events() {
    let host = Host::with_form();
    assert_eq!(
        (host.state(), host.status()),
        ("loading".into(), "Loading the secure form…".into())
    );
    host.loaded().await;
    host.post("'Ready'");
    host.wait_for_events(1).await;
    assert_eq!(
        (host.state(), host.status()),
        ("ready".into(), String::new())
    );
    host.post("'what?'");
    host.post(&format!(
        "{{ requestId: '{REQUEST_ID}', errorCode: 'INVALID_PAN', errorMessage: 'Wrong number' }}"
    ));
    host.post(&format!(
        "{{ requestId: '{REQUEST_ID}', panToken: 'tok-1' }}"
    ));
    host.wait_for_events(4).await;
    assert_eq!(
        (host.state(), host.status()),
        ("saved".into(), "Card saved".into())
    );
    let golden = JSON::parse(include_str!("golden/events.json")).unwrap();
    let golden: String = JSON::stringify(&golden).unwrap().into();
    assert_eq!(host.events_as_json(), golden);
}

#[wasm_bindgen_test]
fn tells_who_cannot_see_it_what_it_is_doing() {
    let form_url = page::form_url(&origin(), "");
    let host = Host::with(&[
        ("form-url", &form_url),
        ("language", "kz"),
        ("title", "Card"),
    ]);
    let root = host.find(".pantoken").unwrap();
    assert_eq!(root.get_attribute("lang").as_deref(), Some("kk"));
    assert_eq!(root.get_attribute("aria-busy").as_deref(), Some("true"));
    assert_eq!(root.get_attribute("data-state").as_deref(), Some("loading"));
    let frame = iframe(&host.element).unwrap();
    assert_eq!(frame.get_attribute("title").as_deref(), Some("Card"));
    let active = document().active_element().unwrap();
    assert!(!host.element.contains(Some(&active)));
}

#[wasm_bindgen_test]
fn a_form_url_that_is_none_is_an_error_at_once_and_opens_nothing() {
    let evil = page::form_url("https://forms.agent.kz", "");
    let plain = page::form_url("http://a2c.qiwi.kz", "");
    for form_url in ["", "form", plain.as_str(), evil.as_str()] {
        let host = Host::with(&[("form-url", form_url)]);
        let events = host.events_as_json();
        assert!(events.contains(r#""code":"INVALID_FORM_URL""#), "{events}");
        assert!(events.contains(r#""recoverable":false"#), "{events}");
        assert_eq!(host.state(), "failed");
        assert_eq!(iframes(&host.element), 0);
        assert!(host.find("button").is_none());
    }
}

#[wasm_bindgen_test]
fn an_error_never_repeats_the_form_url() {
    let host = Host::with(&[(
        "form-url",
        "https://a2c.qiwi.kz/form?requestId=4242424242424242",
    )]);
    assert!(!host.events_as_json().contains("4242"));
}

#[wasm_bindgen_test]
fn an_origin_that_the_page_names_is_allowed() {
    let form_url = page::form_url("https://forms.agent.kz", "");
    let host = Host::with(&[
        ("form-url", &form_url),
        ("form-origin", "https://forms.agent.kz"),
    ]);
    assert_eq!(iframes(&host.element), 1);
    assert_eq!(host.events.length(), 0);
}

#[wasm_bindgen_test]
async fn a_session_that_cannot_be_had_may_be_tried_again() {
    let host = Host::with(&[("session-url", "/no/such/endpoint"), ("language", "en")]);
    host.wait_for_events(1).await;
    assert_eq!(host.state(), "failed");
    assert!(host.events_as_json().contains("SESSION_FAILED"));
    let retry: HtmlElement = host.find("button").unwrap().unchecked_into();
    assert_eq!(retry.text_content().as_deref(), Some("Try again"));
    retry.click();
    assert_eq!(host.state(), "loading");
    assert!(host.find("button").is_none());
    host.wait_for_events(2).await;
}

#[wasm_bindgen_test]
async fn a_silent_form_may_be_tried_again() {
    let form_url = page::form_url(&origin(), "");
    let host = Host::with(&[("form-url", &form_url), ("ready-timeout", "1")]);
    host.wait_for_events(1).await;
    assert!(host.events_as_json().contains("READY_TIMEOUT"));
    assert!(host.find("button").is_some());
}

#[wasm_bindgen_test]
async fn an_attribute_that_cannot_be_read_counts_as_not_there() {
    let form_url = page::form_url(&origin(), "");
    let host = Host::with(&[
        ("form-url", &form_url),
        ("language", "fr"),
        ("ready-timeout", "-1"),
        ("form-origin", "forms.agent.kz"),
    ]);
    assert_eq!(host.status(), "Загружаем защищённую форму…");
    host.loaded().await;
    assert_eq!(host.events.length(), 0);
}

#[wasm_bindgen_test]
async fn nothing_is_left_and_nothing_is_emitted_after_the_end() {
    let mut host = Host::with_form();
    host.loaded().await;
    host.post("'Ready'");
    host.handle.take();
    turns(20).await;
    assert_eq!(host.events.length(), 0);
    assert_eq!(host.element.child_element_count(), 0);
}

#[wasm_bindgen_test]
async fn it_may_be_freed_inside_its_own_event() {
    let mut host = Host::with_form();
    host.loaded().await;
    // The page's handler is JavaScript, and frees the handle as element.js does.
    let free = Function::new_with_args("name", "this.push([name, {}]); this.free()");
    host.handle.take();
    let handle = FormHandle::new(&host.element, free.bind0(&host.events))
        .ok()
        .unwrap();
    let handle = JsValue::from(handle);
    let freed = Function::new_with_args("handle", "this.free = () => handle.free()");
    freed.call1(&host.events, &handle).unwrap();
    host.loaded().await;
    host.post("'Ready'");
    host.post("'Ready'");
    host.wait_for_events(1).await;
    turns(5).await;
    assert_eq!(host.events.length(), 1);
    assert_eq!(host.element.child_element_count(), 0);
}

#[wasm_bindgen_test]
fn a_thousand_forms_leave_no_listener_no_timer_and_no_memory() {
    let resources = Resources::watch();
    let cycle = || drop(Host::with_form());
    (0..100).for_each(|_| cycle());
    let after_warm_up = resources.held();
    (0..1000).for_each(|_| cycle());
    assert_eq!(resources.held(), after_warm_up);
    assert_eq!((after_warm_up.listeners, after_warm_up.timers), (0.0, 0.0));
    assert_eq!(iframes(&document().body().unwrap()), 0);
}
