//! The form's frame in a real document. The form is a page of this test's own origin, which is
//! loopback and so allowed, and speaks when it is told to.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

mod form;
mod page;

use std::cell::Cell;
use std::rc::Rc;

use form::Form;
use page::REQUEST_ID;
use pantoken_a2c::{Language, State};
use pantoken_widget::{FormOptions, Text};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn the_frame_has_what_a_form_needs_and_no_more() {
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    let iframe = form.iframe().unwrap();
    let attribute = |name| iframe.get_attribute(name);
    assert_eq!(attribute("title").as_deref(), Some("Card"));
    assert_eq!(
        attribute("referrerpolicy").as_deref(),
        Some("strict-origin")
    );
    assert_eq!(attribute("allow").as_deref(), Some(""));
    let sandbox = attribute("sandbox").unwrap();
    assert!(
        sandbox.contains("allow-scripts") && !sandbox.contains("top-navigation"),
        "{sandbox}"
    );
    assert!(iframe.client_width() >= 320 && iframe.client_height() >= 500);
}

#[wasm_bindgen_test]
async fn the_page_gives_the_frame_its_border() {
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    let style =
        || page::run_in_page("return getComputedStyle(document.querySelector('iframe')).border");
    assert!(style().as_string().unwrap().starts_with("0px"));
    page::run_in_page("document.body.style.setProperty('--pantoken-border', '3px solid red')");
    assert!(style().as_string().unwrap().starts_with("3px solid"));
    page::run_in_page("document.body.style.removeProperty('--pantoken-border')");
    form.loaded().await;
}

/// `srcdoc` would show another document in the form's place, with the page's own rights.
#[wasm_bindgen_test]
async fn a_polluted_prototype_gives_the_frame_no_attribute() {
    page::run_in_page("Object.prototype.srcdoc = '<p>not the form'");
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    page::run_in_page("delete Object.prototype.srcdoc");
    assert!(!form.iframe().unwrap().has_attribute("srcdoc"));
    form.loaded().await;
}

#[wasm_bindgen_test]
async fn answers_ready_and_emits_the_token() {
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    form.loaded().await;
    form.listen_inside();
    form.post(r#"{status: "Ready"}"#);
    form.wait_for(&["ready"]).await;
    form.answered(1).await;
    form.post(&format!(
        r#"{{requestId: "{REQUEST_ID}", panToken: "tok-1"}}"#
    ));
    form.wait_for(&["ready", "saved tok-1"]).await;
    assert_eq!(form.view().state, State::Saved);
}

#[wasm_bindgen_test]
async fn hears_no_other_window_of_the_same_origin() {
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    form.loaded().await;
    page::post_from_the_page_itself(r#"{status: "Ready"}"#);
    let sibling = form::Sibling::show().await;
    sibling.post(r#"{status: "Ready"}"#);
    page::dispatch_made_up_message(&form.window());
    // The true Ready comes after the forged ones, and is the first that is heard.
    form.post(r#"{status: "Ready"}"#);
    form.post(r#""not a message""#);
    form.wait_for(&["ready", "warning UNREADABLE_MESSAGE"])
        .await;
}

#[wasm_bindgen_test]
async fn emits_ready_again_after_the_form_reloads_itself() {
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    form.loaded().await;
    form.post("'Ready'");
    form.wait_for(&["ready"]).await;
    form.reload_inside().await;
    form.post("'Ready'");
    form.wait_for(&["ready", "ready"]).await;
}

#[wasm_bindgen_test]
async fn a_silent_form_times_out_and_may_still_speak() {
    let form = Form::mount(1);
    form.wait_for(&["error READY_TIMEOUT"]).await;
    assert_eq!(form.view().state, State::Failed);
    form.loaded().await;
    form.post("'Ready'");
    form.wait_for(&["error READY_TIMEOUT", "ready"]).await;
    assert_eq!(form.view().state, State::Ready);
}

#[wasm_bindgen_test]
async fn a_reload_makes_a_new_frame_and_forgets_the_old_window() {
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    form.loaded().await;
    let old = form.iframe().unwrap();
    form.form().reload();
    assert!(!old.is_connected());
    assert_eq!(page::iframes(&form.parent), 1);
    form.loaded().await;
    form.post("'Ready'");
    form.wait_for(&["ready"]).await;
}

#[wasm_bindgen_test]
async fn after_the_end_there_is_no_frame_and_no_event() {
    let form = Form::mount(FormOptions::READY_TIMEOUT);
    form.loaded().await;
    form.post("'Ready'");
    form.take_down();
    let impatient = Form::mount(1);
    impatient.take_down();
    page::messages_heard().await;
    page::timers_run(1).await;
    for form in [form, impatient] {
        assert_eq!(page::iframes(&form.parent), 0);
        assert_eq!(*form.events.borrow(), Vec::<String>::new());
    }
}

#[wasm_bindgen_test]
async fn it_may_be_taken_down_inside_its_own_event() {
    let form = Rc::new(Form::mount(FormOptions::READY_TIMEOUT));
    form.loaded().await;
    let inside = Rc::clone(&form);
    form.on_next_event(move || inside.take_down());
    form.post("'Ready'");
    form.post("'Ready'");
    form.wait_for(&["ready"]).await;
    page::messages_heard().await;
    assert_eq!(form.events.borrow().len(), 1);
    assert_eq!(page::iframes(&form.parent), 0);
}

#[wasm_bindgen_test]
async fn a_form_url_elsewhere_makes_no_frame() {
    for text in [
        page::form_url("https://evil.kz", ""),
        page::form_url(
            "http://127.0.0.1:3020",
            "&agentCallbackUrl=https%3A%2F%2Fagent.kz",
        ),
    ] {
        let form = Form::with(Form::options(&text));
        form.wait_for(&["error INVALID_FORM_URL"]).await;
        assert_eq!(form.view().state, State::Failed);
        assert_eq!(page::iframes(&form.parent), 0);
    }
}

#[wasm_bindgen_test]
async fn the_view_is_told_before_the_event() {
    let form = Rc::new(Form::mount(FormOptions::READY_TIMEOUT));
    assert_eq!(form.view().status, Some(Text::Loading));
    form.loaded().await;
    let (inside, seen) = (Rc::clone(&form), Rc::new(Cell::new(None)));
    let see = Rc::clone(&seen);
    form.on_next_event(move || see.set(Some(inside.view())));
    form.post("'Ready'");
    form.wait_for(&["ready"]).await;
    let seen = seen.get().unwrap();
    assert_eq!((seen.state, seen.status), (State::Ready, None));
}

#[wasm_bindgen_test]
async fn the_form_speaks_the_language_that_the_page_chose() {
    let form = Form::with(FormOptions {
        language: Some(Language::Kz),
        ..Form::options(&page::form_url(&page::origin(), ""))
    });
    let iframe = form.iframe().unwrap();
    assert!(iframe.src().contains("&language=kz"), "{}", iframe.src());
    let title = iframe.get_attribute("title").unwrap();
    assert_eq!(title, "Карта нөмірін енгізу нысаны");
}
