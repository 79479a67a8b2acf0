//! The properties that hold for any input from outside. Each panics if it does not hold. Tests try a
//! property with the files of `fuzz/corpus` and modifications of them, and the fuzz target of the same name
//! tries it with the inputs of libFuzzer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod callback_query;
mod connection;
#[cfg(test)]
mod corpus;
mod form;
mod form_url;
mod handshake;
mod http;
mod jetpay_body;
mod message;
mod payin_amount;
mod payin_answer;
mod payin_notification;
mod qiwi_pay_notification;
mod sandbox;
mod settings;

pub use callback_query::callback_query;
pub use form::form;
pub use form_url::form_url;
pub use handshake::handshake;
pub use http::Http;
pub use jetpay_body::jetpay_body;
pub use message::message;
pub use payin_amount::payin_amount;
pub use payin_answer::payin_answer;
pub use payin_notification::payin_notification;
pub use qiwi_pay_notification::qiwi_pay_notification;
pub use sandbox::Sandbox;
pub use settings::settings;
