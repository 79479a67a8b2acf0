//! qiwi-pay: signed payment forms, payments by token, captures, reversals, refunds and payouts. The documentation is
//! docs/qiwi-pay.md.

mod asking;
pub(crate) mod certificate;
mod described;
mod endpoint;
pub(crate) mod event_types;
pub(crate) mod forms;
mod heard;
mod id;
mod industry_data;
mod money;
pub(crate) mod notifications;
mod options;
mod order;
mod part;
mod part_calls;
mod part_details;
mod part_requests;
pub(crate) mod parts;
mod payment;
mod payment_calls;
pub(crate) mod payments;
pub(crate) mod payouts;
mod provider;
mod receipt;
mod requests;
mod schemas;
pub(crate) mod settlement;
pub(crate) mod three_ds;

pub(crate) use options::ClientCertificate;
pub use options::QiwiPayOptions;
pub(crate) use provider::QiwiPayProvider;
