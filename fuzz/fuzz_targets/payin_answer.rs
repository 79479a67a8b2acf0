#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pantoken_properties::payin_answer(bytes));
