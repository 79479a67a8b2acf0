//! What several calls share. Source: docs/payin.md, "Common types".

use std::collections::BTreeMap;
use std::fmt;

use pantoken_core::Secret;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{Amount, DateText, PaymentToken, PsErrorCode, Reason, secrets};
use pantoken_core::json::{FromJson, Object};
use pantoken_core::open_enum;

open_enum! {
    /// A flag of a request, an answer or a notification.
    pub enum Flag {
        /// The money is taken in one step, without a capture.
        Sale = "SALE",
        /// The money is held until it is captured.
        Auth = "AUTH",
        /// A payment token is to be issued. The request needs `customer.account`.
        BindPaymentToken = "BIND_PAYMENT_TOKEN",
        /// The card is only verified.
        CheckCard = "CHECK_CARD",
        /// A QR code is to issue a token.
        CreateToken = "CREATE_TOKEN",
        /// The operation was in test mode. It comes back and is not sent.
        Test = "TEST",
        /// The refund was of money that was only held.
        Reversal = "REVERSAL",
        /// The payment funds an account. It comes back and is not sent.
        Aft = "AFT",
    }
}

open_enum! {
    /// The state of a payment, capture, refund or payout. The API and notifications spell it differently.
    pub enum OperationStatus {
        /// A payout of two steps was created, and is not confirmed yet.
        Init = "INIT",
        /// The outcome is not known yet.
        Waiting = "WAITING",
        /// The operation succeeded.
        Completed = "COMPLETED" | "SUCCESS",
        /// The operation was declined. No money moved.
        Declined = "DECLINED" | "DECLINE",
    }
}

/// The state of an operation, with the reason if it was declined.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status<S> {
    /// The state.
    pub value: S,
    /// Since when.
    pub changed: Option<DateText>,
    /// Why it was declined.
    pub reason: Option<Reason>,
    /// What the provider says about it.
    pub reason_message: Option<String>,
    /// The code of the payment system.
    pub ps_error_code: Option<PsErrorCode>,
}

/// Reads the API's names of fields, and those of notifications.
impl<S: FromJson> FromJson for Status<S> {
    fn from_json(json: &RawValue) -> Option<Self> {
        let Some(object) = Object::from_raw(json) else {
            return S::from_json(json).map(Self::without_details);
        };
        Some(Self {
            value: object.read("value")?,
            changed: object.read_any(&["changedDateTime", "changedDatetime"]),
            reason: object.read_any(&["reason", "reasonCode", "rejectReason"]),
            reason_message: object.read("reasonMessage"),
            ps_error_code: object.read_any(&["psErrorCode", "errorCode"]),
        })
    }
}

impl<S> Status<S> {
    fn without_details(value: S) -> Self {
        Self {
            value,
            changed: None,
            reason: None,
            reason_message: None,
            ps_error_code: None,
        }
    }
}

/// The customer. `Debug` prints the account only, because the rest is personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Your id of the customer, of at most 64 characters. Tokens are bound to it, so it must mean one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The email address, of at most 64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The telephone number, of at most 15 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

impl Customer {
    /// Names a customer by your own id.
    #[must_use]
    pub fn with_account(account: &str) -> Self {
        Self {
            account: Some(account.to_owned()),
            ..Self::default()
        }
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut output = f.debug_struct("Customer");
        output.field("account", &self.account);
        output.finish_non_exhaustive()
    }
}

impl FromJson for Customer {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            account: object.read("account"),
            email: object.read("email"),
            phone: object.read("phone"),
            address: object.read("address"),
        })
    }
}

/// The address of a customer. It is never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Street, house and flat, in at most 1,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl FromJson for Address {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            country: object.read("country"),
            city: object.read("city"),
            region: object.read("region"),
            details: object.read("details"),
        })
    }
}

/// Your own fields of a bill or payment, and those that the provider adds: texts of at most 256 characters.
pub type CustomFields = BTreeMap<String, String>;

/// Who finally gets the money of a payment. It is never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiverData {
    /// The number of the receiver's card.
    #[cfg(feature = "card-data")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pan: Option<crate::CardNumber>,
    /// The receiver's wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<String>,
    /// The receiver's taxpayer number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inn: Option<String>,
    /// The receiver's telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The receiver's bank account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account: Option<String>,
    /// The receiver's bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
}

impl fmt::Debug for ReceiverData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiverData(…)")
    }
}

/// The customer's device. It is never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceData {
    /// The time of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datetime: Option<String>,
    /// The fingerprint of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The customer's IP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The size of the screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen_resolution: Option<String>,
    /// How long the customer was on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_on_page: Option<u32>,
    /// The browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

impl fmt::Debug for DeviceData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceData(…)")
    }
}

/// A merchant's share of an operation. The shares must add up to the operation's amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Split {
    /// The kind of the receiver.
    #[serde(rename = "type")]
    pub kind: SplitKind,
    /// The site of the merchant who gets the share.
    pub site_uid: String,
    /// The share.
    pub split_amount: Amount,
    /// The order that the share belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// A comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

open_enum! {
    /// The kind of the receiver of a share.
    pub enum SplitKind {
        /// A merchant.
        MerchantDetails = "MERCHANT_DETAILS",
    }
}

impl FromJson for Split {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            kind: object.read("type")?,
            site_uid: object.read("siteUid")?,
            split_amount: object.read("splitAmount")?,
            order_id: object.read("orderId"),
            comment: object.read("comment"),
        })
    }
}

/// What is known about a card from its number. The provider also sends texts such as `UNKNOWN` and `0`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardInfo {
    /// The issuer's country, as letters (`RUS`) or digits (`643`).
    pub issuing_country: Option<String>,
    /// The issuer.
    pub issuing_bank: Option<String>,
    /// The payment system, such as `VISA`.
    pub payment_system: Option<String>,
    /// Credit, debit or unknown.
    pub funding_source: Option<String>,
    /// The product, such as `Platinum`.
    pub payment_system_product: Option<String>,
}

impl FromJson for CardInfo {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            issuing_country: object.read("issuingCountry"),
            issuing_bank: object.read("issuingBank"),
            payment_system: object.read("paymentSystem"),
            funding_source: object.read("fundingSource"),
            payment_system_product: object.read("paymentSystemProduct"),
        })
    }
}

/// How a payment was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsedMethod {
    /// The kind of the method.
    pub kind: MethodKind,
    /// The number of the card, without its middle digits.
    pub masked_pan: Option<String>,
    /// The reference number of the retrieval.
    pub rrn: Option<String>,
    /// The code of the authorisation.
    pub auth_code: Option<String>,
    /// The name on the card. It is personal data and never printed.
    pub card_holder: Option<Secret>,
    /// When the card expires, as `MM/YYYY`. It is card data and never printed.
    pub card_expire_date: Option<Secret>,
    /// The telephone number that paid. It is personal data and never printed.
    pub phone: Option<Secret>,
}

open_enum! {
    /// A method of payment.
    pub enum MethodKind {
        /// A card.
        Card = "CARD",
        /// A payment token.
        Token = "TOKEN",
        /// The faster payments system.
        Sbp = "SBP",
        /// Apple Pay.
        ApplePay = "APPLE_PAY_TOKEN",
        /// Google Pay.
        GooglePay = "GOOGLE_PAY_TOKEN",
        /// Mir Pay.
        MirPay = "MIR_PAY_TOKEN",
        /// A mobile operator's account.
        MobileCommerce = "MOBILE_COMMERCE",
        /// A QIWI wallet.
        QiwiWallet = "QIWI_WALLET",
        /// A card that was saved in a wallet.
        SavedCard = "SAVED_CARD",
    }
}

impl FromJson for UsedMethod {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            kind: object.read("type")?,
            masked_pan: object.read("maskedPan"),
            rrn: object.read("rrn"),
            auth_code: object.read("authCode"),
            card_holder: object.read("cardHolder"),
            card_expire_date: object.read("cardExpireDate"),
            phone: object.read("phone"),
        })
    }
}

/// A payment token that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The token.
    pub token: PaymentToken,
    /// The masked number of its card, which is its name for the customer.
    pub name: Option<String>,
    /// When it expires: the first day of the card's last month in some answers, the last day in others.
    pub expires: Option<DateText>,
    /// The customer that it is bound to.
    pub account: Option<String>,
}

/// Reads `createdToken` of answers, and `tokenData` of notifications.
impl FromJson for IssuedToken {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            token: object.read_any(&["token", "paymentToken"])?,
            name: object.read("name"),
            expires: object.read("expiredDate"),
            account: object.read("account"),
        })
    }
}

/// What 3-D Secure needs: the customer's browser posts `PaReq`, `MD` and `TermUrl` to the address, which
/// posts `PaRes` to `TermUrl`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreeDs {
    /// The address of the issuer's page.
    pub acs_url: String,
    /// The request for the page. It is never printed.
    pub pareq: Secret,
}

impl FromJson for ThreeDs {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            acs_url: object.read("acsUrl")?,
            pareq: object.read("pareq")?,
        })
    }
}

/// The answer of the issuer's page, `PaRes`, which finishes 3-D Secure. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Pares(#[serde(serialize_with = "secrets::serialize")] Secret);

impl Pares {
    /// Wraps the text as the issuer's page posted it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Secret::new(text))
    }
}

impl fmt::Debug for Pares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pares(…)")
    }
}

/// A receipt by law 54-FZ, as the provider documents it. It is passed on as it is.
pub type Cheque = serde_json::Value;

/// The receipt that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChequeData {
    /// Its id.
    pub id: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
}

impl FromJson for ChequeData {
    fn from_json(json: &RawValue) -> Option<Self> {
        let object = Object::from_raw(json)?;
        Some(Self {
            id: object.read("id"),
            url: object.read("url"),
        })
    }
}
