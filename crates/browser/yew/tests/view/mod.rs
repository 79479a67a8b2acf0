//! What a customer sees of a component.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

/// Waits for a state, even if it lasts only a moment: the caller goes on before the browser runs its next task.
pub async fn wait_for_state(parent: &Element, state: &str) {
    let wait = Function::new_with_args(
        "parent, selector, done",
        "const seen = () => parent.querySelector(selector) !== null;
         if (seen()) return done();
         const observer = new MutationObserver(() => {
             if (!seen()) return;
             observer.disconnect();
             done();
         });
         observer.observe(parent, { subtree: true, childList: true, attributes: true });",
    );
    let selector = JsValue::from(format!(".pantoken[data-state={state}]"));
    let seen = Promise::new(&mut |done, _| {
        wait.call3(&JsValue::NULL, parent, &selector, &done)
            .unwrap();
    });
    JsFuture::from(seen).await.unwrap();
}

pub fn status(parent: &Element) -> String {
    parent
        .query_selector("[role=status]")
        .unwrap()
        .unwrap()
        .text_content()
        .unwrap()
}

pub fn retry_button(parent: &Element) -> Option<HtmlElement> {
    Some(
        parent
            .query_selector(".pantoken-retry")
            .unwrap()?
            .unchecked_into(),
    )
}

/// Does to the texts around the form what some translators do, which ignore `translate`: they put elements of their own
/// in the place of each.
pub fn translate() {
    crate::page::run_in_page(
        "const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
         const texts = [];
         while (walker.nextNode()) {
             if (walker.currentNode.parentElement.closest('.pantoken')) texts.push(walker.currentNode);
         }
         for (const text of texts) {
             const translated = document.createElement('font');
             translated.textContent = 'Translated';
             text.replaceWith(translated);
         }",
    );
}
