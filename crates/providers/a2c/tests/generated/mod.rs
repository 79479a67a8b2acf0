//! Generates thousands of valid, invalid and odd messages from a seed. All decoders must agree on them.

use serde_json::{Map, Value, json};

/// The random number generator SplitMix64.
pub struct Generator(u64);

/// The way in which a message is sent.
#[derive(Clone, Copy, Debug)]
pub enum Encoding {
    Object,
    Text,
    TextWithSpaces,
    TextInText,
}

impl Encoding {
    pub fn of(self, object: &Value) -> Value {
        match self {
            Self::Object => object.clone(),
            Self::Text => object.to_string().into(),
            Self::TextWithSpaces => format!(" {object:#}\n").into(),
            Self::TextInText => Value::from(object.to_string()).to_string().into(),
        }
    }
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a message with random fields, and how it is sent.
    pub fn message(&mut self) -> (Value, Encoding) {
        let encoding = self.one_of(&[
            Encoding::Object,
            Encoding::Object,
            Encoding::Text,
            Encoding::TextWithSpaces,
            Encoding::TextInText,
        ]);
        let mut fields = Map::new();
        let result = self.one_of(&["panToken", "errorCode", "status"]);
        for name in ["requestId", result, "errorMessage"] {
            fields.insert(name.to_owned(), self.fitting(name));
        }
        while self.below(3) == 0 {
            let name = self.one_of(&["status", "requestId", "panToken", "errorCode", "__proto__"]);
            let value = self.odd(matches!(encoding, Encoding::Object));
            fields.insert(name.to_owned(), value);
        }
        (fields.into(), encoding)
    }

    fn fitting(&mut self, name: &str) -> Value {
        match name {
            "requestId" => self.one_of(&[
                json!("12345678"),
                json!("9223372036854775807"),
                json!(12_345_678),
                json!(9_007_199_254_740_991_i64),
                json!(9_007_199_254_740_992_i64),
            ]),
            "panToken" => self.one_of(&[
                json!("1a77343a-dd8a-11eb-ba80-0242ac130004"),
                json!("tok-1"),
                json!("4111111111111111"),
                json!("~".repeat(512)),
            ]),
            "errorCode" => self.one_of(&[json!("INVALID_PAN"), json!("Limit 7"), json!("Қате")]),
            "status" => self.one_of(&[json!("Ready"), json!("ready")]),
            _ => self.one_of(&[
                json!(null),
                json!("Нөмір қате 😀"),
                json!("4111\u{1}1111 1111\n1111"),
                json!("a\u{0}b\u{7f}\u{85}\u{2028}"),
                json!("я".repeat(600)),
            ]),
        }
    }

    fn odd(&mut self, may_be_bigint: bool) -> Value {
        let odd = [
            json!(null),
            json!(true),
            json!(0),
            json!(-1),
            json!(1.5),
            json!(1e300),
            json!(""),
            json!("Ready"),
            json!("a\nb"),
            json!("007"),
            json!([]),
            json!(["Ready"]),
            json!({}),
            json!({"status": "Ready"}),
            json!({"$bigint": "9223372036854775807"}),
            json!({"$bigint": "9223372036854775808"}),
            json!({"$bigint": "-1"}),
        ];
        let kinds = if may_be_bigint {
            odd.len()
        } else {
            odd.len() - 3
        };
        self.one_of(&odd[..kinds])
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // A usize has only 32 bits in a browser. The upper bits of the number are used.
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % limit
    }
}
