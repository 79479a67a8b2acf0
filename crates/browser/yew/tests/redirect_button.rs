//! The button that leads to a provider's page, in a real document.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

#[path = "../../widget/tests/page/mod.rs"]
#[allow(dead_code)]
mod page;
#[allow(dead_code)]
mod view;

use std::cell::RefCell;
use std::rc::Rc;

use page::{parent, turns};
use pantoken_yew::{Destination, FormError, Language, RedirectButton, RedirectButtonProps};
use view::{status, wait_for_state};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

type Log = Rc<RefCell<Vec<String>>>;

/// Renders a button that logs the codes of its errors.
fn render(log: &Log, props: RedirectButtonProps) -> (Element, yew::AppHandle<RedirectButton>) {
    let parent = parent();
    let heard = Rc::clone(log);
    let on_error = Callback::from(move |error: FormError| {
        heard.borrow_mut().push(error.code.as_str().to_owned());
    });
    let props = RedirectButtonProps { on_error, ..props };
    let app = yew::Renderer::<RedirectButton>::with_root_and_props(parent.clone(), props).render();
    (parent, app)
}

fn button(parent: &Element) -> HtmlElement {
    let button = parent.query_selector("button.pantoken-redirect").unwrap();
    button.unwrap().unchecked_into()
}

fn is_disabled(parent: &Element) -> bool {
    button(parent).get_attribute("aria-disabled").as_deref() == Some("true")
}

#[wasm_bindgen_test]
async fn a_press_asks_the_endpoint_and_an_error_is_told_on_the_same_button() {
    let log = Log::default();
    let props = yew::props!(RedirectButtonProps {
        language: Language::Kz,
        children: yew::html::ChildrenRenderer::new(vec![html! { "Төлеу" }]),
    });
    let (parent, _app) = render(&log, props);
    wait_for_state(&parent, "idle").await;
    let pressed = button(&parent);
    assert_eq!(pressed.text_content().as_deref(), Some("Төлеу"));
    assert!(!is_disabled(&parent) && log.borrow().is_empty());
    pressed.focus().unwrap();
    pressed.click();
    wait_for_state(&parent, "loading").await;
    assert!(is_disabled(&parent));
    pressed.click();
    wait_for_state(&parent, "failed").await;
    assert_eq!(*log.borrow(), ["SESSION_FAILED"]);
    assert_eq!(button(&parent), pressed);
    assert_eq!(pressed.text_content().as_deref(), Some("Қайталап көру"));
    assert!(status(&parent).starts_with("Сайттағы қатеге"));
    assert!(!is_disabled(&parent));
    let focused = web_sys::window()
        .unwrap()
        .document()
        .unwrap()
        .active_element();
    assert_eq!(focused.as_ref(), Some(pressed.as_ref()));
    pressed.click();
    while log.borrow().len() < 2 {
        turns(1).await;
    }
}

#[wasm_bindgen_test]
async fn texts_that_a_translator_replaced_are_gone_with_the_next_state() {
    let log = Log::default();
    let (parent, _app) = render(&log, yew::props!(RedirectButtonProps {}));
    wait_for_state(&parent, "idle").await;
    view::translate();
    assert_eq!(
        button(&parent).text_content().as_deref(),
        Some("Translated")
    );
    button(&parent).click();
    wait_for_state(&parent, "failed").await;
    assert_eq!(
        button(&parent).text_content().as_deref(),
        Some("Попробовать снова")
    );
    view::translate();
    assert_eq!(status(&parent), "Translated");
    button(&parent).click();
    wait_for_state(&parent, "loading").await;
    assert!(!status(&parent).contains("Translated"));
    assert_eq!(
        button(&parent).text_content().as_deref(),
        Some("Перейти на страницу оплаты")
    );
}

#[wasm_bindgen_test]
async fn a_session_that_leads_elsewhere_cannot_be_pressed() {
    let log = Log::default();
    let session = Destination::payin("https://evil.kz/form", "bill-1").unwrap();
    let (parent, _app) = render(&log, yew::props!(RedirectButtonProps { session }));
    wait_for_state(&parent, "failed").await;
    assert_eq!(*log.borrow(), ["INVALID_FORM_URL"]);
    assert!(is_disabled(&parent));
    let label = button(&parent).text_content();
    assert_eq!(label.as_deref(), Some("Перейти на страницу оплаты"));
}

#[wasm_bindgen_test]
async fn a_removed_button_leaves_nothing() {
    let log = Log::default();
    let (parent, app) = render(&log, yew::props!(RedirectButtonProps {}));
    wait_for_state(&parent, "idle").await;
    button(&parent).click();
    app.destroy();
    turns(20).await;
    assert!(log.borrow().is_empty());
    assert_eq!(parent.child_element_count(), 0);
}
