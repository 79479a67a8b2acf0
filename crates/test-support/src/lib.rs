#![doc = include_str!("../README.md")]
// Everything here runs in tests, which fail by panicking.
#![allow(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc)]

pub mod postgres;
mod process;
mod raw_http;
#[cfg(feature = "reverse-proxy")]
mod reverse_proxy;
#[cfg(feature = "reverse-proxy")]
mod timeout;

pub use process::Process;
pub use raw_http::send_request;
#[cfg(feature = "reverse-proxy")]
pub use reverse_proxy::{Gate, PlannedResponse, ReverseProxy};
#[cfg(feature = "reverse-proxy")]
pub use timeout::{TIMEOUT, within};
