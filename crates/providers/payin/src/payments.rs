use serde::{Serialize, Serializer};

use crate::common::{
    CardInfo, Cheque, ChequeData, CustomFields, Customer, DeviceData, Flag, IssuedToken,
    OperationStatus, Pares, ReceiverData, Split, Status, ThreeDs, UsedMethod,
};
use crate::{Amount, BillId, DateText, PaymentId, PaymentToken, RawJson};
use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::open_enum;

/// A payment through the API. Source: docs/payin.md, "Calls".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRequest {
    /// The id, which you choose. It is part of the path.
    #[serde(skip)]
    pub payment_id: PaymentId,
    payment_method: PaymentMethod,
    amount: Amount,
    /// The bill that is paid. Without one, the provider makes its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_id: Option<BillId>,
    /// Where notifications go: an https URL of at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// A comment of at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The customer's device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_data: Option<DeviceData>,
    /// Who finally gets the money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_data: Option<ReceiverData>,
    /// Your own fields.
    #[serde(skip_serializing_if = "CustomFields::is_empty")]
    pub custom_fields: CustomFields,
    /// The shares of other merchants.
    #[serde(rename = "paymentSplits", skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
    /// The receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cheque: Option<Cheque>,
}

impl PaymentRequest {
    /// Charges a payment token of this customer, in one step. See [`Self::hold`] for two.
    #[must_use]
    pub fn with_token(
        payment_id: PaymentId,
        amount: Amount,
        token: TokenMethod,
        account: &str,
    ) -> Self {
        let customer = Customer::with_account(account);
        let method = PaymentMethod::Token(token);
        Self::new(payment_id, amount, method, Some(customer))
    }

    /// Charges a card, in one step. See [`Self::hold`] for two.
    #[cfg(feature = "card-data")]
    #[must_use]
    pub fn with_card(payment_id: PaymentId, amount: Amount, card: crate::CardMethod) -> Self {
        let method = PaymentMethod::Card(Box::new(card));
        Self::new(payment_id, amount, method, None)
    }

    /// Charges a card with the cryptogram of Mir Pay, in one step. See [`Self::hold`] for two.
    #[must_use]
    pub fn with_mir_pay(payment_id: PaymentId, amount: Amount, cryptogram: PaymentToken) -> Self {
        let method = PaymentMethod::MirPay(cryptogram);
        Self::new(payment_id, amount, method, None)
    }

    fn new(
        payment_id: PaymentId,
        amount: Amount,
        payment_method: PaymentMethod,
        customer: Option<Customer>,
    ) -> Self {
        Self {
            payment_id,
            payment_method,
            amount,
            bill_id: None,
            callback_url: None,
            comment: None,
            flags: vec![Flag::Sale],
            customer,
            device_data: None,
            receiver_data: None,
            custom_fields: CustomFields::new(),
            splits: Vec::new(),
            cheque: None,
        }
    }

    /// Only holds the money until you capture it. An unconfirmed hold captures itself after 72 hours, or as
    /// your contract says.
    #[must_use]
    pub fn hold(mut self) -> Self {
        self.flags.retain(|flag| *flag != Flag::Sale);
        self
    }

    /// Also issues a payment token for the card, bound to this customer.
    #[must_use]
    pub fn issue_token(mut self, account: &str) -> Self {
        let customer = self.customer.get_or_insert_default();
        customer.account = Some(account.to_owned());
        if !self.flags.contains(&Flag::BindPaymentToken) {
            self.flags.push(Flag::BindPaymentToken);
        }
        self
    }

    /// Returns the amount.
    #[must_use]
    pub fn amount(&self) -> &Amount {
        &self.amount
    }
}

/// How a payment is made.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PaymentMethod {
    Token(TokenMethod),
    MirPay(PaymentToken),
    #[cfg(feature = "card-data")]
    Card(Box<crate::CardMethod>),
}

impl Serialize for PaymentMethod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Tagged<'a, T> {
            #[serde(rename = "type")]
            kind: &'static str,
            #[serde(flatten)]
            method: &'a T,
        }
        #[derive(Serialize)]
        struct MirPay<'a> {
            cryptogram: &'a PaymentToken,
        }
        match self {
            Self::Token(method) => Tagged {
                kind: "TOKEN",
                method,
            }
            .serialize(serializer),
            Self::MirPay(cryptogram) => Tagged {
                kind: "MIR_PAY_TOKEN",
                method: &MirPay { cryptogram },
            }
            .serialize(serializer),
            #[cfg(feature = "card-data")]
            Self::Card(method) => Tagged {
                kind: "CARD",
                method: &**method,
            }
            .serialize(serializer),
        }
    }
}

/// A payment token, and on whose initiative it is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenMethod {
    payment_token: PaymentToken,
    /// On whose initiative the card is charged. [`Initiator::FirstPayment`] is for cards only.
    #[serde(
        rename = "cardTokenPaymentType",
        skip_serializing_if = "Option::is_none"
    )]
    pub initiator: Option<Initiator>,
    /// The first payment of a series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_transaction: Option<FirstTransaction>,
}

impl TokenMethod {
    /// Charges this token.
    #[must_use]
    pub fn new(payment_token: PaymentToken) -> Self {
        Self {
            payment_token,
            initiator: None,
            first_transaction: None,
        }
    }
}

open_enum! {
    /// On whose initiative a saved card is charged.
    pub enum Initiator {
        /// The first payment of a series.
        FirstPayment = "FIRST_PAYMENT",
        /// The customer's.
        Client = "INITIATED_BY_CLIENT",
        /// The merchant's.
        Merchant = "INITIATED_BY_MERCHANT",
        /// A payment that recurs at agreed times.
        Recurring = "RECURRING_PAYMENT",
        /// An instalment.
        Installment = "INSTALLMENT",
    }
}

/// The first payment of a series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstTransaction {
    /// Its id.
    pub payment_id: PaymentId,
    /// Its number in the payment system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trn_id: Option<String>,
}

/// Finishes the 3-D Secure of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentCompletion {
    /// The payment.
    pub payment_id: PaymentId,
    /// The answer of the issuer's page.
    pub pares: Pares,
}

impl Serialize for PaymentCompletion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            #[serde(rename = "threeDS")]
            three_ds: ThreeDsBody<'a>,
        }
        #[derive(Serialize)]
        struct ThreeDsBody<'a> {
            pares: &'a Pares,
        }
        let three_ds = ThreeDsBody { pares: &self.pares };
        Body { three_ds }.serialize(serializer)
    }
}

/// A payment, in an answer or a notification. The two name some fields differently.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payment {
    /// The id.
    pub payment_id: PaymentId,
    /// The bill. A bill that you did not name begins with `autogenerated-`.
    pub bill_id: Option<BillId>,
    /// When it was created.
    pub created: Option<DateText>,
    /// The amount.
    pub amount: Amount,
    /// How much of it was captured. Without [`Flag::Sale`], 0.00 until a capture. Only answers have it.
    pub captured_amount: Option<Amount>,
    /// How much of it was given back. Only answers have it.
    pub refunded_amount: Option<Amount>,
    /// The amount in the currency of the settlement.
    pub settlement_amount: Option<Amount>,
    /// The state.
    pub status: Status<OperationStatus>,
    /// How it was made.
    pub method: Option<UsedMethod>,
    /// The token that was issued.
    pub token: Option<IssuedToken>,
    /// What 3-D Secure needs, while the payment waits for it.
    pub three_ds: Option<ThreeDs>,
    /// What is known about the card.
    pub card_info: Option<CardInfo>,
    /// The customer.
    pub customer: Option<Customer>,
    /// Your own fields, and those of the provider.
    pub custom_fields: CustomFields,
    /// Where notifications go.
    pub callback_url: Option<String>,
    /// The flags.
    pub flags: Vec<Flag>,
    /// The shares of other merchants.
    pub splits: Vec<Split>,
    /// The QR code that was paid.
    pub qr_code_uid: Option<String>,
    /// The site. Only notifications have it.
    pub site_uid: Option<String>,
    /// The receipt. Only notifications have it.
    pub cheque: Option<ChequeData>,
    /// The whole object.
    pub raw: RawJson,
}

impl ReadObject for Payment {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        let requirements = object.object("requirements");
        Ok(Self {
            payment_id: object.require("paymentId")?,
            bill_id: object.read("billId"),
            created: object.read_any(&["createdDateTime", "createdDatetime"]),
            amount: object.require("amount")?,
            captured_amount: object.read("capturedAmount"),
            refunded_amount: object.read("refundedAmount"),
            settlement_amount: object.read("settlementAmount"),
            status: object.require("status")?,
            method: object.read("paymentMethod"),
            token: object.read_any(&["createdToken", "tokenData"]),
            three_ds: requirements.and_then(|requirements| requirements.read("threeDS")),
            card_info: object.read("paymentCardInfo"),
            customer: object.read("customer"),
            custom_fields: object.read("customFields").unwrap_or_default(),
            callback_url: object.read("callbackUrl"),
            flags: object.read("flags").unwrap_or_default(),
            splits: object.read("paymentSplits").unwrap_or_default(),
            qr_code_uid: object.read("qrCodeUid"),
            site_uid: object.read("merchantSiteUid"),
            cheque: object.read("chequeData"),
            raw: RawJson::from_bytes(raw),
        })
    }
}
