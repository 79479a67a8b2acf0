#![doc = include_str!("../README.md")]
// The element is built without std, which would make it twice its size.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

#[cfg(feature = "browser")]
mod form;
mod form_input;
mod form_machine;
mod form_options;
mod form_view;
mod orders;
mod session;
mod texts;

#[cfg(feature = "browser")]
pub use form::Form;
pub use form_input::{FormInput, LineReader};
pub use form_machine::FormMachine;
pub use form_options::{FormOptions, FormSource, SessionSource};
pub use form_view::FormView;
pub use orders::{Lines, Orders};
pub use session::Session;
pub use texts::{Text, Texts};
