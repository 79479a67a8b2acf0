//! payin: verifies cards, keeps payment tokens and charges them. The documentation is docs/payin.md.

mod bill;
mod bill_calls;
pub(crate) mod bills;
mod calls;
pub(crate) mod customer;
pub(crate) mod delete_token;
mod describe;
mod endpoint;
pub(crate) mod event_types;
mod id;
mod money;
pub(crate) mod notifications;
mod options;
mod part;
pub(crate) mod parts;
mod payment;
mod payment_method;
pub(crate) mod payments;
mod qr_code;
mod qr_code_calls;
pub(crate) mod qr_code_payments;
pub(crate) mod qr_codes;
mod received_payment;
mod result_token;
mod schemas;
mod token;
mod token_lookup;
mod verification;
pub(crate) mod verification_result;
pub(crate) mod verifications;

pub(crate) use calls::PayinProvider;
pub use options::PayinOptions;
