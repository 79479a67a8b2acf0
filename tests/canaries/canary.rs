use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A text to search for, in every encoding that it may occur in.
pub(crate) struct Canary {
    pub(crate) name: &'static str,
    spellings: Vec<Vec<u8>>,
}

impl Canary {
    pub(crate) fn new(name: &'static str, text: &str) -> Self {
        let bytes = text.as_bytes();
        let each = |write: fn(&u8) -> String| bytes.iter().map(write).collect::<String>();
        let mut spellings = vec![
            text.to_owned(),
            text.chars().rev().collect(),
            each(|byte| format!("{byte:02x}")),
            each(|byte| format!("{byte:02X}")),
            each(|byte| format!("%{byte:02x}")),
            each(|byte| format!("%{byte:02X}")),
            each(|byte| format!("\\u{byte:04x}")),
            each(|byte| format!("&#{byte};")),
            // As Debug prints bytes.
            each(|byte| format!("{byte}, "))
                .trim_end_matches(", ")
                .to_owned(),
            // UTF-16.
            each(|byte| format!("{}\0", char::from(*byte))),
        ];
        spellings.extend(base64_spellings(bytes));
        if let Some(groups) = groups_of_digits(text) {
            spellings.extend(groups);
        }
        let spellings = spellings.into_iter().map(String::into_bytes).collect();
        Self { name, spellings }
    }

    /// Returns the first spelling that these bytes contain.
    pub(crate) fn find_in(&self, bytes: &[u8]) -> Option<&[u8]> {
        let is_in = |spelling: &&Vec<u8>| {
            let mut windows = bytes.windows(spelling.len());
            windows.any(|window| window == spelling.as_slice())
        };
        self.spellings.iter().find(is_in).map(Vec::as_slice)
    }
}

/// Returns the base64 of these bytes at each possible offset within a longer text.
fn base64_spellings(bytes: &[u8]) -> Vec<String> {
    let mut spellings = Vec::new();
    for before in 0..3 {
        let padded = [&vec![0; before][..], bytes].concat();
        // Only the digits that depend on these bytes alone.
        let first = (before * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        for engine in [STANDARD, URL_SAFE] {
            spellings.push(engine.encode(&padded)[first..last].to_owned());
        }
    }
    spellings
}

/// Returns a card number in groups of four digits, as people write it.
fn groups_of_digits(text: &str) -> Option<[String; 2]> {
    let is_number = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<_> = (0..4)
        .map(|group| text.get(group * 4..group * 4 + 4))
        .collect();
    let groups: Option<Vec<_>> = groups.into_iter().collect();
    groups
        .filter(|_| is_number)
        .map(|groups| [groups.join(" "), groups.join("-")])
}

#[test]
fn a_canary_is_found_in_every_encoding_and_at_every_place() {
    let canary = Canary::new("number", "5105105105105100");
    for text in [
        "pan=5105105105105100",
        "35313035313035313035313035313030",
        "%35%31%30%35%31%30%35%31%30%35%31%30%35%31%30%30",
        "5105 1051 0510 5100",
        "5105-1051-0510-5100",
        "\"\\u0035\\u0031\\u0030\\u0035\\u0031\\u0030\\u0035\\u0031\\u0030\\u0035\\u0031\\u0030\\u0035\\u0031\\u0030\\u0030\"",
        "[53, 49, 48, 53, 49, 48, 53, 49, 48, 53, 49, 48, 53, 49, 48, 48]",
    ] {
        assert!(canary.find_in(text.as_bytes()).is_some(), "{text}");
    }
    for before in ["", "a", "ab", "abc"] {
        let text = STANDARD.encode(format!("{before}5105105105105100 and more"));
        assert!(canary.find_in(text.as_bytes()).is_some(), "{text}");
    }
    let utf16: Vec<u8> = "5105105105105100"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(canary.find_in(&utf16).is_some());
    assert_eq!(canary.find_in(b"5105105105105101"), None);
}
