#![doc = include_str!("../README.md")]
#![cfg_attr(all(feature = "standalone", target_family = "wasm"), no_std)]

extern crate alloc;

mod console;
mod element_view;
mod event_detail;
mod form_handle;
mod options;
#[cfg(all(feature = "standalone", target_family = "wasm"))]
mod standalone;

pub use form_handle::FormHandle;
