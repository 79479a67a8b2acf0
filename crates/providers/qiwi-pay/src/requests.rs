//! The requests of the API. Each is one flat JSON object.
//! Source: docs/qiwi-pay.md, "Operations".

use time::OffsetDateTime;
use zeroize::Zeroizing;

#[cfg(feature = "card-data")]
use crate::CardData;
use crate::fields::{FieldProblem, Fields, optional_texts};
use crate::order::Details;
use crate::{
    Amount, AviaData, CardToken, DealParts, FieldError, FormError, Opcode, Operation, OrderId,
    Receipt, Site, TxnId, WalletToken,
};

/// A request of the API.
pub trait Request: sealed::Write {
    /// Returns the operation.
    fn opcode(&self) -> Opcode {
        self.operation()
    }

    /// Returns the signed JSON object that is sent. It is wiped when dropped.
    ///
    /// # Errors
    /// Returns [`FormError`] if a field or the receipt is refused.
    fn to_signed_json(&self, site: &Site) -> Result<Zeroizing<Vec<u8>>, FormError> {
        let mut fields = Fields::default();
        fields.number("opcode", self.opcode().number());
        fields.number("merchant_site", site.id());
        self.write(&mut fields)?;
        Ok(fields.to_json(site.key()))
    }
}

impl<T: sealed::Write> Request for T {}

mod sealed {
    use crate::fields::Fields;
    use crate::{FormError, Opcode};

    pub trait Write {
        fn operation(&self) -> Opcode;
        fn write(&self, fields: &mut Fields) -> Result<(), FormError>;
    }
}

/// What a payment charges.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A saved card.
    CardToken(CardToken),
    /// A card whose number you have.
    #[cfg(feature = "card-data")]
    Card(CardData),
    /// A payload of Apple Pay. The provider dropped it in September 2022.
    ApplePay(WalletToken),
    /// A payload of Google Pay. The provider dropped it in September 2022.
    GooglePay(WalletToken),
    /// A QIWI wallet, by its account: up to 50 digits.
    QiwiWallet(String),
}

optional_texts! {
    /// The payer's device. The provider may require some of it.
    pub struct Device {
        /// The address.
        ip: 15,
        /// Your number of the device.
        user_device_id: 64,
        /// The resolution of the screen.
        user_screen_res: 64,
        /// The browser.
        user_agent: 256,
    }
}

optional_texts! {
    /// Who receives the money of a payment to somebody else.
    pub struct Receiver {
        /// The receiver's name, as `Last, First` in Latin letters.
        receiver_name: 30,
        /// The bank account.
        receiver_bank_account: 20,
        /// The code of the bank.
        receiver_bic: 9,
        /// The wallet.
        receiver_wallet: 64,
        /// The taxpayer number.
        receiver_inn: 12,
        /// The phone number.
        receiver_phone: 15,
    }
}

/// A payment through the API: opcode 1 or 3.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentRequest {
    /// Whether the amount is charged or held.
    pub operation: Operation,
    /// The amount.
    pub amount: Amount,
    /// What is charged.
    pub source: Source,
    /// The order. Without one, a lost answer cannot be asked for.
    pub order_id: OrderId,
    /// The cardholder's name, in Latin letters.
    pub card_name: Option<String>,
    /// What is known of the payer and the goods.
    pub details: Details,
    /// The payer's device.
    pub device: Device,
    /// The time at the payer's place.
    pub user_time: Option<OffsetDateTime>,
    /// Who receives the money of a payment to somebody else.
    pub receiver: Receiver,
    /// Where notifications are sent, instead of the address that the provider has of you.
    pub callback_url: Option<String>,
    /// The fiscal receipt. Its total must be the amount.
    pub receipt: Option<Receipt>,
    /// Data of airline tickets.
    pub avia: Option<AviaData>,
}

impl PaymentRequest {
    /// Charges or holds an amount.
    #[must_use]
    pub fn new(operation: Operation, order_id: OrderId, amount: Amount, source: Source) -> Self {
        Self {
            operation,
            amount,
            source,
            order_id,
            card_name: None,
            details: Details::default(),
            device: Device::default(),
            user_time: None,
            receiver: Receiver::default(),
            callback_url: None,
            receipt: None,
            avia: None,
        }
    }
}

impl sealed::Write for PaymentRequest {
    fn operation(&self) -> Opcode {
        self.operation.opcode()
    }

    fn write(&self, fields: &mut Fields) -> Result<(), FormError> {
        fields.amount(&self.amount);
        fields.checked("order_id", self.order_id.as_str());
        self.source.write(fields)?;
        write_name(fields, self.card_name.as_deref())?;
        self.details.write(fields)?;
        self.device.write(fields)?;
        fields.time("user_timedate", self.user_time);
        self.receiver.write(fields)?;
        fields.url("callback_url", self.callback_url.as_deref())?;
        if let Some(receipt) = &self.receipt {
            fields.checked("cheque", &receipt.encode(&self.amount)?);
        }
        if let Some(avia) = &self.avia {
            avia.write(fields)?;
        }
        Ok(())
    }
}

impl Source {
    fn write(&self, fields: &mut Fields) -> Result<(), FieldError> {
        match self {
            Self::CardToken(token) => write_token(fields, token),
            #[cfg(feature = "card-data")]
            Self::Card(card) => {
                card.write(fields);
                Ok(())
            }
            Self::ApplePay(token) => {
                fields.checked("apple_pay_encoded_payment_token", token.expose());
                Ok(())
            }
            Self::GooglePay(token) => {
                fields.checked("google_pay_encoded_payment_token", token.expose());
                Ok(())
            }
            Self::QiwiWallet(account) => {
                let is_number = account.bytes().all(|byte| byte.is_ascii_digit());
                if !is_number || !(1..=50).contains(&account.len()) || account.starts_with('0') {
                    return Err(FieldProblem::Format("1 to 50 digits").of("account_id"));
                }
                fields.checked("wallet_type", "QIWI");
                fields.number("account_id", account);
                Ok(())
            }
        }
    }
}

fn write_token(fields: &mut Fields, token: &CardToken) -> Result<(), FieldError> {
    fields.text("card_token", Some(token.expose()), 40)
}

fn write_name(fields: &mut Fields, name: Option<&str>) -> Result<(), FieldError> {
    if name.is_some_and(|name| !name.is_ascii()) {
        return Err(FieldProblem::Format("Latin letters").of("card_name"));
    }
    fields.text("card_name", name, 64)
}

/// The end of 3-D Secure: opcode 2, within 15 minutes.
#[derive(Clone, PartialEq, Eq)]
pub struct Finish3dsRequest {
    txn_id: TxnId,
    pares: Zeroizing<String>,
}

/// The longest `PaRes` that is sent. The provider documents 4,096 characters, but issuers' are longer.
const MAX_PARES: usize = 64 * 1024;

impl Finish3dsRequest {
    /// Passes on the `PaRes` that the issuer's page posted, unchanged.
    #[must_use]
    pub fn new(txn_id: TxnId, pares: &str) -> Self {
        let pares = Zeroizing::new(pares.to_owned());
        Self { txn_id, pares }
    }

    /// Returns the transaction.
    #[must_use]
    pub fn txn_id(&self) -> TxnId {
        self.txn_id
    }
}

impl std::fmt::Debug for Finish3dsRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finish3dsRequest(…)")
    }
}

impl sealed::Write for Finish3dsRequest {
    fn operation(&self) -> Opcode {
        Opcode::Finish3ds
    }

    fn write(&self, fields: &mut Fields) -> Result<(), FormError> {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
        if self.pares.is_empty() || !self.pares.bytes().all(is_base64) {
            return Err(FieldProblem::Format("base64").of("pares").into());
        }
        if self.pares.len() > MAX_PARES {
            let (min, max) = (1, MAX_PARES);
            return Err(FieldProblem::Length { min, max }.of("pares").into());
        }
        fields.number("txn_id", self.txn_id);
        fields.checked("pares", &self.pares);
        Ok(())
    }
}

/// A capture of the whole amount that is held: opcode 5.
///
/// The provider asks not to send it again before it was answered. If the answer is lost, ask for the status, and
/// wait three minutes before you send it again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaptureRequest {
    /// The transaction that holds the amount.
    pub txn_id: TxnId,
    /// The fiscal receipt, and the amount that is its total.
    pub receipt: Option<(Receipt, Amount)>,
    /// Data of airline tickets that was not known before.
    pub avia: Option<AviaData>,
    /// A field of your own, or the wallet of a safe deal, which the provider wants at both steps.
    pub cf1: Option<String>,
}

impl CaptureRequest {
    /// Captures the whole amount.
    #[must_use]
    pub fn new(txn_id: TxnId) -> Self {
        Self {
            txn_id,
            receipt: None,
            avia: None,
            cf1: None,
        }
    }
}

impl sealed::Write for CaptureRequest {
    fn operation(&self) -> Opcode {
        Opcode::Capture
    }

    fn write(&self, fields: &mut Fields) -> Result<(), FormError> {
        fields.number("txn_id", self.txn_id);
        write_receipt(fields, self.receipt.as_ref())?;
        if let Some(avia) = &self.avia {
            avia.write(fields)?;
        }
        Ok(fields.text("cf1", self.cf1.as_deref(), 256)?)
    }
}

/// A return of money: a reversal, opcode 6, or a refund, opcode 7.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReturnRequest {
    kind: ReturnKind,
    /// The transaction of the payment.
    pub txn_id: TxnId,
    /// How much is returned, or everything. Parts may be returned one after the other.
    pub amount: Option<Amount>,
    /// The parts of what is returned of a safe deal.
    pub deal: Option<DealParts>,
    /// The field for the parts of a safe deal.
    pub deal_field: DealField,
    /// The fiscal receipt, and the amount that is its total. Some of the provider's documents list it, and some do
    /// not; ask its support whether your site may send it.
    pub receipt: Option<(Receipt, Amount)>,
}

/// Whether held or charged money is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnKind {
    /// Held money is released, or a sale is cancelled on its day.
    Reversal,
    /// Charged money is given back.
    Refund,
}

/// The field that carries the parts of a safe deal. The provider's document says `cf2`; a client in use puts them
/// into `cf3`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DealField {
    /// As documented.
    #[default]
    Cf2,
    /// As one client does.
    Cf3,
}

impl ReturnRequest {
    /// Releases held money, or cancels a sale.
    #[must_use]
    pub fn reversal(txn_id: TxnId, amount: Option<Amount>) -> Self {
        Self::new(ReturnKind::Reversal, txn_id, amount)
    }

    /// Gives charged money back.
    #[must_use]
    pub fn refund(txn_id: TxnId, amount: Option<Amount>) -> Self {
        Self::new(ReturnKind::Refund, txn_id, amount)
    }

    fn new(kind: ReturnKind, txn_id: TxnId, amount: Option<Amount>) -> Self {
        Self {
            kind,
            txn_id,
            amount,
            deal: None,
            deal_field: DealField::default(),
            receipt: None,
        }
    }

    /// Returns whether held or charged money is returned.
    #[must_use]
    pub fn kind(&self) -> ReturnKind {
        self.kind
    }
}

impl sealed::Write for ReturnRequest {
    fn operation(&self) -> Opcode {
        match self.kind {
            ReturnKind::Reversal => Opcode::Reversal,
            ReturnKind::Refund => Opcode::Refund,
        }
    }

    fn write(&self, fields: &mut Fields) -> Result<(), FormError> {
        fields.number("txn_id", self.txn_id);
        if let Some(amount) = &self.amount {
            // The currency is that of the payment.
            fields.checked("amount", &amount.to_wire());
        }
        if let Some(deal) = &self.deal {
            let field = match self.deal_field {
                DealField::Cf2 => "cf2",
                DealField::Cf3 => "cf3",
            };
            fields.checked(field, &deal.to_wire());
        }
        write_receipt(fields, self.receipt.as_ref())
    }
}

/// Writes the receipt of a call that may have none, and the amount that is its total.
fn write_receipt(
    fields: &mut Fields,
    receipt: Option<&(Receipt, Amount)>,
) -> Result<(), FormError> {
    if let Some((receipt, amount)) = receipt {
        fields.checked("cheque", &receipt.encode(amount)?);
    }
    Ok(())
}

/// To what a payout pays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayoutTarget {
    /// A saved card.
    CardToken(CardToken),
    /// A card whose number you have.
    #[cfg(feature = "card-data")]
    Card(crate::CardNumber),
}

/// A payout to a card: opcode 20.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PayoutRequest {
    /// The amount.
    pub amount: Amount,
    /// The card.
    pub target: PayoutTarget,
    /// Your name of the payout. Without one, a lost answer cannot be asked for.
    pub order_id: OrderId,
    /// The payment of a safe deal that is paid out. It limits the sum.
    pub deal_txn_id: Option<TxnId>,
    /// The cardholder's name, in Latin letters.
    pub card_name: Option<String>,
    /// What is known of the receiver. Only your own fields, the product and the receiver's name with you are sent.
    pub details: Details,
    /// Where notifications are sent, instead of the address that the provider has of you.
    pub callback_url: Option<String>,
}

impl PayoutRequest {
    /// Pays to a card.
    #[must_use]
    pub fn new(order_id: OrderId, amount: Amount, target: PayoutTarget) -> Self {
        Self {
            amount,
            target,
            order_id,
            deal_txn_id: None,
            card_name: None,
            details: Details::default(),
            callback_url: None,
        }
    }
}

impl sealed::Write for PayoutRequest {
    fn operation(&self) -> Opcode {
        Opcode::Payout
    }

    fn write(&self, fields: &mut Fields) -> Result<(), FormError> {
        fields.amount(&self.amount);
        fields.checked("order_id", self.order_id.as_str());
        match &self.target {
            PayoutTarget::CardToken(token) => write_token(fields, token)?,
            #[cfg(feature = "card-data")]
            PayoutTarget::Card(number) => fields.checked("pan", number.expose()),
        }
        if let Some(txn_id) = self.deal_txn_id {
            fields.number("txn_id", txn_id);
        }
        write_name(fields, self.card_name.as_deref())?;
        let Details {
            cf1,
            cf2,
            cf3,
            cf4,
            cf5,
            product_name,
            merchant_uid,
            ..
        } = self.details.clone();
        let sent = Details {
            cf1,
            cf2,
            cf3,
            cf4,
            cf5,
            product_name,
            merchant_uid,
            ..Details::default()
        };
        sent.write(fields)?;
        Ok(fields.url("callback_url", self.callback_url.as_deref())?)
    }
}

/// A question for transactions: opcode 30.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusRequest {
    /// A transaction, with its reversals, refunds and payouts.
    Transaction(TxnId),
    /// All transactions of an order.
    Order(OrderId),
}

impl sealed::Write for StatusRequest {
    fn operation(&self) -> Opcode {
        Opcode::Status
    }

    fn write(&self, fields: &mut Fields) -> Result<(), FormError> {
        match self {
            Self::Transaction(txn_id) => fields.number("txn_id", txn_id),
            Self::Order(order_id) => fields.checked("order_id", order_id.as_str()),
        }
        Ok(())
    }
}

/// A question for the cards that are linked to a token or a payer: opcode 40.
///
/// **Experimental.** The provider publishes the name and the purpose of this operation and nothing else. The fields
/// are a guess, and the answer is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardsRequest {
    /// By a card's token.
    CardToken(CardToken),
    /// By your name of the payer.
    MerchantUid(String),
}

impl sealed::Write for CardsRequest {
    fn operation(&self) -> Opcode {
        Opcode::CardsByToken
    }

    fn write(&self, fields: &mut Fields) -> Result<(), FormError> {
        match self {
            Self::CardToken(token) => Ok(write_token(fields, token)?),
            Self::MerchantUid(uid) => Ok(fields.text("merchant_uid", Some(uid), 64)?),
        }
    }
}
