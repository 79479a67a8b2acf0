#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod answer;
#[cfg(feature = "browser")]
pub mod decode;
#[cfg(feature = "browser")]
mod driver;
#[cfg(feature = "browser")]
mod form;
mod form_input;
mod form_machine;
mod form_options;
mod form_view;
mod frame;
mod json;
mod machine;
#[cfg(feature = "browser")]
mod mounted;
mod order;
mod payin;
mod policy;
mod redirect;
#[cfg(feature = "browser")]
mod redirect_button;
mod session;
mod session_request;
#[cfg(feature = "browser")]
mod submit_form;
mod texts;

pub use answer::RawAnswer;
#[cfg(feature = "browser")]
pub use driver::Driver;
#[cfg(feature = "browser")]
pub use form::Form;
pub use form_input::FormInput;
pub use form_machine::FormMachine;
pub use form_options::{FormOptions, FormSource, SessionOptions};
pub use form_view::FormView;
pub use frame::FormKind;
pub use json::JsonObject;
pub use machine::Machine;
pub use order::{Order, Output, Timer};
pub use payin::PayinForm;
pub use policy::MAX_TEXT_LENGTH;
pub use redirect::{
    Destination, DestinationError, RedirectMachine, RedirectOptions, RedirectSource,
};
#[cfg(feature = "browser")]
pub use redirect_button::RedirectButton;
pub use session::{HostedForm, Session};
pub use texts::{Text, Texts};
