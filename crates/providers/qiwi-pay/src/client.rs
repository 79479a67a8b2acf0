//! The HTTP client. It sends each request once.

mod builder;
mod transport;

use std::time::Duration;

pub use builder::{ClientBuilder, ClientError};
pub use transport::Timeouts;
use transport::{Transport, same};

use crate::{
    CaptureRequest, CardsRequest, Error, Finish3dsRequest, PaymentRequest, PayoutRequest, RawJson,
    ReturnKind, ReturnRequest, Site, StatusRequest, Transaction, TxnType,
};

/// A client of one site. It is cheap to clone, and clones share their connections.
///
/// A call sends its request once and never repeats it. Redirects are not followed, the provider's certificate is
/// always verified, the client certificate is presented whenever the provider asks for it, and every call has a
/// time limit. Dropping the future of a call leaves open whether the provider executed the request.
#[derive(Clone, Debug)]
pub struct Client(Transport);

impl Client {
    /// Starts to build a client of this site.
    pub fn builder(site: Site) -> ClientBuilder {
        ClientBuilder::new(site)
    }

    /// Returns a client of the same site whose calls take this long at most.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self(self.0.with_timeouts(Timeouts {
            read: timeout,
            write: timeout,
        }))
    }

    /// Charges or holds an amount: opcode 1 or 3. If the payment waits for 3-D Secure, the answer has
    /// [`Transaction::three_ds`].
    ///
    /// # Errors
    /// Returns [`Error`], which says whether anything happened.
    pub async fn pay(&self, request: &PaymentRequest) -> Result<Transaction, Error> {
        let transaction: Transaction = self.0.send(request).await?;
        let expected = match request.operation {
            crate::Operation::Sale => TxnType::Sale,
            crate::Operation::Auth => TxnType::Auth,
        };
        same("txn_type", &expected, transaction.txn_type.as_ref())?;
        same(
            "amount",
            &request.amount.value(),
            transaction.amount.as_ref(),
        )?;
        let currency = request.amount.currency();
        same("currency", &currency, transaction.currency.as_ref())?;
        Ok(transaction)
    }

    /// Finishes 3-D Secure: opcode 2.
    ///
    /// # Errors
    /// Returns [`Error`], which says whether anything happened.
    pub async fn finish_3ds(&self, request: &Finish3dsRequest) -> Result<Transaction, Error> {
        let transaction: Transaction = self.0.send(request).await?;
        same("txn_id", &request.txn_id(), Some(&transaction.txn_id))?;
        Ok(transaction)
    }

    /// Charges what is held: opcode 5.
    ///
    /// # Errors
    /// Returns [`Error`], which says whether anything happened.
    pub async fn capture(&self, request: &CaptureRequest) -> Result<Transaction, Error> {
        let transaction: Transaction = self.0.send(request).await?;
        same("txn_id", &request.txn_id, Some(&transaction.txn_id))?;
        Ok(transaction)
    }

    /// Returns money: opcode 6 or 7. The answer is about a new transaction.
    ///
    /// # Errors
    /// Returns [`Error`], which says whether anything happened.
    pub async fn give_back(&self, request: &ReturnRequest) -> Result<Transaction, Error> {
        let transaction: Transaction = self.0.send(request).await?;
        let expected = match request.kind() {
            ReturnKind::Reversal => TxnType::Reversal,
            ReturnKind::Refund => TxnType::Refund,
        };
        same("txn_type", &expected, transaction.txn_type.as_ref())?;
        if let Some(amount) = &request.amount {
            same("amount", &amount.value(), transaction.amount.as_ref())?;
        }
        Ok(transaction)
    }

    /// Pays to a card: opcode 20.
    ///
    /// # Errors
    /// Returns [`Error`], which says whether anything happened.
    pub async fn pay_out(&self, request: &PayoutRequest) -> Result<Transaction, Error> {
        let transaction: Transaction = self.0.send(request).await?;
        same("txn_type", &TxnType::Payout, transaction.txn_type.as_ref())?;
        same(
            "amount",
            &request.amount.value(),
            transaction.amount.as_ref(),
        )?;
        Ok(transaction)
    }

    /// Asks for transactions: opcode 30.
    ///
    /// # Errors
    /// Returns [`Error::Refused`] with [`crate::ErrorCode::UNKNOWN_TRANSACTION`] if there is none.
    pub async fn status(&self, request: &StatusRequest) -> Result<Vec<Transaction>, Error> {
        self.0.send(request).await
    }

    /// Asks for linked cards: opcode 40. **Experimental:** see [`CardsRequest`].
    ///
    /// # Errors
    /// Returns [`Error`] if the provider does not answer with JSON, or reports an error.
    pub async fn cards(&self, request: &CardsRequest) -> Result<RawJson, Error> {
        self.0.send(request).await
    }
}
