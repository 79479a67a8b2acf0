//! What goes wrong around a server: each test says what was acknowledged, lost (nothing), doubled
//! (nothing) and answered. `PANTOKEN_LONG=1` asks for more of it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bad_system;
mod clock;
mod connections;
mod database;
mod disk;
mod faulty_site;
mod kills;
#[allow(dead_code)]
#[path = "../load/mod.rs"]
mod load;
mod requests;

use std::hash::{DefaultHasher, Hash, Hasher};

/// The same numbers in every run, below a limit.
fn numbers(limit: usize) -> impl FnMut() -> usize {
    let mut count = 0_u64;
    move || {
        count += 1;
        // Its keys are fixed.
        let mut hasher = DefaultHasher::new();
        count.hash(&mut hasher);
        usize::try_from(hasher.finish() % u64::try_from(limit).unwrap()).unwrap()
    }
}
