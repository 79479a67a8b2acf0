//! qiwi-pay's side of the engine.

use std::future::Future;
use std::pin::Pin;

use pantoken_qiwi_pay::{
    Client, Error, ErrorCode, OrderId, Repeat, StatusRequest, TxnId, TxnType, UnknownCause,
};
use pantoken_store::{Database, StoredOperation};

use super::QiwiPayOptions;
use super::heard::Heard;
use super::part::{self, Part};
use super::payment::{self, CERTIFICATE_REFUSED, Payment};
use crate::operations::stored::read;
use crate::operations::{Provider, Step, Unreadable};

pub(crate) struct QiwiPayProvider {
    pub(super) options: QiwiPayOptions,
    pub(super) store: Database,
}

type Asking<'a> = Pin<Box<dyn Future<Output = Result<Step, Unreadable>> + Send + 'a>>;

impl Provider for QiwiPayProvider {
    fn owns(&self, kind: &str) -> bool {
        kind.starts_with("qiwi-pay.")
    }

    fn advance<'a>(&'a self, operation: &'a StoredOperation, now: i64) -> Asking<'a> {
        Box::pin(async move {
            match operation.kind.as_str() {
                payment::KIND => self.advance_payment(operation, now).await,
                part::CAPTURE | part::REVERSAL | part::REFUND | part::PAYOUT => {
                    self.advance_part(operation, now).await
                }
                payment::THREE_DS => self.advance_3ds(operation, now).await,
                _ => Err(Unreadable),
            }
        })
    }

    fn is_live(&self) -> bool {
        self.options.is_live
    }

    fn sum(&self, operation: &StoredOperation) -> Option<String> {
        let amount = match operation.kind.as_str() {
            payment::KIND => read::<Payment>(operation).ok()?.order.amount,
            part::CAPTURE | part::REVERSAL | part::REFUND | part::PAYOUT => {
                read::<Part>(operation).ok()?.amount
            }
            _ => return None,
        };
        Some(amount.to_string())
    }
}

impl QiwiPayProvider {
    pub(crate) fn new(options: QiwiPayOptions, store: Database) -> Self {
        Self { options, store }
    }
}

/// What a question to the provider brought.
pub(super) struct Asked {
    /// All transactions that were asked for, or `None` if there was no answer.
    pub(super) heard: Option<Vec<Heard>>,
    pub(super) text: String,
    pub(super) attention: Option<&'static str>,
}

/// Asks for all transactions of an order.
pub(super) async fn ask_for_order(client: &Client, order_id: &str) -> Result<Asked, Unreadable> {
    let order = OrderId::parse(order_id).map_err(|_| Unreadable)?;
    let answer = client.status(&StatusRequest::Order(order)).await;
    Ok(asked(answer, |transaction| {
        // Reversals and refunds have none.
        transaction
            .order_id
            .as_deref()
            .is_none_or(|id| id == order_id)
    }))
}

/// Asks for a transaction, and its reversals and refunds.
pub(super) async fn ask_for_transaction(client: &Client, txn_id: u64) -> Asked {
    let request = StatusRequest::Transaction(TxnId::new(txn_id));
    asked(client.status(&request).await, |_| true)
}

fn asked(
    answer: Result<Vec<pantoken_qiwi_pay::Transaction>, Error>,
    is_wanted: impl Fn(&pantoken_qiwi_pay::Transaction) -> bool,
) -> Asked {
    match answer {
        Ok(transactions) => {
            let wanted = transactions.iter().filter(|one| is_wanted(one));
            let heard: Vec<_> = wanted
                .map(|one| Heard::of(one, TxnType::Unknown(0)))
                .collect();
            let texts: Vec<_> = heard.iter().map(Heard::describe).collect();
            Asked {
                text: format!("status: {}", texts.join(", ")),
                heard: Some(heard),
                attention: None,
            }
        }
        Err(error) => {
            let code = error.api_error().map(|error| error.code);
            let is_unknown = code == Some(ErrorCode::UNKNOWN_TRANSACTION);
            Asked {
                heard: is_unknown.then(Vec::new),
                text: format!("status: {error}"),
                attention: attention(&error),
            }
        }
    }
}

/// Returns why a person should look at a call that failed. The log says it as well.
pub(super) fn attention(error: &Error) -> Option<&'static str> {
    let is_refused = matches!(error, Error::Unknown(UnknownCause::CertificateRefused));
    if is_refused {
        tracing::error!(%error, "PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE");
    }
    is_refused.then_some(CERTIFICATE_REFUSED)
}

/// Returns the provider's error code if it refused a request for good. After other refusals the status tells.
pub(super) fn refusal(error: &Error) -> Option<String> {
    let Error::Refused(refused) = error else {
        return None;
    };
    let is_open = refused.code.repeat() == Repeat::AfterStatus;
    (!is_open).then(|| refused.code.number().to_string())
}
