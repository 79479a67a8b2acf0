#![doc = include_str!("../README.md")]
#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod attributes;
mod element_form;
mod forms;
mod input;
mod orders;

pub use element_form::ElementForm;
pub use forms::{create, handle};

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// A panic is a trap: its message and what formats it would be a fifth of the module, and no customer
/// reads it.
#[cfg(target_family = "wasm")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
