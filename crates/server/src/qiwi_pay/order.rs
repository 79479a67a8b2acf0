//! What was asked of the provider: the order of a form or of a payment by token.

use std::collections::BTreeMap;

use pantoken_qiwi_pay::{
    AviaSignature, CardToken, DealError, Details, Device, Form, FormError, FormRequest, Operation,
    OrderId, PaymentRequest, Receiver, Site, Source,
};
use pantoken_store::Digest;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::industry_data::IndustryData;
use super::money::Money;
use super::receipt::ReceiptData;
use crate::operations::Unreadable;

/// An order as its caller wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    /// Whether the money is only held.
    pub(crate) is_auth: bool,
    pub(crate) amount: Money,
    pub(crate) customer: Option<String>,
    /// The other texts, by the provider's names.
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) receipt: Option<ReceiptData>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) industry_data: Option<IndustryData>,
    /// The token of a saved card.
    pub(crate) card_token: Option<String>,
    /// In Unix milliseconds.
    pub(crate) expires_at: Option<i64>,
    pub(crate) user_timedate: Option<i64>,
    /// Where the provider leads the payer, and where it sends notifications, by the provider's names.
    pub(crate) urls: BTreeMap<String, String>,
}

impl Order {
    /// Returns a digest that differs between different orders.
    pub(super) fn fingerprint(&self, is_form: bool) -> Digest {
        let text = serde_json::to_string(&(is_form, self)).unwrap_or_default();
        Digest::of(text.as_bytes())
    }

    fn operation(&self) -> Operation {
        match self.is_auth {
            true => Operation::Auth,
            false => Operation::Sale,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.texts.get(name).cloned()
    }

    fn details(&self) -> Details {
        let mut details = Details::default();
        details.email = self.text("email");
        details.country = self.text("country");
        details.city = self.text("city");
        details.region = self.text("region");
        details.address = self.text("address");
        details.phone = self.text("phone");
        details.cf1 = self.text("cf1");
        details.cf2 = self.text("cf2");
        details.cf3 = self.text("cf3");
        details.cf4 = self.text("cf4");
        details.cf5 = self.text("cf5");
        details.product_name = self.text("product_name");
        details.modifiers = self.text("modifiers");
        details.merchant_uid.clone_from(&self.customer);
        details
    }

    /// Signs the form of this order. The same order gives the same form.
    pub(super) fn sign_form(&self, site: &Site, order_id: &str) -> Result<Form, OrderError> {
        let amount = self.amount.to_amount().ok_or(Unreadable)?;
        let mut request = FormRequest::new(self.operation(), amount);
        request.order_id = Some(OrderId::parse(order_id).map_err(|_| Unreadable)?);
        request.details = self.details();
        if let Some(receipt) = &self.receipt {
            request.receipt = Some(receipt.to_receipt().map_err(FormError::from)?);
        }
        request.card_token = self.token()?;
        request.expires_at = time(self.expires_at)?;
        request.callback_url = self.urls.get("callback_url").cloned();
        request.success_url = self.urls.get("success_url").cloned();
        request.decline_url = self.urls.get("decline_url").cloned();
        Ok(request.sign(site)?)
    }

    /// Returns the request of a payment by token.
    pub(super) fn payment_request(
        &self,
        order_id: &str,
        signature: Option<AviaSignature>,
    ) -> Result<PaymentRequest, OrderError> {
        let amount = self.amount.to_amount().ok_or(Unreadable)?;
        let order_id = OrderId::parse(order_id).map_err(|_| Unreadable)?;
        let source = Source::CardToken(self.token()?.ok_or(Unreadable)?);
        let mut request = PaymentRequest::new(self.operation(), order_id, amount, source);
        request.details = self.details();
        request.card_name = self.text("card_name");
        let mut device = Device::default();
        device.ip = self.text("ip");
        device.user_device_id = self.text("user_device_id");
        device.user_screen_res = self.text("user_screen_res");
        device.user_agent = self.text("user_agent");
        request.device = device;
        request.user_time = time(self.user_timedate)?;
        let mut receiver = Receiver::default();
        receiver.receiver_name = self.text("receiver_name");
        receiver.receiver_bank_account = self.text("receiver_bank_account");
        receiver.receiver_bic = self.text("receiver_bic");
        receiver.receiver_wallet = self.text("receiver_wallet");
        receiver.receiver_inn = self.text("receiver_inn");
        receiver.receiver_phone = self.text("receiver_phone");
        request.receiver = receiver;
        request.callback_url = self.urls.get("callback_url").cloned();
        if let Some(receipt) = &self.receipt {
            request.receipt = Some(receipt.to_receipt().map_err(FormError::from)?);
        }
        if let Some(data) = &self.industry_data {
            request.avia = Some(data.to_avia(signature.ok_or(Unreadable)?)?);
        }
        Ok(request)
    }

    /// Removes what is needed only to send the order.
    pub(super) fn without_documents(self) -> Self {
        Self {
            receipt: None,
            industry_data: None,
            ..self
        }
    }

    fn token(&self) -> Result<Option<CardToken>, Unreadable> {
        let token = self.card_token.as_deref();
        token
            .map(CardToken::parse)
            .transpose()
            .map_err(|_| Unreadable)
    }
}

fn time(milliseconds: Option<i64>) -> Result<Option<OffsetDateTime>, Unreadable> {
    let time = milliseconds.map(|time| OffsetDateTime::from_unix_timestamp(time / 1000));
    time.transpose().map_err(|_| Unreadable)
}

/// Why an order cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum OrderError {
    #[error(transparent)]
    Form(#[from] FormError),
    #[error("{name}: {error}")]
    Deal {
        name: &'static str,
        error: DealError,
    },
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}
