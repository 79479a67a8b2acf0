#![no_main]

use std::sync::{LazyLock, Mutex};

use pantoken_properties::Http;

static HTTP: LazyLock<Mutex<Http>> = LazyLock::new(Mutex::default);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| HTTP.lock().unwrap().holds_for(bytes));
