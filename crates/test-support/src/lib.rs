#![doc = include_str!("../README.md")]
// Everything here runs in tests, which fail by panicking.
#![allow(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc)]

mod network;
pub mod postgres;
mod process;
#[cfg(feature = "reverse-proxy")]
mod reverse_proxy;
#[cfg(feature = "reverse-proxy")]
mod timeout;

pub use network::{free_port, send_request};
pub use process::Process;
#[cfg(feature = "reverse-proxy")]
pub use reverse_proxy::{Gate, PlannedResponse, ReverseProxy};
#[cfg(feature = "reverse-proxy")]
pub use timeout::{TIMEOUT, within};
