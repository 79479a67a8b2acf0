//! The payment form that the provider hosts. Source: docs/qiwi-pay.md, "Payment form".

use std::fmt;

use pantoken_core::percent;
use time::OffsetDateTime;

use crate::fields::Fields;
use crate::order::Details;
use crate::{Amount, CardToken, FieldError, Opcode, OrderId, Receipt, ReceiptError, Site};

/// The address of the provider's payment form.
pub const FORM_URL: &str = "https://pay.qiwi.com/paypage/initial";

/// What a payer does: pays in one step, or only lets the amount be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// The amount is charged at once.
    Sale,
    /// The amount is held until you capture or reverse it.
    Auth,
}

impl Operation {
    /// Returns the number of the operation.
    #[must_use]
    pub const fn opcode(self) -> Opcode {
        match self {
            Self::Sale => Opcode::Sale,
            Self::Auth => Opcode::Auth,
        }
    }
}

/// What a payment form asks the payer for. The amount is always signed, so that the payer cannot change it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormRequest {
    /// Whether the amount is charged or held.
    pub operation: Operation,
    /// The amount.
    pub amount: Amount,
    /// The order, by which the payment can be asked for.
    pub order_id: Option<OrderId>,
    /// What is known of the payer and the goods.
    pub details: Details,
    /// The fiscal receipt. Its total must be the amount.
    pub receipt: Option<Receipt>,
    /// The payer's saved card.
    pub card_token: Option<CardToken>,
    /// Until when the order can be paid.
    pub expires_at: Option<OffsetDateTime>,
    /// Where notifications are sent, instead of the address that the provider has of you.
    pub callback_url: Option<String>,
    /// Where the payer returns after success.
    pub success_url: Option<String>,
    /// Where the payer returns after a decline.
    pub decline_url: Option<String>,
}

/// The reason why a form cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// A field cannot be sent.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The receipt is refused.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

impl FormRequest {
    /// Asks for this amount.
    #[must_use]
    pub fn new(operation: Operation, amount: Amount) -> Self {
        Self {
            operation,
            amount,
            order_id: None,
            details: Details::default(),
            receipt: None,
            card_token: None,
            expires_at: None,
            callback_url: None,
            success_url: None,
            decline_url: None,
        }
    }

    /// Names the order.
    #[must_use]
    pub fn with_order(mut self, order_id: OrderId) -> Self {
        self.order_id = Some(order_id);
        self
    }

    /// Signs the form.
    ///
    /// ```
    /// use pantoken_qiwi_pay::{Amount, FormRequest, MerchantSite, Operation, OrderId, SecretKey, Site};
    ///
    /// let site = Site::new(MerchantSite::new(555), SecretKey::parse("secret_key")?);
    /// let request = FormRequest::new(Operation::Auth, Amount::parse("7.00", "RUB")?);
    /// let form = request.with_order(OrderId::parse("order-1")?).sign(&site)?;
    /// assert!(form.fields().iter().any(|(name, value)| *name == "amount" && value == "7.00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns [`FormError`] if a field or the receipt is refused.
    pub fn sign(&self, site: &Site) -> Result<Form, FormError> {
        let mut fields = Fields::default();
        fields.number("opcode", self.operation.opcode().number());
        fields.number("merchant_site", site.id());
        fields.amount(&self.amount);
        if let Some(order_id) = &self.order_id {
            fields.checked("order_id", order_id.as_str());
        }
        self.details.write(&mut fields)?;
        if let Some(receipt) = &self.receipt {
            fields.checked("merchant_cheque", &receipt.encode(&self.amount)?);
        }
        if let Some(token) = &self.card_token {
            fields.text("card_token", Some(token.expose()), 40)?;
        }
        fields.time("order_expire", self.expires_at);
        fields.url("callback_url", self.callback_url.as_deref())?;
        fields.url("success_url", self.success_url.as_deref())?;
        fields.url("decline_url", self.decline_url.as_deref())?;
        Ok(Form(fields.into_pairs(site.key())))
    }
}

/// The signed fields of a payment form. Lead the payer's browser to [`FORM_URL`] with them: by a form that is sent
/// with `POST`, which also carries long receipts.
///
/// The provider does not document the form in an iframe: its pages for 3-D Secure may refuse to be framed, and its
/// cookies may be blocked.
#[derive(Clone, PartialEq, Eq)]
pub struct Form(Vec<(&'static str, String)>);

impl Form {
    /// Returns the names and values of the fields. The last one is the signature.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// Returns the fields as the query of an address, for a redirect. A form with a receipt may be too long for
    /// one.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut query = String::new();
        for (name, value) in &self.0 {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            percent::encode_into(&mut query, value);
        }
        query
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form(…)")
    }
}
