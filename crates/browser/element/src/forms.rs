//! The forms of a page, by their numbers: for the scripts a number is less code than an object of Rust's.

use alloc::vec::Vec;

use spin::Mutex;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::element_form::ElementForm;
use crate::input;

/// Nobody else waits for the lock: a page has one thread. It stays locked if the module has trapped.
static FORMS: Mutex<Vec<Option<ElementForm>>> = Mutex::new(Vec::new());

/// Creates the form that the attributes describe which `exchange.js` has, and returns its number.
#[must_use]
#[wasm_bindgen]
pub fn create() -> usize {
    let form = ElementForm::new(&input::text, &input::answer);
    let Some(mut forms) = FORMS.try_lock() else {
        return usize::MAX;
    };
    let free = forms.iter().position(Option::is_none);
    let number = free.unwrap_or(forms.len());
    if free.is_none() {
        forms.push(None);
    }
    if let Some(place) = forms.get_mut(number) {
        *place = Some(form);
    }
    number
}

/// Takes in what happened, which `exchange.js` has, and gives it the orders. An unknown input is ignored, and
/// the page's developer is told. A form that is finished is gone.
#[wasm_bindgen]
pub fn handle(number: usize) {
    let Some(mut forms) = FORMS.try_lock() else {
        return;
    };
    if let Some(place) = forms.get_mut(number)
        && let Some(form) = place
    {
        form.handle(input::read().as_ref(), &input::order);
        if form.is_finished() {
            *place = None;
        }
    }
}
