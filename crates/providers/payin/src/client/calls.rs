//! The calls, by the provider's nouns. Source: docs/payin.md, "Calls".

use std::borrow::Borrow;

use reqwest::Method;

use super::transport::{Transport, same};
#[cfg(feature = "card-data")]
use crate::CardCheckRequest;
use crate::{
    Bill, BillId, BillRequest, Capture, CaptureId, CaptureRequest, CardCheck, CardCheckCompletion,
    Error, Payment, PaymentCompletion, PaymentId, PaymentRequest, Payout, PayoutId, PayoutRequest,
    QrCode, QrCodePaymentRequest, QrCodeRequest, QrCodeUid, Refund, RefundId, RefundRequest,
    RequestUid, TokenDeletion,
};

/// The calls for bills.
#[derive(Clone, Copy, Debug)]
pub struct Bills<'a>(pub(super) &'a Transport);

impl Bills<'_> {
    /// Creates a bill. Repeated with the same id, it acts once.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn create(&self, request: impl Borrow<BillRequest>) -> Result<Bill, Error> {
        let request = request.borrow();
        let path = format!("bills/{}", request.bill_id.to_segment());
        let bill: Bill = self.0.write(Method::PUT, &path, request).await?;
        if let (Some(asked), Some(answered)) = (request.amount(), &bill.amount) {
            same("amount", asked, answered)?;
        }
        same_if_present("billId", &request.bill_id, bill.bill_id.as_ref())?;
        Ok(bill)
    }

    /// Asks for a bill and its payments.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn get(&self, bill_id: &BillId) -> Result<Bill, Error> {
        let path = format!("bills/{}/details", bill_id.to_segment());
        let bill: Bill = self.0.get(&path).await?;
        same_if_present("billId", bill_id, bill.bill_id.as_ref())?;
        Ok(bill)
    }

    /// Asks for the payments of a bill. For an unknown bill the provider answers with an empty list or with
    /// 404.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn payments(&self, bill_id: &BillId) -> Result<Vec<Payment>, Error> {
        let path = format!("bills/{}", bill_id.to_segment());
        self.0.get(&path).await
    }
}

fn same_if_present<T: PartialEq>(
    field: &'static str,
    asked: &T,
    answered: Option<&T>,
) -> Result<(), Error> {
    answered.map_or(Ok(()), |answered| same(field, asked, answered))
}

/// The calls for payments.
#[derive(Clone, Copy, Debug)]
pub struct Payments<'a>(pub(super) &'a Transport);

impl Payments<'_> {
    /// Creates a payment. Repeated with the same id and the same request, it acts once.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn create(&self, request: impl Borrow<PaymentRequest>) -> Result<Payment, Error> {
        let request = request.borrow();
        let path = payment_path(&request.payment_id);
        let payment: Payment = self.0.write(Method::PUT, &path, request).await?;
        same("paymentId", &request.payment_id, &payment.payment_id)?;
        same("amount", request.amount(), &payment.amount)?;
        Ok(payment)
    }

    /// Asks for a payment.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn get(&self, payment_id: &PaymentId) -> Result<Payment, Error> {
        let payment: Payment = self.0.get(&payment_path(payment_id)).await?;
        same("paymentId", payment_id, &payment.payment_id)?;
        Ok(payment)
    }

    /// Finishes the 3-D Secure of a payment.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn complete(
        &self,
        request: impl Borrow<PaymentCompletion>,
    ) -> Result<Payment, Error> {
        let request = request.borrow();
        let path = format!("{}/complete", payment_path(&request.payment_id));
        let payment: Payment = self.0.write(Method::POST, &path, request).await?;
        same("paymentId", &request.payment_id, &payment.payment_id)?;
        Ok(payment)
    }
}

fn payment_path(payment_id: &PaymentId) -> String {
    format!("payments/{}", payment_id.to_segment())
}

/// The calls for captures.
#[derive(Clone, Copy, Debug)]
pub struct Captures<'a>(pub(super) &'a Transport);

impl Captures<'_> {
    /// Captures a payment. If the provider says that it was captured already, ask for the status of your
    /// capture: it may be an earlier attempt of yours that succeeded.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn create(&self, request: impl Borrow<CaptureRequest>) -> Result<Capture, Error> {
        let request = request.borrow();
        let path = capture_path(&request.payment_id, &request.capture_id);
        let capture: Capture = self.0.write(Method::PUT, &path, request).await?;
        same("captureId", &request.capture_id, &capture.capture_id)?;
        Ok(capture)
    }

    /// Asks for a capture.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn get(
        &self,
        payment_id: &PaymentId,
        capture_id: &CaptureId,
    ) -> Result<Capture, Error> {
        let capture: Capture = self.0.get(&capture_path(payment_id, capture_id)).await?;
        same("captureId", capture_id, &capture.capture_id)?;
        Ok(capture)
    }
}

fn capture_path(payment_id: &PaymentId, capture_id: &CaptureId) -> String {
    let payment = payment_path(payment_id);
    format!("{payment}/captures/{}", capture_id.to_segment())
}

/// The calls for refunds.
#[derive(Clone, Copy, Debug)]
pub struct Refunds<'a>(pub(super) &'a Transport);

impl Refunds<'_> {
    /// Gives money back. Repeated with the same id and the same request, it acts once.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn create(&self, request: impl Borrow<RefundRequest>) -> Result<Refund, Error> {
        let request = request.borrow();
        let path = refund_path(&request.payment_id, &request.refund_id);
        let refund: Refund = self.0.write(Method::PUT, &path, request).await?;
        same("refundId", &request.refund_id, &refund.refund_id)?;
        same("amount", request.amount(), &refund.amount)?;
        Ok(refund)
    }

    /// Asks for a refund.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn get(&self, payment_id: &PaymentId, refund_id: &RefundId) -> Result<Refund, Error> {
        let refund: Refund = self.0.get(&refund_path(payment_id, refund_id)).await?;
        same("refundId", refund_id, &refund.refund_id)?;
        Ok(refund)
    }

    /// Asks for all refunds of a payment.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn list(&self, payment_id: &PaymentId) -> Result<Vec<Refund>, Error> {
        let path = format!("{}/refunds", payment_path(payment_id));
        self.0.get(&path).await
    }

    /// Declines a postponed refund. Only merchants with postponed refunds may call it.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn decline(
        &self,
        payment_id: &PaymentId,
        refund_id: &RefundId,
    ) -> Result<Refund, Error> {
        let path = format!("{}/decline", refund_path(payment_id, refund_id));
        let refund: Refund = self.0.write_without_body(Method::POST, &path).await?;
        same("refundId", refund_id, &refund.refund_id)?;
        Ok(refund)
    }
}

fn refund_path(payment_id: &PaymentId, refund_id: &RefundId) -> String {
    let payment = payment_path(payment_id);
    format!("{payment}/refunds/{}", refund_id.to_segment())
}

/// The calls for card checks.
#[derive(Clone, Copy, Debug)]
pub struct CardChecks<'a>(pub(super) &'a Transport);

impl CardChecks<'_> {
    /// Checks a card. To check one by form, create a bill with [`BillRequest::card_check`].
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    #[cfg(feature = "card-data")]
    pub async fn create(&self, request: impl Borrow<CardCheckRequest>) -> Result<CardCheck, Error> {
        let request = request.borrow();
        let path = check_path(&request.request_uid);
        let check: CardCheck = self.0.write(Method::PUT, &path, request).await?;
        same("requestUid", &request.request_uid, &check.request_uid)?;
        Ok(check)
    }

    /// Asks for a card check. For a check by form, pass the id of its bill; the id in the answer may differ
    /// from it.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn get(&self, request_uid: &RequestUid) -> Result<CardCheck, Error> {
        self.0.get(&check_path(request_uid)).await
    }

    /// Finishes the 3-D Secure of a card check.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn complete(
        &self,
        request: impl Borrow<CardCheckCompletion>,
    ) -> Result<CardCheck, Error> {
        let request = request.borrow();
        let path = format!("{}/complete", check_path(&request.request_uid));
        let check: CardCheck = self.0.write(Method::POST, &path, request).await?;
        same("requestUid", &request.request_uid, &check.request_uid)?;
        Ok(check)
    }
}

fn check_path(request_uid: &RequestUid) -> String {
    format!("validation/card/requests/{}", request_uid.to_segment())
}

/// The calls for payment tokens.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'a>(pub(super) &'a Transport);

/// What became of a token that was to be deleted. It cannot be charged any more in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenRemoval {
    /// The provider deleted it.
    Deleted,
    /// The provider does not know it, perhaps because an earlier call deleted it.
    WasGone,
}

impl Tokens<'_> {
    /// Deletes the token of a card.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn delete(&self, request: impl Borrow<TokenDeletion>) -> Result<TokenRemoval, Error> {
        let answer = self.0.write(Method::DELETE, "tokens", request.borrow());
        match answer.await {
            Ok(()) => Ok(TokenRemoval::Deleted),
            Err(error) if error.is_not_found() => Ok(TokenRemoval::WasGone),
            Err(Error::Refused(answer)) if answer.status == 410 => Ok(TokenRemoval::WasGone),
            Err(error) => Err(error),
        }
    }
}

/// The calls for QR codes of the faster payments system.
#[derive(Clone, Copy, Debug)]
pub struct QrCodes<'a>(pub(super) &'a Transport);

impl QrCodes<'_> {
    /// Creates a QR code. Repeated with the same id, it acts once.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn create(&self, request: impl Borrow<QrCodeRequest>) -> Result<QrCode, Error> {
        let request = request.borrow();
        let path = qr_code_path(&request.qr_code_uid);
        let code: QrCode = self.0.write(Method::PUT, &path, request).await?;
        same("qrCodeUid", &request.qr_code_uid, &code.qr_code_uid)?;
        if let Some(asked) = request.amount() {
            same_if_present("amount", asked, code.amount.as_ref())?;
        }
        Ok(code)
    }

    /// Asks for a QR code.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn get(&self, qr_code_uid: &QrCodeUid) -> Result<QrCode, Error> {
        let code: QrCode = self.0.get(&qr_code_path(qr_code_uid)).await?;
        same("qrCodeUid", qr_code_uid, &code.qr_code_uid)?;
        Ok(code)
    }

    /// Pays a dynamic QR code with a token. The outcome comes later: ask for the QR code.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn pay(&self, request: impl Borrow<QrCodePaymentRequest>) -> Result<QrCode, Error> {
        let request = request.borrow();
        let path = format!("{}/payments", qr_code_path(&request.qr_code_uid));
        let code: QrCode = self.0.write(Method::POST, &path, request).await?;
        same("qrCodeUid", &request.qr_code_uid, &code.qr_code_uid)?;
        Ok(code)
    }
}

fn qr_code_path(qr_code_uid: &QrCodeUid) -> String {
    format!("sbp/qrCodes/{}", qr_code_uid.to_segment())
}

/// The calls for payouts.
#[derive(Clone, Copy, Debug)]
pub struct Payouts<'a>(pub(super) &'a Transport);

impl Payouts<'_> {
    /// Creates a payout, with a digital signature over its body. Set the key with
    /// [`crate::ClientBuilder::digital_signer`].
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened. Without a key it is [`Error::NotSent`].
    pub async fn create(&self, request: impl Borrow<PayoutRequest>) -> Result<Payout, Error> {
        let request = request.borrow();
        let path = payout_path(&request.payment_id, &request.payout_id);
        let payout: Payout = self.0.write_signed(Method::PUT, &path, request).await?;
        same("payoutId", &request.payout_id, &payout.payout_id)?;
        same("amount", request.amount(), &payout.amount)?;
        Ok(payout)
    }

    /// Confirms a payout of two steps.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn complete(
        &self,
        payment_id: &PaymentId,
        payout_id: &PayoutId,
    ) -> Result<Payout, Error> {
        let path = format!("{}/complete", payout_path(payment_id, payout_id));
        let payout: Payout = self.0.write_without_body(Method::PUT, &path).await?;
        same("payoutId", payout_id, &payout.payout_id)?;
        Ok(payout)
    }

    /// Asks for a payout.
    ///
    /// # Errors
    /// Returns [`Error`], whose variant says what happened.
    pub async fn get(&self, payment_id: &PaymentId, payout_id: &PayoutId) -> Result<Payout, Error> {
        let payout: Payout = self.0.get(&payout_path(payment_id, payout_id)).await?;
        same("payoutId", payout_id, &payout.payout_id)?;
        Ok(payout)
    }
}

fn payout_path(payment_id: &PaymentId, payout_id: &PayoutId) -> String {
    let payment = payment_path(payment_id);
    format!("{payment}/payouts/{}", payout_id.to_segment())
}
