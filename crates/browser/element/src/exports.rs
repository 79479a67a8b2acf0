//! What the element's script calls, as `module.js` does: addresses and lengths, because wasm-bindgen's
//! bindings would be a tenth of the element.
//!
//! Texts go both ways through one letter: the script writes it with [`letter`], and finds the orders
//! in it afterwards.
#![allow(unsafe_code)] // an address stands for a form, and the letter is for one thread

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::UnsafeCell;

use crate::ElementForm;

struct Letter(UnsafeCell<Vec<u8>>);

// SAFETY: a page's wasm has one thread.
unsafe impl Sync for Letter {}

static LETTER: Letter = Letter(UnsafeCell::new(Vec::new()));

/// Takes the letter out. It is UTF-8: either a text of ours, or what `TextEncoder` wrote.
fn take_letter() -> String {
    // SAFETY: no export calls another, so that this is the only reference; and see above.
    unsafe { String::from_utf8_unchecked(core::mem::take(&mut *LETTER.0.get())) }
}

/// Makes the letter this long, and gives its address: to write it, or to read the orders that are as
/// long.
#[unsafe(no_mangle)]
extern "C" fn letter(length: usize) -> *mut u8 {
    // SAFETY: no export calls another, so that this is the only reference.
    let letter = unsafe { &mut *LETTER.0.get() };
    letter.resize(length, 0);
    letter.as_mut_ptr()
}

/// Makes a form from the attributes in the letter, and gives its address.
#[unsafe(no_mangle)]
extern "C" fn open() -> *mut ElementForm {
    Box::into_raw(Box::new(ElementForm::new(&take_letter())))
}

/// Tells the form what happened, as it stands in the letter. Puts the orders there, and gives their
/// length.
#[unsafe(no_mangle)]
extern "C" fn input(form: *mut ElementForm) -> usize {
    // SAFETY: the address comes from `open`, and nothing follows `close`: `module.js` sees to both.
    let form = unsafe { &mut *form };
    let orders = form.input(&take_letter()).into_bytes();
    let length = orders.len();
    // SAFETY: no export calls another, so that this is the only reference.
    unsafe { *LETTER.0.get() = orders };
    length
}

/// Forgets the form.
#[unsafe(no_mangle)]
extern "C" fn close(form: *mut ElementForm) {
    // SAFETY: the address comes from `open`, and is closed once: `module.js` sees to both.
    drop(unsafe { Box::from_raw(form) });
}
