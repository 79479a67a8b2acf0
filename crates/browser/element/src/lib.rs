#![doc = include_str!("../README.md")]
#![cfg_attr(all(feature = "standalone", target_family = "wasm"), no_std)]

extern crate alloc;

mod element_form;
#[cfg(all(feature = "standalone", target_family = "wasm"))]
mod exports;
mod options;
mod orders;
#[cfg(all(feature = "standalone", target_family = "wasm"))]
mod standalone;

pub use element_form::ElementForm;
