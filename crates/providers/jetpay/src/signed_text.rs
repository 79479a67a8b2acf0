//! The text that a signature is over. Source: docs/jetpay.md, "Signature".

use std::fmt;

use crate::json::{Body, Json};
use crate::natural_order;
use crate::php_number::php_text;

/// The members that are not signed. The browser sets `frame_mode` after the page has been signed.
const SIGNATURE: &str = "signature";
const FRAME_MODE: &str = "frame_mode";
/// More than any documented body has.
const MAX_LINES: usize = 1024;
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// One of the ways in which the platform or one of its SDKs builds the text that is signed.
///
/// The platform's documents leave some of it open, and its SDKs differ. For the bodies that this crate sends
/// all of them build the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Variant {
    /// How the lines are sorted.
    pub order: LineOrder,
    /// How numbers are written.
    pub numbers: NumberText,
    /// How a colon in a name is written.
    pub colons: Colons,
    /// Which members `frame_mode` are left out.
    pub frame_mode: FrameMode,
}

/// How the lines of the signed text are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineOrder {
    /// By path, in PHP's natural order.
    Natural,
    /// By path, byte by byte.
    Bytes,
    /// By the whole line, byte by byte.
    WholeLine,
}

/// How numbers are written in the signed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberText {
    /// As they are in the body.
    Lexeme,
    /// As PHP writes them: with 14 significant digits, and without a fraction of zeros.
    Php,
}

/// How a colon in a name is written in the signed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colons {
    /// As it is.
    Single,
    /// Twice.
    Doubled,
}

/// Which members with the name `frame_mode` are left out of the signed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameMode {
    /// All of them.
    SkippedEverywhere,
    /// Only one on the top level.
    SkippedOnTop,
}

impl Variant {
    /// The platform's own way, as far as it is known. Everything is signed like this.
    pub const PLATFORM: Self = Self {
        order: LineOrder::Natural,
        numbers: NumberText::Lexeme,
        colons: Colons::Single,
        frame_mode: FrameMode::SkippedEverywhere,
    };

    /// Returns all variants, the likeliest first.
    pub fn all() -> impl Iterator<Item = Self> {
        let mut all = Vec::new();
        for frame_mode in [FrameMode::SkippedEverywhere, FrameMode::SkippedOnTop] {
            for colons in [Colons::Single, Colons::Doubled] {
                for order in [LineOrder::Natural, LineOrder::Bytes, LineOrder::WholeLine] {
                    for numbers in [NumberText::Lexeme, NumberText::Php] {
                        all.push(Self {
                            order,
                            numbers,
                            colons,
                            frame_mode,
                        });
                    }
                }
            }
        }
        all.into_iter()
    }
}

/// Writes the variant for a log, such as `natural/lexeme`.
impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.order {
            LineOrder::Natural => "natural",
            LineOrder::Bytes => "bytes",
            LineOrder::WholeLine => "whole-line",
        })?;
        f.write_str(match self.numbers {
            NumberText::Lexeme => "/lexeme",
            NumberText::Php => "/php-number",
        })?;
        f.write_str(match self.colons {
            Colons::Single => "",
            Colons::Doubled => "/doubled-colons",
        })?;
        f.write_str(match self.frame_mode {
            FrameMode::SkippedEverywhere => "",
            FrameMode::SkippedOnTop => "/nested-frame-mode",
        })
    }
}

impl Body {
    /// Returns the text that a signature of this body is over: a line for each value, sorted by its path, joined
    /// by `;`.
    ///
    /// ```
    /// use pantoken_jetpay::{Body, Variant};
    ///
    /// let body = Body::parse(br#"{"payment":{"id":"P1","sum":{"amount":2000}},"signature":"x"}"#)?;
    /// assert_eq!(body.signed_text(Variant::PLATFORM), "payment:id:P1;payment:sum:amount:2000");
    /// # Ok::<(), pantoken_jetpay::Unreadable>(())
    /// ```
    #[must_use]
    pub fn signed_text(&self, variant: Variant) -> String {
        let mut lines = Vec::new();
        let flattening = Flattening { variant };
        flattening.collect(self.json(), None, 0, &mut lines);
        match variant.order {
            LineOrder::Natural => lines.sort_by(|a, b| natural_order::compare(a.path(), b.path())),
            LineOrder::Bytes => lines.sort_by(|a, b| a.path().cmp(b.path())),
            LineOrder::WholeLine => lines.sort_by(|a, b| a.text.cmp(&b.text)),
        }
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        texts.join(";")
    }

    /// Returns whether building the text would take more time or memory than an unsigned body is worth.
    pub(crate) fn is_too_large_to_sign(&self) -> bool {
        let mut size = Size { lines: 0, bytes: 0 };
        size.add(self.json(), 0);
        size.lines > MAX_LINES || size.bytes > MAX_TEXT_BYTES
    }
}

/// `path:value`
struct Line {
    text: String,
    path_bytes: usize,
}

impl Line {
    fn path(&self) -> &str {
        self.text.get(..self.path_bytes).unwrap_or_default()
    }
}

struct Flattening {
    variant: Variant,
}

impl Flattening {
    fn collect(&self, json: &Json, path: Option<&str>, depth: usize, lines: &mut Vec<Line>) {
        match json {
            Json::Object(members) => {
                for (name, value) in members {
                    if !self.is_skipped(name, depth) {
                        let path = joined(path, &self.written(name));
                        self.collect(value, Some(&path), depth + 1, lines);
                    }
                }
            }
            Json::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = joined(path, &index.to_string());
                    self.collect(item, Some(&path), depth + 1, lines);
                }
            }
            value => {
                let path = path.unwrap_or_default();
                let text = format!("{path}:{}", self.value_text(value));
                lines.push(Line {
                    text,
                    path_bytes: path.len(),
                });
            }
        }
    }

    fn is_skipped(&self, name: &str, depth: usize) -> bool {
        let skips_frame_mode =
            depth == 0 || self.variant.frame_mode == FrameMode::SkippedEverywhere;
        name == SIGNATURE || (name == FRAME_MODE && skips_frame_mode)
    }

    fn written(&self, name: &str) -> String {
        match self.variant.colons {
            Colons::Single => name.to_owned(),
            Colons::Doubled => name.replace(':', "::"),
        }
    }

    fn value_text(&self, value: &Json) -> String {
        match value {
            Json::Bool(true) => "1".to_owned(),
            Json::Bool(false) => "0".to_owned(),
            Json::Text(text) => text.clone(),
            Json::Number(number) => match self.variant.numbers {
                NumberText::Lexeme => number.clone(),
                NumberText::Php => php_text(number),
            },
            _ => String::new(),
        }
    }
}

fn joined(path: Option<&str>, name: &str) -> String {
    path.map_or_else(|| name.to_owned(), |path| format!("{path}:{name}"))
}

/// How long the text can get, at most.
struct Size {
    lines: usize,
    bytes: usize,
}

impl Size {
    fn add(&mut self, json: &Json, path_bytes: usize) {
        match json {
            Json::Object(members) => {
                for (name, value) in members {
                    self.add(value, path_bytes + 1 + name.len());
                }
            }
            Json::List(items) => {
                for item in items {
                    self.add(item, path_bytes + 5);
                }
            }
            value => {
                self.lines += 1;
                let value = value.text_or_number().map_or(1, str::len);
                self.bytes = self.bytes.saturating_add(path_bytes + 1 + value);
            }
        }
    }
}
