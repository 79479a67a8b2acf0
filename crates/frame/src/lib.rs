#![doc = include_str!("../README.md")]

mod backoff;
mod card_frame;
mod decode;
mod iframe;
mod listener;
mod session;
mod session_frame;
mod session_redirect;
mod texts;

pub use card_frame::{CardFrame, FrameOptions};
pub use decode::decode;
pub use session_frame::{SessionFrame, SessionOptions};
pub use session_redirect::redirect_form_url;
pub use texts::Texts;
