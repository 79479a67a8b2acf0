#![doc = include_str!("../README.md")]

#[cfg(target_family = "wasm")]
compile_error!(
    "pantoken-jetpay holds the secret key of your project and must never reach a browser: use it on a server"
);

mod amount;
mod callback;
#[cfg(feature = "client")]
mod client;
mod error;
mod gate_error;
mod id;
mod json;
mod merchant;
mod natural_order;
mod payment;
mod payouts;
mod php_number;
mod signature;
mod signed_text;
mod status;

pub use amount::{Amount, AmountError, Currency};
pub use callback::{Callback, CallbackContent, CallbackError};
#[cfg(feature = "client")]
pub use client::Client;
pub use error::{Error, NotSent, Refusal, UnknownCause};
pub use gate_error::GateError;
pub use id::{IdError, PaymentId, ProjectId};
pub use json::{Body, Json, Unreadable};
pub use merchant::{Account, Deposit, DepositSum, MerchantAnswer, MerchantRequest, Question};
pub use payment::{Operation, Payment};
pub use payouts::{
    FieldError, PayoutAccepted, PayoutCustomer, PayoutRequest, StatusAnswer, status_request,
};
pub use signature::{SecretKey, SecretKeyError, SignError, SignatureError};
pub use signed_text::{Colons, FrameMode, LineOrder, NumberText, Variant};
pub use status::{OperationKind, PaymentKind, PaymentStatus, Phase};
