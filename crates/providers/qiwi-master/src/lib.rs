#![doc = include_str!("../README.md")]

#[cfg(target_family = "wasm")]
compile_error!(
    "pantoken-qiwi-master holds a token that can spend money and must never reach a browser: use it on a server"
);

mod api_error;
mod card_details;
mod cards;
#[cfg(feature = "client")]
mod client;
mod error;
mod ids;
mod orders;
mod payment_ids;
mod payments;
mod roubles;
mod statement;
mod token;
mod transactions;

pub use api_error::ApiError;
pub use card_details::{CardDetails, DetailsStatus, ShownCard};
pub use cards::{Card, CardName, CardNameError, CardStatus, CardType, new_cards};
#[cfg(feature = "client")]
pub use client::{Client, ClientBuilder, ClientError};
pub use error::{Error, ErrorAnswer, ErrorKind, NotSent, UnknownCause};
pub use ids::{CardId, IdError, OrderId, Wallet};
pub use orders::{NextStep, Order, OrderStatus};
pub use payment_ids::{PaymentId, PaymentIds};
pub use payments::{CardPayment, Comment, CommentError, PackagePurchase, PaymentInfo};
pub use roubles::{Roubles, RoublesError};
pub use statement::{Statement, StatementPeriod, StatementPeriodError};
pub use token::{Token, TokenError};
pub use transactions::{Transaction, TransactionStatus};
