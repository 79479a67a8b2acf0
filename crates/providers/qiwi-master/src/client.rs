//! The HTTP client. It sends each request once.

mod builder;
mod transport;

pub use builder::{ClientBuilder, ClientError};
use pantoken_core::client::Body;
use pantoken_core::json::{Object, ReadObject, read_list};
use reqwest::Method;
use serde_json::json;
use transport::Transport;
use uuid::Uuid;

use crate::payments::WirePayment;
use crate::{
    ApiError, Card, CardDetails, CardId, CardName, CardPayment, CardType, Error, Order, OrderId,
    PackagePurchase, PaymentInfo, Statement, StatementPeriod, Token, Transaction, UnknownCause,
    Wallet,
};

/// A client of one wallet. It is cheap to clone, and clones share their connections.
///
/// A call sends its request once and never repeats it. Redirects are not followed, certificates are always
/// verified, and every call has a time limit.
#[derive(Clone, Debug)]
pub struct Client {
    transport: Transport,
    wallet: Wallet,
}

impl Client {
    /// Starts to build a client of this wallet.
    pub fn builder(wallet: Wallet, token: Token) -> ClientBuilder {
        ClientBuilder::new(wallet, token)
    }

    /// Buys the package that cards are issued under. The answer says that the payment is accepted for processing;
    /// [`Client::transaction`] says what became of it.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened. If it is [`Error::Unknown`], repeat the call with the
    /// same id, or look into the history of the wallet.
    pub async fn buy_package(&self, purchase: &PackagePurchase) -> Result<PaymentInfo, Error> {
        let payment = WirePayment::package(purchase, &self.wallet);
        self.pay("28004", &payment).await
    }

    /// Pays for an ordered card. As for the package, the answer is not the outcome.
    ///
    /// # Errors
    /// Returns [`Error`], as [`Client::buy_package`] does.
    pub async fn pay_card(&self, payment: &CardPayment) -> Result<PaymentInfo, Error> {
        let payment = WirePayment::card(payment, &self.wallet);
        self.pay("32064", &payment).await
    }

    /// Asks what became of a payment.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn transaction(&self, payment: &PaymentInfo) -> Result<Transaction, Error> {
        let mut path = "payment-history/v2/transactions/".to_owned();
        pantoken_core::percent::encode_into(&mut path, &payment.transaction_id);
        path.push_str("?type=OUT");
        read(&self.transport.get(&path).await?)
    }

    /// Orders a card. The order is a draft until it is confirmed.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn create_order(&self, card_type: &CardType) -> Result<Order, Error> {
        let path = format!("cards/v2/persons/{}/orders", self.wallet.as_str());
        let body = json!({"cardAlias": card_type});
        read(&self.transport.send(Method::POST, &path, &body).await?)
    }

    /// Confirms an order. A free card is issued at once; another one has to be paid for:
    /// [`Order::next_step`] says which.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn submit_order(&self, order: &OrderId) -> Result<Order, Error> {
        let (wallet, id) = (self.wallet.as_str(), order.as_str());
        let path = format!("cards/v2/persons/{wallet}/orders/{id}/submit");
        let submitted: Order = read(&self.transport.put(&path).await?)?;
        if submitted.id == *order {
            Ok(submitted)
        } else {
            Err(Error::Unknown(UnknownCause::OtherOrder))
        }
    }

    /// Lists the cards of the package.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn cards(&self) -> Result<Vec<Card>, Error> {
        let body = self.transport.get("cards/v1/cards?vas-alias=qvc-master");
        Ok(read_list(&body.await?)?)
    }

    /// Shows the number and the security code of a card. `operation_id` is any UUID of yours.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn card_details(
        &self,
        card: &CardId,
        operation_id: &Uuid,
    ) -> Result<CardDetails, Error> {
        let path = format!("cards/v1/cards/{}/details", card.as_str());
        let body = json!({"operationId": operation_id.hyphenated().to_string()});
        read(&self.transport.send(Method::PUT, &path, &body).await?)
    }

    /// Downloads the statement of a card as a PDF file.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn statement(
        &self,
        card: &CardId,
        period: &StatementPeriod,
    ) -> Result<Statement, Error> {
        let (wallet, id) = (self.wallet.as_str(), card.as_str());
        let query = period.to_query();
        let path = format!("payment-history/v1/persons/{wallet}/cards/{id}/statement?{query}");
        let body = self.transport.get_pdf(&path).await?;
        Statement::read(&body).ok_or(Error::Unknown(UnknownCause::NotAStatement))
    }

    /// Blocks a card.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn block(&self, card: &CardId) -> Result<(), Error> {
        let (wallet, id) = (self.wallet.as_str(), card.as_str());
        let path = format!("cards/v2/persons/{wallet}/cards/{id}/block");
        done(&self.transport.put(&path).await?)
    }

    /// Unblocks a card, within 90 days of its block by API.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn unblock(&self, card: &CardId) -> Result<(), Error> {
        let (wallet, id) = (self.wallet.as_str(), card.as_str());
        let path = format!("cards/v2/persons/{wallet}/cards/{id}/unblock");
        done(&self.transport.put(&path).await?)
    }

    /// Renames a card.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn rename(&self, card: &CardId, name: &CardName) -> Result<(), Error> {
        let path = format!("cards/v1/cards/{}/alias", card.as_str());
        let body = json!({"alias": name});
        done(&self.transport.send(Method::PUT, &path, &body).await?)
    }

    async fn pay(&self, terms: &str, payment: &WirePayment<'_>) -> Result<PaymentInfo, Error> {
        let path = format!("sinap/api/v2/terms/{terms}/payments");
        read(&self.transport.send(Method::POST, &path, payment).await?)
    }
}

fn read<T: ReadObject>(body: &Body) -> Result<T, Error> {
    Ok(T::read_object(&Object::parse(body)?, body)?)
}

/// Reads the answer to an action: nothing, or a status.
fn done(body: &Body) -> Result<(), Error> {
    if body.trim_ascii().is_empty() {
        return Ok(());
    }
    let status: String = Object::parse(body)?.require("status")?;
    match (status.as_str(), ApiError::read(body)) {
        ("OK", _) => Ok(()),
        (_, Some(error)) => Err(Error::action(error)),
        (_, None) => Err(Error::action(ApiError::of_status(status))),
    }
}
