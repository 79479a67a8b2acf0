//! What a module without std has to bring. The allocator is the smallest that gives memory back,
//! and a panic is a trap: its words would be a third of the module, and no customer reads them.
#![allow(unsafe_code)] // the allocator is for one thread, and a page's wasm has one

use core::panic::PanicInfo;

use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

#[global_allocator]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
