#![doc = include_str!("../README.md")]
// The element is built without std, which would make it twice its size.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod backoff;
mod card_frame;
mod decode;
mod form;
mod form_view;
mod iframe;
mod listener;
mod session;
mod session_frame;
mod session_redirect;
mod texts;
mod timer;

pub use card_frame::{CardFrame, FrameOptions};
pub use decode::decode;
pub use form::{Form, FormOptions, FormSource};
pub use form_view::FormView;
pub use listener::Listener;
pub use session_frame::{SessionFrame, SessionOptions};
pub use session_redirect::redirect_form_url;
pub use texts::Texts;
