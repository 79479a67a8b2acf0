//! The published lengths of what a request contains, checked before it is sent.
//! Source: docs/payin.md, "Common types" and "Calls".

use serde::Serialize;

use crate::common::{CustomFields, Customer, ReceiverData};
use crate::{
    BillRequest, CaptureRequest, CardCheckCompletion, PaymentCompletion, PaymentRequest,
    PayoutReceiver, PayoutRequest, QrCodePaymentRequest, QrCodeRequest, RefundRequest,
    TokenDeletion,
};

/// A field of a request has a length that the provider refuses. The message does not contain its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field `{field}` must be {min} to {max} characters long")]
pub struct FieldError {
    /// The field, as the provider names it.
    pub field: &'static str,
    /// The smallest length in characters.
    pub min: usize,
    /// The greatest length in characters.
    pub max: usize,
}

/// A request whose fields have limits.
pub(crate) trait Request: Serialize {
    fn check(&self) -> Result<(), FieldError>;
}

const ACCOUNT: usize = 64;
const CALLBACK_URL: usize = 256;
const COMMENT: usize = 255;

/// Checks that a text, if there is one, is not too long.
fn max(field: &'static str, text: Option<&str>, max: usize) -> Result<(), FieldError> {
    text.map_or(Ok(()), |text| between(field, text, 0, max))
}

fn between(field: &'static str, text: &str, min: usize, max: usize) -> Result<(), FieldError> {
    let length = text.chars().count();
    if (min..=max).contains(&length) {
        Ok(())
    } else {
        Err(FieldError { field, min, max })
    }
}

fn check_account(field: &'static str, account: &str) -> Result<(), FieldError> {
    between(field, account, 1, ACCOUNT)
}

fn check_customer(customer: Option<&Customer>) -> Result<(), FieldError> {
    let Some(customer) = customer else {
        return Ok(());
    };
    if let Some(account) = &customer.account {
        check_account("customer.account", account)?;
    }
    max("customer.email", customer.email.as_deref(), 64)?;
    max("customer.phone", customer.phone.as_deref(), 15)?;
    let address = customer.address.as_ref();
    let details = address.and_then(|address| address.details.as_deref());
    max("customer.address.details", details, 1_000)
}

fn check_custom_fields(fields: &CustomFields) -> Result<(), FieldError> {
    let mut values = fields.values();
    values.try_for_each(|value| max("customFields", Some(value), 256))
}

fn check_receiver(receiver: Option<&ReceiverData>) -> Result<(), FieldError> {
    let Some(receiver) = receiver else {
        return Ok(());
    };
    max("receiverData.wallet", receiver.wallet.as_deref(), 64)?;
    max("receiverData.inn", receiver.inn.as_deref(), 12)?;
    max("receiverData.phone", receiver.phone.as_deref(), 15)?;
    let account = receiver.bank_account.as_deref();
    max("receiverData.bankAccount", account, 20)?;
    max("receiverData.bic", receiver.bic.as_deref(), 9)
}

impl Request for BillRequest {
    fn check(&self) -> Result<(), FieldError> {
        max("comment", self.comment.as_deref(), 256)?;
        check_customer(self.customer.as_ref())?;
        check_custom_fields(&self.custom_fields)?;
        check_receiver(self.receiver_data.as_ref())
    }
}

impl Request for PaymentRequest {
    fn check(&self) -> Result<(), FieldError> {
        max("callbackUrl", self.callback_url.as_deref(), CALLBACK_URL)?;
        max("comment", self.comment.as_deref(), COMMENT)?;
        check_customer(self.customer.as_ref())?;
        check_custom_fields(&self.custom_fields)?;
        check_receiver(self.receiver_data.as_ref())
    }
}

impl Request for PaymentCompletion {
    fn check(&self) -> Result<(), FieldError> {
        Ok(())
    }
}

impl Request for CaptureRequest {
    fn check(&self) -> Result<(), FieldError> {
        max("callbackUrl", self.callback_url.as_deref(), CALLBACK_URL)?;
        max("comment", self.comment.as_deref(), COMMENT)
    }
}

impl Request for RefundRequest {
    fn check(&self) -> Result<(), FieldError> {
        max("callbackUrl", self.callback_url.as_deref(), CALLBACK_URL)?;
        max("comment", self.comment.as_deref(), COMMENT)
    }
}

#[cfg(feature = "card-data")]
impl Request for crate::CardCheckRequest {
    fn check(&self) -> Result<(), FieldError> {
        match self.account() {
            Some(account) => check_account("tokenizationData.account", account),
            None => Ok(()),
        }
    }
}

impl Request for CardCheckCompletion {
    fn check(&self) -> Result<(), FieldError> {
        Ok(())
    }
}

impl Request for TokenDeletion {
    fn check(&self) -> Result<(), FieldError> {
        check_account("customerAccountId", self.account())
    }
}

impl Request for QrCodeRequest {
    fn check(&self) -> Result<(), FieldError> {
        max("paymentPurpose", self.payment_purpose.as_deref(), 140)?;
        max("redirectUrl", self.redirect_url.as_deref(), 1_000)?;
        let purpose = self.tokenization_purpose.as_deref();
        max("tokenizationPurpose", purpose, 140)?;
        match self.account() {
            Some(account) => check_account("tokenizationAccount", account),
            None => Ok(()),
        }
    }
}

impl Request for QrCodePaymentRequest {
    fn check(&self) -> Result<(), FieldError> {
        check_account("tokenizationAccount", self.account())
    }
}

impl Request for PayoutRequest {
    fn check(&self) -> Result<(), FieldError> {
        max("callbackUrl", self.callback_url.as_deref(), CALLBACK_URL)?;
        max("comment", self.comment.as_deref(), COMMENT)?;
        match self.receiver() {
            #[cfg(feature = "card-data")]
            PayoutReceiver::Card {
                first_name,
                last_name,
                ..
            } => {
                max("receiverFirstName", first_name.as_deref(), 64)?;
                max("receiverLastName", last_name.as_deref(), 64)
            }
            PayoutReceiver::Sbp {
                phone,
                bank_member_id,
            } => {
                between("phone", phone, 11, 13)?;
                between("bankMemberId", bank_member_id, 12, 12)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{Amount, BillId, PaymentId, PaymentToken, PayoutId, QrCodeUid};

    fn refused(request: &impl Request) -> Option<&'static str> {
        request.check().err().map(|error| error.field)
    }

    #[test]
    fn each_text_of_a_bill_has_a_limit() {
        let bill_id = BillId::parse("b").unwrap();
        let bill = BillRequest::card_check(bill_id, datetime!(2026-11-28 22:05 UTC));
        let bill = bill.issue_token(&"я".repeat(64));
        assert_eq!(refused(&bill), None);
        let with = |change: &dyn Fn(&mut BillRequest)| {
            let mut changed = bill.clone();
            change(&mut changed);
            refused(&changed)
        };
        let long = |length| Some("a".repeat(length));
        assert_eq!(with(&|bill| bill.comment = long(256)), None);
        assert_eq!(with(&|bill| bill.comment = long(257)), Some("comment"));
        let account = with(&|bill| bill.customer = Some(Customer::with_account("")));
        assert_eq!(account, Some("customer.account"));
        let account = with(&|bill| bill.customer = Some(Customer::with_account(&"a".repeat(65))));
        assert_eq!(account, Some("customer.account"));
        let email = with(&|bill| bill.customer.get_or_insert_default().email = long(65));
        assert_eq!(email, Some("customer.email"));
        let phone = with(&|bill| bill.customer.get_or_insert_default().phone = long(16));
        assert_eq!(phone, Some("customer.phone"));
        let field = with(&|bill| {
            let value = "a".repeat(257);
            bill.custom_fields.insert("cf1".to_owned(), value);
        });
        assert_eq!(field, Some("customFields"));
        let bic = with(&|bill| bill.receiver_data.get_or_insert_default().bic = long(10));
        assert_eq!(bic, Some("receiverData.bic"));
    }

    #[test]
    fn an_account_is_never_empty_or_too_long() {
        let token = PaymentToken::parse("t").unwrap();
        let uid = QrCodeUid::parse("q").unwrap();
        for account in ["", &"a".repeat(65)] {
            let deletion = TokenDeletion::new(account, token.clone());
            assert_eq!(refused(&deletion), Some("customerAccountId"));
            let code = QrCodeRequest::token(uid.clone(), account);
            assert_eq!(refused(&code), Some("tokenizationAccount"));
            let payment = QrCodePaymentRequest::new(uid.clone(), account, token.clone());
            assert_eq!(refused(&payment), Some("tokenizationAccount"));
        }
    }

    #[test]
    fn the_receiver_of_a_payout_has_limits() {
        let payout = |phone: &str, bank_member_id: &str| {
            PayoutRequest::new(
                PaymentId::parse("p").unwrap(),
                PayoutId::parse("p").unwrap(),
                Amount::parse("1.00", "RUB").unwrap(),
                PayoutReceiver::Sbp {
                    phone: phone.to_owned(),
                    bank_member_id: bank_member_id.to_owned(),
                },
            )
        };
        assert_eq!(refused(&payout("79161112233", "100000000005")), None);
        assert_eq!(
            refused(&payout("7916111223", "100000000005")),
            Some("phone")
        );
        let bank = refused(&payout("79161112233", "1000"));
        assert_eq!(bank, Some("bankMemberId"));
    }
}
