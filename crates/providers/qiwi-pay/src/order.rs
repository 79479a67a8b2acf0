use std::fmt;

use crate::FieldError;
use crate::fields::{FieldProblem, check_text, optional_texts};

/// Your name of an order: 1 to 256 characters, without `|` and control characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OrderId(String);

impl OrderId {
    /// Reads a name.
    ///
    /// # Errors
    /// Returns [`FieldError`] if it is empty, too long, or contains `|` or a control character.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        if text.is_empty() {
            return Err(FieldProblem::Length { min: 1, max: 256 }.of("order_id"));
        }
        check_text("order_id", text, 256)?;
        Ok(Self(text.to_owned()))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

optional_texts! {
    /// What a form or a payment may say of the payer and the goods. Each text has the provider's length, and
    /// contains neither `|` nor control characters; an empty one is left out.
    pub struct Details {
        /// The payer's e-mail.
        email: 64,
        /// The payer's country, as three letters of ISO 3166-1.
        country: 3,
        /// The payer's city.
        city: 64,
        /// The payer's region, as in ISO 3166-2.
        region: 6,
        /// The payer's address.
        address: 64,
        /// The payer's phone number.
        phone: 15,
        /// A field of your own, or the wallet of a safe deal.
        cf1: 256,
        /// A field of your own, or the parts of a safe deal.
        cf2: 256,
        /// A field of your own.
        cf3: 256,
        /// A field of your own.
        cf4: 256,
        /// A field of your own.
        cf5: 256,
        /// What is sold.
        product_name: 25,
        /// Your name of the payer.
        merchant_uid: 64,
        /// `aft` and `moto`, separated by commas. The provider dropped it in 2022.
        modifiers: 64,
    }
}
