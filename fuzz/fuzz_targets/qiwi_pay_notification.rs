#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pantoken_properties::qiwi_pay_notification(bytes));
