//! Decodes the golden messages natively. `pantoken-widget` decodes the same file in a browser.

#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]

mod describe;
mod native;

use describe::describe;
use native::decode;
use serde_json::Value;

#[test]
fn the_golden_messages_mean_what_they_say() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("golden/messages.json")).unwrap();
    assert!(vectors.len() > 50);
    for vector in vectors {
        assert_eq!(
            describe(&decode(&vector["data"])),
            vector["expect"],
            "{}",
            vector["name"]
        );
    }
}
