use std::borrow::Cow;

use pantoken_core::json::{Object, Unreadable};
use rust_decimal::Decimal;

use crate::json::{self, FromText};
use crate::{
    CardToken, Currency, ErrorCode, MerchantSite, Opcode, RawJson, TxnId, TxnStatus, TxnType,
};

/// A transaction, as an answer, a list of transactions or a notification describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transaction {
    /// The provider's number of the transaction.
    pub txn_id: TxnId,
    /// What kind of transaction it is. Answers to some operations do not say.
    pub txn_type: Option<TxnType>,
    /// Its state.
    pub status: TxnStatus,
    /// What went wrong, or 0.
    pub error_code: ErrorCode,
    /// When it was made, as the provider wrote it.
    pub date: Option<String>,
    /// The amount. That of a payment is not reduced by its reversals and refunds.
    pub amount: Option<Decimal>,
    /// The currency.
    pub currency: Option<Currency>,
    /// The masked card number, such as `411111******1111`.
    pub pan: Option<String>,
    /// The card's token, if the site issues tokens.
    pub card_token: Option<CardToken>,
    /// Until when the card's token is valid, as the provider wrote it.
    pub card_token_expire: Option<String>,
    /// The issuer's code of the authorization.
    pub auth_code: Option<String>,
    /// How the payer was authenticated.
    pub eci: Option<String>,
    /// The bank that issued the card.
    pub issuer_name: Option<String>,
    /// The country of that bank.
    pub issuer_country: Option<String>,
    /// The order, if the request had one.
    pub order_id: Option<String>,
    /// The site.
    pub merchant_site: Option<MerchantSite>,
    /// Whether the provider calls it a test.
    pub is_test: bool,
    /// What 3-D Secure needs, if the payment waits for it.
    pub three_ds: Option<ThreeDs>,
    /// The number of the request in the provider's logs.
    pub request_id: Option<String>,
    /// The whole object.
    pub raw: RawJson,
}

/// What the payer's browser posts to the issuer.
#[derive(Clone, PartialEq, Eq)]
pub struct ThreeDs {
    /// The address of the issuer's page.
    pub acs_url: String,
    /// The request for it. Post it as `PaReq`, unchanged, with `TermUrl` and `MD`.
    pub pareq: String,
}

impl std::fmt::Debug for ThreeDs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ThreeDs(…)")
    }
}

/// Reads the text of a field by its name. An empty one counts as missing.
pub(crate) trait Source {
    fn get(&self, name: &str) -> Option<Cow<'_, str>>;

    fn read<T: FromText>(&self, name: &str) -> Option<T> {
        T::from_text(&self.get(name)?)
    }

    fn require<T: FromText>(&self, name: &'static str) -> Result<T, Unreadable> {
        self.read(name).ok_or(Unreadable::Field(name))
    }
}

impl Source for Object<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        json::text(self, name)
    }
}

impl Transaction {
    pub(crate) fn read(source: &impl Source, raw: &[u8]) -> Result<Self, Unreadable> {
        let acs_url = source.read("acs_url");
        // White space at the ends is no part of base64, and inside nothing is changed.
        let pareq = source
            .read("pareq")
            .map(|text: String| text.trim().to_owned());
        Ok(Self {
            txn_id: source.require("txn_id")?,
            txn_type: source.read("txn_type"),
            status: source.require("txn_status")?,
            error_code: source.read("error_code").unwrap_or(ErrorCode::NONE),
            date: source.read("txn_date"),
            amount: source.read("amount"),
            currency: source.read("currency"),
            pan: source.read("pan"),
            card_token: source.read("card_token"),
            card_token_expire: source.read("card_token_expire"),
            auth_code: source.read("auth_code"),
            eci: source.read("eci"),
            issuer_name: source
                .read("issuer_name")
                .or_else(|| source.read("card_bank")),
            issuer_country: source.read("issuer_country"),
            order_id: source.read("order_id"),
            merchant_site: source.read("merchant_site"),
            is_test: source.get("is_test").as_deref() == Some("true"),
            three_ds: acs_url
                .zip(pareq)
                .map(|(acs_url, pareq)| ThreeDs { acs_url, pareq }),
            request_id: source.read("request_id"),
            raw: RawJson::from_bytes(raw),
        })
    }

    /// Returns whether the money of a payment is secured, so that the goods may go: it is held or charged.
    #[must_use]
    pub fn is_secured(&self) -> bool {
        let is_held = self.status == TxnStatus::Authorized || self.status.is_completed();
        self.txn_type.is_none_or(TxnType::is_payment) && self.error_code.is_none() && is_held
    }

    /// Returns the operations that the provider allows next.
    #[must_use]
    pub fn next_operations(&self) -> &'static [Opcode] {
        match (self.status, &self.three_ds) {
            (TxnStatus::Init, None) => &[],
            (status, _) if self.txn_type.is_none_or(TxnType::is_payment) => {
                status.next_operations()
            }
            _ => &[],
        }
    }
}
