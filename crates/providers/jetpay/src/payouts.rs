//! Payouts to QIWI wallets, and the question about their status. Source: docs/jetpay.md, "Payouts".

use std::net::IpAddr;

use serde::Serialize;

use crate::amount::{Amount, Currency};
use crate::error::{Error, NotSent, UnknownCause};
use crate::gate_error::GateError;
use crate::id::{PaymentId, ProjectId};
use crate::json::{Body, Json, Unreadable, text_or_number};
use crate::payment::Payment;
use crate::signature::{SecretKey, SignError};

/// A field of a payout that the platform would refuse. The message does not contain its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// It is too short or too long.
    #[error("the field `{field}` must be 1 to {max} characters long")]
    Length {
        /// The field, as the platform names it.
        field: &'static str,
        /// The greatest length in characters.
        max: usize,
    },
    /// It contains what would make the signature ambiguous.
    #[error("the field `{0}` must not contain `;` or control characters")]
    Character(&'static str),
    /// The amount is out of range, or not in tenge.
    #[error("the amount must be from 1 to 10000000000000 minor units of KZT")]
    Amount,
}

/// The customer who is paid. All fields are required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs)]
pub struct PayoutCustomer {
    /// Your id of the customer, of 1 to 255 characters.
    pub id: String,
    /// The address of the customer's device.
    pub ip_address: IpAddr,
    /// The first name, of 1 to 255 characters.
    pub first_name: String,
    /// The last name, of 1 to 255 characters.
    pub last_name: String,
    /// The email address, of 1 to 255 characters.
    pub email: String,
}

/// A payout that has been checked. The same payout is always the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutRequest {
    payment_id: PaymentId,
    customer: PayoutCustomer,
    account: String,
    amount: Amount,
    description: Option<String>,
}

impl PayoutRequest {
    /// Creates a payout to the account with this number.
    ///
    /// # Errors
    /// Returns [`FieldError`] for a field that the platform would refuse, or that cannot be signed.
    pub fn new(
        payment_id: PaymentId,
        customer: PayoutCustomer,
        account: &str,
        amount: Amount,
    ) -> Result<Self, FieldError> {
        check("customer.id", &customer.id, 255)?;
        check("customer.first_name", &customer.first_name, 255)?;
        check("customer.last_name", &customer.last_name, 255)?;
        check("customer.email", &customer.email, 255)?;
        check("account.number", account, 100)?;
        if *amount.currency() != Currency::KZT {
            return Err(FieldError::Amount);
        }
        Ok(Self {
            payment_id,
            customer,
            account: account.to_owned(),
            amount,
            description: None,
        })
    }

    /// Sets the description.
    ///
    /// # Errors
    /// Returns [`FieldError`] if it is not 1 to 255 characters long, or cannot be signed.
    pub fn description(mut self, description: &str) -> Result<Self, FieldError> {
        check("payment.description", description, 255)?;
        self.description = Some(description.to_owned());
        Ok(self)
    }

    /// Returns the id.
    #[must_use]
    pub fn payment_id(&self) -> &PaymentId {
        &self.payment_id
    }

    /// Returns the amount.
    #[must_use]
    pub fn amount(&self) -> &Amount {
        &self.amount
    }

    /// Writes the signed request, for `POST {gate}/v2/payment/wallet/qiwi-kz/payout`.
    ///
    /// # Errors
    /// Returns [`NotSent`] if it cannot be signed.
    pub fn to_json(&self, project_id: ProjectId, key: &SecretKey) -> Result<Vec<u8>, NotSent> {
        sign(key, |signature| PayoutJson {
            general: General::new(project_id, &self.payment_id, signature),
            customer: &self.customer,
            account: AccountJson {
                number: &self.account,
            },
            payment: PaymentJson {
                amount: self.amount.minor_units(),
                currency: self.amount.currency().as_str(),
                description: self.description.as_deref(),
            },
        })
    }
}

/// Writes the signed question about a payment, for `POST {gate}/v2/payment/status`.
///
/// # Errors
/// Returns [`NotSent`] if it cannot be signed.
pub fn status_request(
    project_id: ProjectId,
    payment_id: &PaymentId,
    key: &SecretKey,
) -> Result<Vec<u8>, NotSent> {
    sign(key, |signature| StatusJson {
        general: General::new(project_id, payment_id, signature),
    })
}

/// The platform has taken a payout. It is not paid yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PayoutAccepted {
    /// The platform's id of the request.
    pub request_id: Option<String>,
}

impl PayoutAccepted {
    /// Reads the answer to a payout. It is not signed.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub fn read(request: &PayoutRequest, status: u16, bytes: &[u8]) -> Result<Self, Error> {
        if status != 200 {
            return Err(Error::from_answer(status, bytes));
        }
        let body = Body::parse(bytes).map_err(UnknownCause::Unreadable)?;
        match body.get("status").and_then(Json::text) {
            Some("success") => {}
            _ => return Err(Error::from_answer(status, bytes)),
        }
        let is_other = |id: &str| !request.payment_id.is(id);
        if text_or_number(body.json(), "payment_id").is_some_and(|id| is_other(&id)) {
            return Err(UnknownCause::Mismatch("payment_id").into());
        }
        Ok(Self {
            request_id: text_or_number(body.json(), "request_id"),
        })
    }
}

/// What the platform says of a payment when it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusAnswer {
    /// It knows the payment.
    Known(Box<Payment>),
    /// It does not know the payment (3060, 3061). Not final: the request may still be on its way.
    Absent,
    /// It knows the payment but has no details yet (3062). Not final.
    NoDetails,
}

impl StatusAnswer {
    /// Verifies and reads the answer to [`status_request`]. It is signed like a callback.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened. One with an answer that cannot be believed is
    /// [`Error::Unknown`].
    pub fn read(
        payment_id: &PaymentId,
        key: &SecretKey,
        status: u16,
        bytes: &[u8],
    ) -> Result<Self, Error> {
        if status != 200 {
            return Err(Error::from_answer(status, bytes));
        }
        let body = Body::parse(bytes).map_err(UnknownCause::Unreadable)?;
        key.verify(&body).map_err(UnknownCause::Signature)?;
        let payment = Payment::read(&body).map_err(UnknownCause::Unreadable)?;
        if !payment_id.is(&payment.id) {
            return Err(UnknownCause::Mismatch("payment.id").into());
        }
        if payment.errors.iter().any(GateError::is_absent) {
            Ok(Self::Absent)
        } else if payment.errors.iter().any(GateError::is_lookup_failure) {
            Ok(Self::NoDetails)
        } else {
            Ok(Self::Known(Box::new(payment)))
        }
    }
}

fn check(field: &'static str, text: &str, max: usize) -> Result<(), FieldError> {
    if !(1..=max).contains(&text.chars().count()) {
        return Err(FieldError::Length { field, max });
    }
    if text.contains(|c: char| c == ';' || c.is_control()) {
        return Err(FieldError::Character(field));
    }
    Ok(())
}

/// Writes a request twice: without its signature, to sign it, and with it.
fn sign<T: Serialize>(
    key: &SecretKey,
    write: impl Fn(Option<String>) -> T,
) -> Result<Vec<u8>, NotSent> {
    let unsigned = to_vec(&write(None))?;
    let body = Body::parse(&unsigned)?;
    to_vec(&write(Some(key.sign(&body)?)))
}

fn to_vec(json: &impl Serialize) -> Result<Vec<u8>, NotSent> {
    serde_json::to_vec(json).map_err(|_| NotSent::NotWritable)
}

impl From<Unreadable> for NotSent {
    fn from(error: Unreadable) -> Self {
        Self::Unsignable(error)
    }
}

impl From<SignError> for NotSent {
    fn from(error: SignError) -> Self {
        Self::Ambiguous(error)
    }
}

#[derive(Serialize)]
struct PayoutJson<'a> {
    general: General<'a>,
    customer: &'a PayoutCustomer,
    account: AccountJson<'a>,
    payment: PaymentJson<'a>,
}

#[derive(Serialize)]
struct StatusJson<'a> {
    general: General<'a>,
}

#[derive(Serialize)]
struct General<'a> {
    project_id: u32,
    payment_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl<'a> General<'a> {
    fn new(project_id: ProjectId, payment_id: &'a PaymentId, signature: Option<String>) -> Self {
        Self {
            project_id: project_id.get(),
            payment_id: payment_id.as_str(),
            signature,
        }
    }
}

#[derive(Serialize)]
struct AccountJson<'a> {
    number: &'a str,
}

#[derive(Serialize)]
struct PaymentJson<'a> {
    amount: i64,
    currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}
