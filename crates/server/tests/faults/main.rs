//! Injects faults around a server. Each test prints how many cards were acknowledged, lost and doubled,
//! and fails if any were lost or doubled. `PANTOKEN_LONG=1` repeats each fault more often.
#![allow(clippy::unwrap_used, clippy::panic)]

mod back_end;
mod bad_system;
mod clock;
mod connections;
mod database;
mod disk;
mod faulty_site;
mod jetpay_kills;
mod kills;
#[allow(dead_code)]
#[path = "../load/mod.rs"]
mod load;
mod money;
mod payin_kills;
mod qiwi_pay_kills;
mod relay;
mod requests;
mod shop;

use std::hash::{DefaultHasher, Hash, Hasher};

/// Returns a generator of numbers below a limit, which are the same in every run.
fn numbers(limit: usize) -> impl FnMut() -> usize {
    let mut count = 0_u64;
    move || {
        count += 1;
        // The default hasher has fixed keys.
        let mut hasher = DefaultHasher::new();
        count.hash(&mut hasher);
        usize::try_from(hasher.finish() % u64::try_from(limit).unwrap()).unwrap()
    }
}
