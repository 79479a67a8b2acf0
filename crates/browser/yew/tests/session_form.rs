//! The component of a session endpoint in a real document.
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

use page::{iframes, parent, turns};
use pantoken_yew::{Flow, FormError, Language, SessionForm};
use view::{retry_button, status, wait_for_state};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

type Log = Rc<RefCell<Vec<String>>>;

#[wasm_bindgen_test]
async fn a_session_endpoint_that_is_not_there_is_an_error_with_a_retry() {
    let (parent, log) = (parent(), Log::default());
    let heard = Rc::clone(&log);
    let on_error = Callback::from(move |error: FormError| {
        heard
            .borrow_mut()
            .push(format!("{} {}", error.code.as_str(), error.recoverable));
    });
    let props = yew::props!(pantoken_yew::SessionFormProps {
        language: Language::En,
        on_error
    });
    let _app = yew::Renderer::<SessionForm>::with_root_and_props(parent.clone(), props).render();
    wait_for_state(&parent, "failed").await;
    assert_eq!(*log.borrow(), ["SESSION_FAILED true"]);
    assert_eq!(
        status(&parent),
        "The form is unavailable because of a mistake on this site. Please tell the shop."
    );
    retry_button(&parent).unwrap().click();
    while log.borrow().len() < 2 {
        turns(1).await;
    }
    assert_eq!(
        *log.borrow(),
        ["SESSION_FAILED true", "SESSION_FAILED true"]
    );
}

#[wasm_bindgen_test]
async fn the_redirect_flow_is_a_button_and_no_frame() {
    let (parent, log) = (parent(), Log::default());
    let heard = Rc::clone(&log);
    let on_error = Callback::from(move |error: FormError| {
        heard.borrow_mut().push(error.code.as_str().to_owned());
    });
    let props = yew::props!(pantoken_yew::SessionFormProps {
        language: Language::En,
        flow: Flow::Redirect,
        on_error
    });
    let _app = yew::Renderer::<SessionForm>::with_root_and_props(parent.clone(), props).render();
    wait_for_state(&parent, "idle").await;
    let button = || -> HtmlElement {
        let button = parent.query_selector(".pantoken-redirect").unwrap();
        button.unwrap().unchecked_into()
    };
    assert_eq!(
        button().text_content().as_deref(),
        Some("Continue on the payment page")
    );
    assert!(log.borrow().is_empty() && retry_button(&parent).is_none());
    button().click();
    wait_for_state(&parent, "failed").await;
    assert_eq!(*log.borrow(), ["SESSION_FAILED"]);
    assert!(button().is_connected());
    assert_eq!(iframes(&parent), 0);
}
