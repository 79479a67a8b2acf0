//! The provider's requests of captures, reversals and refunds. They are built once before anything is stored, so that
//! what the provider's rules forbid is refused, and again when they are sent.

use pantoken_qiwi_pay::{
    Amount, AviaSignature, CaptureRequest, DealField, DealParts, FormError, Receipt, Request as _,
    ReturnKind, ReturnRequest, TxnId,
};

use super::QiwiPayOptions;
use super::order::OrderError;
use super::part::{self, Part};
use super::requests::problem;
use crate::http::problem::Problem;
use crate::operations::Unreadable;

impl Part {
    /// Refuses what the provider's rules forbid, before anything is stored.
    pub(super) fn check(&self, kind: &str, options: &QiwiPayOptions) -> Result<(), Problem> {
        let signed = match kind {
            part::CAPTURE => self
                .capture_request(options.industry_data)
                .map(|request| request.to_signed_json(&options.site)),
            kind => self
                .return_request(return_kind(kind))
                .map(|request| request.to_signed_json(&options.site)),
        };
        let signed = signed.map_err(problem)?;
        signed.map_err(|error| problem(error.into()))?;
        Ok(())
    }

    pub(super) fn capture_request(
        &self,
        signature: Option<AviaSignature>,
    ) -> Result<CaptureRequest, OrderError> {
        let mut request = CaptureRequest::new(self.parent_txn()?);
        request.receipt = self.receipt()?;
        request.cf1.clone_from(&self.details.cf1);
        if let Some(data) = &self.details.industry_data {
            request.avia = Some(data.to_avia(signature.ok_or(Unreadable)?)?);
        }
        Ok(request)
    }

    pub(super) fn return_request(&self, kind: ReturnKind) -> Result<ReturnRequest, OrderError> {
        let sum = self.amount.to_amount().ok_or(Unreadable)?;
        let amount = (!self.is_whole).then_some(sum);
        let txn_id = self.parent_txn()?;
        let mut request = match kind {
            ReturnKind::Reversal => ReturnRequest::reversal(txn_id, amount),
            ReturnKind::Refund => ReturnRequest::refund(txn_id, amount),
        };
        request.receipt = self.receipt()?;
        let details = &self.details;
        for (field, name, text) in [
            (DealField::Cf2, "cf2", &details.cf2),
            (DealField::Cf3, "cf3", &details.cf3),
        ] {
            if let Some(text) = text {
                let parts = DealParts::parse(text, &sum);
                let parts = parts.map_err(|error| OrderError::Deal { name, error })?;
                (request.deal, request.deal_field) = (Some(parts), field);
            }
        }
        Ok(request)
    }

    /// Returns the receipt, with the amount that must be its total.
    fn receipt(&self) -> Result<Option<(Receipt, Amount)>, OrderError> {
        let Some(receipt) = &self.details.receipt else {
            return Ok(None);
        };
        let amount = self.amount.to_amount().ok_or(Unreadable)?;
        Ok(Some((
            receipt.to_receipt().map_err(FormError::from)?,
            amount,
        )))
    }

    fn parent_txn(&self) -> Result<TxnId, Unreadable> {
        self.parent_txn_id.map(TxnId::new).ok_or(Unreadable)
    }
}

/// Returns how a reversal or a refund is asked for.
pub(super) fn return_kind(kind: &str) -> ReturnKind {
    match kind {
        part::REVERSAL => ReturnKind::Reversal,
        _ => ReturnKind::Refund,
    }
}
