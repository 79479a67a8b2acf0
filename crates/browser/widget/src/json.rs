use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_core::decimal::decimal_digits;
use pantoken_core::text::{append, split_at_first};

/// Writes an object in JSON, field by field.
///
/// Request bodies and orders are flat objects of texts and numbers. `serde_json` writes them just as well,
/// but would take the element over its size budget: docs/performance.md has the figures, and a test
/// compares the two.
pub struct JsonObject {
    text: String,
}

impl JsonObject {
    /// Starts an object.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: "{".to_owned(),
        }
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.string(value);
    }

    /// Adds a text, or `null` if there is none.
    pub fn optional_text(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.raw(name, "null"),
        }
    }

    /// Adds a number.
    pub fn number(&mut self, name: &str, value: u32) {
        self.raw(name, &decimal_digits(value.into()));
    }

    /// Adds `true` or `false`.
    pub fn bool(&mut self, name: &str, value: bool) {
        self.raw(name, if value { "true" } else { "false" });
    }

    /// Adds an object.
    pub fn object(&mut self, name: &str, value: Self) {
        self.raw(name, &value.finish());
    }

    /// Ends the object and returns its text.
    #[must_use]
    pub fn finish(mut self) -> String {
        append(&mut self.text, "}");
        self.text
    }

    fn name(&mut self, name: &str) {
        if self.text.len() > 1 {
            append(&mut self.text, ",");
        }
        self.string(name);
        append(&mut self.text, ":");
    }

    fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        append(&mut self.text, json);
    }

    fn string(&mut self, value: &str) {
        append(&mut self.text, "\"");
        let mut rest = value;
        loop {
            let (plain, escaped) = split_at_first(rest, must_be_escaped);
            append(&mut self.text, plain);
            let Some(byte) = escaped.bytes().next() else {
                break;
            };
            append(&mut self.text, "\\u00");
            self.hex_digit(byte >> 4);
            self.hex_digit(byte & 15);
            rest = escaped.get(1..).unwrap_or_default();
        }
        append(&mut self.text, "\"");
    }

    fn hex_digit(&mut self, digit: u8) {
        let digit = usize::from(digit);
        append(
            &mut self.text,
            "0123456789abcdef".get(digit..=digit).unwrap_or_default(),
        );
    }
}

fn must_be_escaped(byte: u8) -> bool {
    byte < b' ' || matches!(byte, b'"' | b'\\')
}

impl Default for JsonObject {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn serde_json_reads_what_was_written(
            name in any::<String>(),
            text in any::<String>(),
            number in any::<u32>(),
            flag in any::<bool>(),
        ) {
            let mut inner = JsonObject::new();
            inner.text(&name, &text);
            let mut object = JsonObject::new();
            object.text("text", &text);
            object.optional_text("some", Some(&text));
            object.optional_text("none", None);
            object.number("number", number);
            object.bool("flag", flag);
            object.object("object", inner);
            object.object("empty", JsonObject::new());
            let read: serde_json::Value = serde_json::from_str(&object.finish()).unwrap();
            prop_assert_eq!(read, json!({
                "text": &text,
                "some": &text,
                "none": null,
                "number": number,
                "flag": flag,
                "object": { &name: &text },
                "empty": {},
            }));
        }
    }
}
