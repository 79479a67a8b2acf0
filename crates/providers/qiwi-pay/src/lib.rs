#![doc = include_str!("../README.md")]

#[cfg(target_family = "wasm")]
compile_error!(
    "pantoken-qiwi-pay holds the key of your site and must never reach a browser: use it on a server"
);

mod amount;
mod answer;
mod avia;
#[cfg(feature = "card-data")]
mod card_data;
#[cfg(feature = "client")]
mod client;
mod error;
mod error_code;
mod fields;
mod form;
mod json;
mod notification;
mod numbered;
mod order;
mod receipt;
mod requests;
mod safe_deal;
mod secrets;
mod senders;
mod signature;
mod site;
mod states;
mod transaction;
mod wallet_token;

pub use pantoken_core::json::Unreadable;

pub use amount::{Amount, AmountError, Currency};
pub use answer::{Answer, read_answer};
pub use avia::{AviaData, AviaSignature, Segment, Ticket};
#[cfg(feature = "card-data")]
pub use card_data::{CardData, CardDataError, CardNumber};
#[cfg(feature = "client")]
pub use client::{Client, ClientBuilder, ClientError, Timeouts};
pub use error::{ApiError, Error, NotSent, UnknownCause};
pub use error_code::{ErrorCode, Fault, Repeat};
pub use fields::{FieldError, FieldProblem};
pub use form::{FORM_URL, Form, FormError, FormRequest, Operation};
pub use notification::{Notification, NotificationError};
pub use order::{Details, OrderId};
pub use pantoken_core::{RawJson, SecretError};
pub use receipt::{
    ChequeType, PaymentMethod, PaymentSubject, Position, Receipt, ReceiptError, Tax, TaxSystem,
};
pub use requests::{
    CaptureRequest, CardsRequest, DealField, Device, Finish3dsRequest, PaymentRequest,
    PayoutRequest, PayoutTarget, Receiver, Request, ReturnKind, ReturnRequest, Source,
    StatusRequest,
};
pub use safe_deal::{DealError, DealParts};
pub use secrets::{CardToken, SecretKey};
pub use senders::{NOTIFICATION_NETWORKS, is_notification_sender};
pub use site::{MerchantSite, Site, TxnId};
pub use states::{Opcode, TxnStatus, TxnType};
pub use transaction::{ThreeDs, Transaction};
pub use wallet_token::{WalletToken, WalletTokenError};
