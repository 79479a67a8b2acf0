#![doc = include_str!("../README.md")]

#[cfg(target_family = "wasm")]
compile_error!(
    "pantoken-payin holds the keys of your site and must never reach a browser: use it on a server"
);

mod advice;
mod amount;
mod answer;
mod api_error;
mod bills;
mod captures;
mod card_checks;
#[cfg(feature = "card-data")]
mod card_data;
#[cfg(feature = "client")]
mod client;
mod common;
mod date;
#[cfg(feature = "client")]
mod digital_signature;
mod error;
mod form_url;
mod id;
#[cfg_attr(not(feature = "client"), allow(dead_code))]
mod limits;
mod notification;
mod payments;
mod payouts;
mod qr_codes;
mod reason;
mod refunds;
mod secrets;
mod signature;
mod tokens;

pub use advice::{Advice, Fault, Outcome, Repeat};
pub use amount::{Amount, AmountError, Currency};
pub use answer::{Answer, read_answer};
pub use api_error::{ApiError, ErrorCode};
pub use bills::{Bill, BillMethod, BillRequest, BillStatus};
pub use captures::{Capture, CaptureRequest};
#[cfg(feature = "card-data")]
pub use card_checks::CardCheckRequest;
pub use card_checks::{CardCheck, CardCheckCompletion, CardCheckStatus, ThreeDsStatus};
#[cfg(feature = "card-data")]
pub use card_data::{CardData, CardDataError, CardMethod, CardNumber, External3ds};
#[cfg(feature = "client")]
pub use client::{
    Bills, Captures, CardChecks, Client, ClientBuilder, ClientError, Payments, Payouts, QrCodes,
    Refunds, Timeouts, TokenRemoval, Tokens,
};
pub use common::{
    Address, CardInfo, Cheque, ChequeData, CustomFields, Customer, DeviceData, Flag, IssuedToken,
    MethodKind, OperationStatus, Pares, ReceiverData, Split, SplitKind, Status, ThreeDs,
    UsedMethod,
};
pub use date::DateText;
#[cfg(feature = "client")]
pub use digital_signature::{DigitalSigner, DigitalSignerError};
pub use error::{Error, ErrorAnswer, NotSent, UnknownCause};
pub use form_url::{FormLanguage, FormMethod, FormUrl};
pub use id::{
    BillId, CaptureId, IdError, PaymentId, PayoutId, QrCodeUid, RefundId, RequestUid, SiteId,
};
pub use limits::FieldError;
pub use notification::{Hint, Notification, NotificationError};
pub use pantoken_core::json::Unreadable;
pub use pantoken_core::{RawJson, SecretError};
pub use payments::{
    FirstTransaction, Initiator, Payment, PaymentCompletion, PaymentRequest, TokenMethod,
};
pub use payouts::{Payout, PayoutReceiver, PayoutRequest};
pub use qr_codes::{
    QrCode, QrCodeKind, QrCodePayment, QrCodePaymentRequest, QrCodeRequest, QrCodeStatus,
    QrCodeToken,
};
pub use reason::{PsErrorCode, Reason};
pub use refunds::{Refund, RefundRequest};
pub use secrets::{ApiKey, NotificationKey, PaymentToken};
pub use signature::NotificationKind;
pub use tokens::{SbpToken, TokenDeletion, TokenStatus};
