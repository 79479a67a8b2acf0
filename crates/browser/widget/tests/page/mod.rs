//! The page of a test: windows that post, and forms of the test's own origin.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlIFrameElement, Window};

pub const REQUEST_ID: &str = "12345678";
const SIGN: &str = "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";

/// Waits until the form's own document is there, whatever it says.
pub async fn form_loaded(iframe: &HtmlIFrameElement) {
    loop {
        let window = iframe.content_window().unwrap();
        let there = window
            .location()
            .pathname()
            .is_ok_and(|path| path.ends_with("/form"));
        let complete = window
            .document()
            .is_some_and(|document| document_is_complete(&document));
        if there && complete {
            return;
        }
        turns(1).await;
    }
}

pub fn post_from_the_page_itself(message: &str) {
    run_in_page(&format!("window.postMessage({message}, '*')"));
}

/// Gives what the script returns.
pub fn run_in_page(script: &str) -> JsValue {
    Function::new_no_args(script).call0(&JsValue::NULL).unwrap()
}

/// An event that names the form's window as its source, but that no window sent.
pub fn dispatch_made_up_message(source: &Window) {
    let dispatch = Function::new_with_args(
        "source",
        "window.dispatchEvent(new MessageEvent('message', { data: 'Ready', origin: location.origin, source }))",
    );
    dispatch.call1(&JsValue::NULL, source).unwrap();
}

pub fn post_from(window: &Window, message: &str) {
    run_in(window, &format!("parent.postMessage({message}, '*')"));
}

/// Runs a script as the window's own, so that what it posts comes from there.
pub fn run_in(window: &Window, script: &str) {
    let eval: Function = Reflect::get(window, &"eval".into())
        .unwrap()
        .unchecked_into();
    eval.call1(window, &script.into()).unwrap();
}

pub fn form_url(origin: &str, more: &str) -> String {
    format!("{origin}/form?agentId=agent-01&requestId={REQUEST_ID}{more}&agentSign={SIGN}")
}

pub fn parent() -> Element {
    let parent = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&parent).unwrap();
    parent
}

pub fn iframes(parent: &Element) -> u32 {
    parent.query_selector_all("iframe").unwrap().length()
}

/// Lets the browser do what is waiting, so many times.
pub async fn turns(count: u32) {
    for _ in 0..count {
        let turn = Promise::new(&mut |resolve, _| {
            let window = web_sys::window().unwrap();
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 5)
                .unwrap();
        });
        JsFuture::from(turn).await.unwrap();
    }
}

/// Waits until all is heard that was posted to the page so far: a window hears in order.
pub async fn messages_heard() {
    wait_in_page(
        "const hear = ({ source, data }) => {
            if (source !== window || data !== 'the last') return;
            removeEventListener('message', hear);
            done();
        };
        addEventListener('message', hear);
        postMessage('the last', '*');",
    )
    .await;
}

/// Waits until each timer of so many milliseconds that was set so far has run, if it was not cleared: a
/// browser runs those of one length in order.
pub async fn timers_run(milliseconds: u32) {
    wait_in_page(&format!("setTimeout(done, {milliseconds})")).await;
}

/// Runs a script and waits until it calls `done`.
async fn wait_in_page(script: &str) {
    let wait = Function::new_with_args("done", script);
    let done = Promise::new(&mut |done, _| {
        wait.call1(&JsValue::NULL, &done).unwrap();
    });
    JsFuture::from(done).await.unwrap();
}

pub fn document_is_complete(document: &Document) -> bool {
    Reflect::get(document, &"readyState".into())
        .unwrap()
        .as_string()
        .as_deref()
        == Some("complete")
}

pub fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

pub fn origin() -> String {
    web_sys::window().unwrap().location().origin().unwrap()
}

pub fn iframe(parent: &Element) -> Option<HtmlIFrameElement> {
    Some(parent.query_selector("iframe").unwrap()?.unchecked_into())
}
