//! What a module without std has to bring. A panic is a trap: its words would be a third of the
//! module, and no customer reads them.
//!
//! The allocator is ours, because it has to be smaller than any that there is: each block is a power
//! of two, and a freed one waits in the list of its size. It never gives memory back to the page,
//! but what a form has freed serves the next one.
#![allow(unsafe_code)] // the allocator is for one thread, and a page's wasm has one

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use core::cell::UnsafeCell;
use core::panic::PanicInfo;
use core::ptr::null_mut;

const PAGE: usize = 65_536;
/// The smallest block; every type's alignment divides it.
const SMALLEST: usize = 16;

struct Blocks {
    /// For each size, as a power of two, the last block that was freed; it holds the one before.
    freed: UnsafeCell<[*mut u8; usize::BITS as usize]>,
    /// The end of the last block in memory that was grown, and the end of that memory.
    unused: UnsafeCell<(usize, usize)>,
}

// SAFETY: a page's wasm has one thread.
unsafe impl Sync for Blocks {}

#[global_allocator]
static BLOCKS: Blocks = Blocks {
    freed: UnsafeCell::new([null_mut(); usize::BITS as usize]),
    unused: UnsafeCell::new((0, 0)),
};

fn power_of(layout: Layout) -> u32 {
    layout
        .size()
        .max(SMALLEST)
        .next_power_of_two()
        .trailing_zeros()
}

// SAFETY: a block is given out once until it is freed, is as large as its size asks, and starts at a
// multiple of 16.
unsafe impl GlobalAlloc for Blocks {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let power = power_of(layout);
        unsafe {
            let freed = self.freed.get().cast::<*mut u8>().add(power as usize);
            let block = *freed;
            if !block.is_null() {
                *freed = *block.cast::<*mut u8>();
                return block;
            }
            let unused = &mut *self.unused.get();
            let size = 1 << power;
            if unused.1 - unused.0 < size {
                let pages = size.div_ceil(PAGE);
                let before = memory_grow::<0>(pages);
                if before == usize::MAX {
                    return null_mut();
                }
                unused.0 = before * PAGE;
                unused.1 = memory_size::<0>() * PAGE;
            }
            let block = unused.0;
            unused.0 += size;
            block as *mut u8
        }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            let freed = self
                .freed
                .get()
                .cast::<*mut u8>()
                .add(power_of(layout) as usize);
            *block.cast::<*mut u8>() = *freed;
            *freed = block;
        }
    }
}

#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    unreachable()
}
