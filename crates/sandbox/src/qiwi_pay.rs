//! The stand-in for QIWI PAY: the payment form with the pages for 3-D Secure and the status, payments by card and by
//! token, captures, reversals, refunds and payouts at `/merchant/direct`, signed notifications, and a control API. With
//! it, a test pays a form as a customer does, sets faults, moves the clock and looks at what was executed.

mod amount_style;
mod any_certificate;
mod card;
mod certificates;
mod checks;
mod control;
mod fault;
mod fields;
mod forms;
mod hosted_form;
mod notifications;
mod operations;
mod outcome;
mod page;
mod pages;
mod provider;
mod receipt;
mod refusal;
mod returns;
mod routes;
mod safe_deal;
mod schedule;
mod settings;
mod settlement;
mod state;
mod switches;
mod three_ds;
mod tls;
mod today;
mod transaction;

pub use certificates::{Certificates, CertificatesError};
pub use routes::router;
pub use settings::Settings;
pub use tls::{ClientCertificate, TlsListener};

pub use crate::callback_address::{NotificationUrl, NotificationUrlError};
