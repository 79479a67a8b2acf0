#![doc = include_str!("../README.md")]
// The custom element is built without the standard library's formatting, to stay small.
#![cfg_attr(not(any(test, feature = "std")), no_std)]

extern crate alloc;

mod card_number;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "std")]
mod clock;
#[cfg(feature = "command-line")]
mod command_line;
pub mod decimal;
#[cfg(feature = "json")]
pub mod hundredths;
#[cfg(feature = "json")]
mod issued_secret;
#[cfg(feature = "json")]
pub mod json;
#[cfg(feature = "json")]
mod open_enum;
mod origin;
pub mod percent;
#[cfg(feature = "std")]
mod random;
#[cfg(feature = "std")]
mod secret;
#[cfg(feature = "std")]
mod secret_or_file;
#[cfg(feature = "process")]
mod stop_signals;
pub mod text;

pub use card_number::{contains_card_number, is_card_number, is_luhn_valid};
#[cfg(feature = "std")]
pub use clock::{Clock, SystemClock};
#[cfg(feature = "command-line")]
pub use command_line::write_documents;
#[cfg(feature = "json")]
pub use issued_secret::{RawJson, SecretError, parse_secret};
pub use origin::{Origin, OriginError};
#[cfg(feature = "std")]
pub use random::{Random, RandomError, SystemRandom};
#[cfg(feature = "std")]
pub use secret::Secret;
#[cfg(feature = "std")]
pub use secret_or_file::{SecretOrFileError, secret_or_file};
#[cfg(feature = "process")]
pub use stop_signals::StopSignals;
