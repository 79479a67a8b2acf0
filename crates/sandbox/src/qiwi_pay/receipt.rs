//! Fiscal receipts of requests.

use pantoken_qiwi_pay::Receipt;
use rust_decimal::Decimal;

use super::fields::Fields;
use super::refusal::Refusal;

/// Refuses a receipt that cannot be decoded, or whose total is not this sum. Forms have it in `merchant_cheque`, and
/// calls of the API in `cheque`.
pub(super) fn check(fields: &Fields, minor_units: i64) -> Result<(), Refusal> {
    for (name, invalid, differs) in [
        (
            "cheque",
            "[cheque] is invalid",
            "total of [cheque] differs from the amount",
        ),
        (
            "merchant_cheque",
            "[merchant_cheque] is invalid",
            "total of [merchant_cheque] differs from the amount",
        ),
    ] {
        let Some(encoded) = fields.get(name) else {
            continue;
        };
        let receipt = Receipt::decode(encoded).map_err(|_| Refusal::field(name, invalid))?;
        if receipt.total() != Some(Decimal::new(minor_units, 2)) {
            return Err(Refusal::field(name, differs));
        }
    }
    Ok(())
}
