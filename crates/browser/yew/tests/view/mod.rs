//! What a customer sees of a component.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::page::turns;

pub async fn wait_for_state(parent: &Element, state: &str) {
    let selector = format!(".pantoken[data-state={state}]");
    while parent.query_selector(&selector).unwrap().is_none() {
        turns(1).await;
    }
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
