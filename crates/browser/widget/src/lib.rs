#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]

extern crate alloc;

#[cfg(feature = "decode")]
pub mod decode;
#[cfg(feature = "browser")]
mod driver;
#[cfg(feature = "browser")]
mod form;
mod form_input;
mod form_machine;
mod form_options;
mod form_view;
mod json;
mod order;
mod policy;
mod session;
mod texts;

#[cfg(feature = "browser")]
pub use driver::Driver;
#[cfg(feature = "browser")]
pub use form::Form;
pub use form_input::FormInput;
pub use form_machine::FormMachine;
pub use form_options::{FormOptions, FormSource, SessionOptions};
pub use form_view::FormView;
pub use json::JsonObject;
pub use order::{Order, Output, Timer};
pub use session::RawSession;
pub use texts::{Text, Texts};
