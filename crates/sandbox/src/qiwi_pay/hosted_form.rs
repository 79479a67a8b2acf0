use super::fields::Fields;
use super::transaction::Kind;

/// A form that a browser opened.
#[derive(Clone, Debug)]
pub(super) struct HostedForm {
    /// The fields that the merchant signed.
    pub(super) fields: Fields,
    pub(super) kind: Kind,
    pub(super) minor_units: i64,
    /// When the order can no longer be paid, in milliseconds since the Unix epoch.
    pub(super) expires_at: Option<i64>,
    /// The number of the last payment.
    pub(super) payment: Option<u64>,
}
