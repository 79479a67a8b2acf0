#![no_main]

use std::sync::{LazyLock, Mutex};

use pantoken_properties::Sandbox;

static SANDBOX: LazyLock<Mutex<Sandbox>> = LazyLock::new(Mutex::default);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| SANDBOX.lock().unwrap().holds_for(bytes));
