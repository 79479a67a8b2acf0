use serde::Deserialize;

use super::transaction::amount;

/// How notifications write their amount, and what of it is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AmountStyle {
    /// `"1856.00"`.
    #[default]
    Text,
    /// `1856.00`, a number with two fraction digits.
    Number,
    /// `1856`, a number without zeros at its end.
    ShortNumber,
    /// `1856`, of which `1856.00` is signed.
    ShortNumberSignedInFull,
}

impl AmountStyle {
    /// Returns the JSON of an amount, and the text that is signed.
    pub(super) fn write(self, minor_units: i64) -> (String, String) {
        let full = amount(minor_units);
        let without_zeros = full.trim_end_matches('0').trim_end_matches('.');
        let short = without_zeros.to_owned();
        match self {
            Self::Text => (format!("\"{full}\""), full),
            Self::Number => (full.clone(), full),
            Self::ShortNumber => (short.clone(), short),
            Self::ShortNumberSignedInFull => (short, full),
        }
    }
}
