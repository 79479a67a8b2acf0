use rust_decimal::Decimal;
use serde_json::Value;

/// Writes a sum as the provider does: as a JSON number.
pub(super) fn number(sum: &Decimal) -> Value {
    serde_json::from_str(&format!("{sum:.2}")).unwrap_or_default()
}
