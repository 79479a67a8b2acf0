//! A payment that a customer made on a form or with a QR code, without a request of this server.

use pantoken_store::{Digest, NewOperation, Progress, StoredOperation};
use serde::{Deserialize, Serialize};

use super::money::Money;
use super::payment::{self, Payment};
use crate::operations::stored::write;

/// A payment that has succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"paymentId": "order-7", "amount": {"value": "10.00", "currency": "RUB"}}))]
#[schema(as = PayinReceivedPayment)]
pub(crate) struct ReceivedPayment {
    pub(crate) payment_id: String,
    pub(crate) amount: Money,
}

impl ReceivedPayment {
    /// Makes the record of a payment that another operation has brought about, so that it can be given back.
    pub(super) fn record(
        &self,
        cause: &StoredOperation,
        customer: Option<&str>,
        now: i64,
    ) -> Option<NewOperation> {
        let payment = Payment {
            customer: customer.unwrap_or_default().to_owned(),
            payment_token: String::new(),
            amount: self.amount.clone(),
            capture: true,
            comment: None,
            state: payment::State::Captured,
            reason: None,
            captured: self.amount.hundredths()?,
            refunded: 0,
        };
        Some(NewOperation {
            kind: payment::KIND.to_owned(),
            key: self.payment_id.clone(),
            parent: None,
            customer: customer.map(ToOwned::to_owned),
            created_by: cause.created_by.clone(),
            // No request of the API has this fingerprint.
            fingerprint: Digest::of(cause.key.as_bytes()),
            progress: Progress {
                is_final: true,
                ..Progress::new(payment.state.as_str(), write(&payment).ok()?)
            },
            created_at: now,
            leased_until: None,
            deadline_at: None,
        })
    }
}
