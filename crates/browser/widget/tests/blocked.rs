//! A page whose own policy forbids the form. A page of its own, because a policy that was added
//! cannot be taken back.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

#[allow(dead_code)]
mod form;
#[allow(dead_code)]
mod page;

use form::Form;
use pantoken_a2c::State;
use pantoken_widget::FormOptions;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_frame_that_the_pages_policy_forbids_is_an_error_at_once() {
    let policy = page::document().create_element("meta").unwrap();
    policy
        .set_attribute("http-equiv", "Content-Security-Policy")
        .unwrap();
    policy.set_attribute("content", "frame-src 'none'").unwrap();
    page::document()
        .head()
        .unwrap()
        .append_child(&policy)
        .unwrap();

    let form = Form::mount(FormOptions::READY_TIMEOUT);
    form.wait_for(&["error FRAME_BLOCKED"]).await;
    assert_eq!(form.view().state, State::Failed);
    assert!(
        form.iframe().is_none(),
        "what the browser shows in its place"
    );
}
