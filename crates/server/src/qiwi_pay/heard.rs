//! A transaction as facts need it, whether an answer or a notification told it.

use pantoken_qiwi_pay::{Notification, ThreeDs, Transaction, TxnStatus, TxnType};
use serde::{Deserialize, Serialize};

use super::money::hundredths;

/// What was heard of one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Heard {
    pub(crate) txn_id: u64,
    /// The provider's numbers.
    pub(crate) txn_type: u32,
    pub(crate) status: u32,
    pub(crate) error_code: u32,
    /// `None` if it has fractions of the second digit, or was not told.
    pub(crate) hundredths: Option<i64>,
    /// The numeric code.
    pub(crate) currency: Option<u16>,
    pub(crate) card: Option<Card>,
    pub(crate) card_token: Option<String>,
    pub(crate) card_token_expires: Option<String>,
    #[serde(skip)]
    pub(crate) three_ds: Option<ThreeDs>,
}

/// What is known of a card, without its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QiwiPayCard)]
#[schema(example = json!({"maskedPan": "411111******1111", "issuerName": "Bank", "issuerCountry": "RUS"}))]
pub(crate) struct Card {
    /// The masked number.
    pub(crate) masked_pan: String,
    #[schema(nullable = false)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issuer_name: Option<String>,
    #[schema(nullable = false)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issuer_country: Option<String>,
}

impl Heard {
    /// Takes a transaction of an answer. One without a type is of this one.
    pub(super) fn of(transaction: &Transaction, default: TxnType) -> Self {
        let masked = transaction.pan.as_ref().filter(|pan| pan.contains('*'));
        Self {
            txn_id: transaction.txn_id.number(),
            txn_type: transaction.txn_type.unwrap_or(default).number(),
            status: transaction.status.number(),
            error_code: transaction.error_code.number(),
            hundredths: transaction.amount.and_then(hundredths),
            currency: transaction
                .currency
                .map(pantoken_qiwi_pay::Currency::number),
            // What claims to be masked and is not is left out.
            card: masked.map(|pan| Card {
                masked_pan: pan.clone(),
                issuer_name: transaction.issuer_name.clone(),
                issuer_country: transaction.issuer_country.clone(),
            }),
            card_token: transaction
                .card_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
            card_token_expires: transaction.card_token_expire.clone(),
            three_ds: transaction.three_ds.clone(),
        }
    }

    /// Takes a notification. The card and its token are not signed.
    pub(super) fn notified(notification: &Notification) -> Self {
        Self {
            txn_id: notification.txn_id.number(),
            txn_type: notification.txn_type.number(),
            status: notification.status.number(),
            error_code: notification.error_code.number(),
            hundredths: hundredths(notification.amount),
            currency: Some(notification.currency.number()),
            ..Self::of(&notification.unsigned, notification.txn_type)
        }
    }

    pub(crate) fn kind(&self) -> TxnType {
        TxnType::from_number(self.txn_type)
    }

    pub(crate) fn status(&self) -> TxnStatus {
        TxnStatus::from_number(self.status)
    }

    /// Returns whether money is held, charged, returned or paid.
    pub(crate) fn is_done(&self) -> bool {
        let status = self.status();
        self.error_code == 0 && (status == TxnStatus::Authorized || status.is_completed())
    }

    pub(crate) fn is_declined(&self) -> bool {
        self.status() == TxnStatus::Declined
    }

    /// Describes it without anything secret.
    pub(super) fn describe(&self) -> String {
        let Self {
            txn_id,
            txn_type,
            status,
            error_code,
            ..
        } = self;
        format!("txn {txn_id} type {txn_type} status {status} error {error_code}")
    }
}
