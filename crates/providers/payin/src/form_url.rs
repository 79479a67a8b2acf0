use pantoken_core::percent;

use crate::Amount;
use pantoken_core::open_enum;

/// The address of the provider's form, with the options of your page.
/// Source: docs/payin.md, "The hosted form".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormUrl(String);

open_enum! {
    /// A language of the form.
    pub enum FormLanguage {
        /// Russian.
        Russian = "ru",
        /// English.
        English = "en",
    }
}

open_enum! {
    /// The method that the form shows first.
    pub enum FormMethod {
        /// A card.
        Card = "CARD",
        /// The faster payments system.
        Sbp = "SBP",
    }
}

impl FormUrl {
    /// Starts from the `payUrl` of a bill.
    #[must_use]
    pub fn new(pay_url: &str) -> Self {
        // Whatever follows `#` would hide the options from the form.
        let (url, _) = pay_url.split_once('#').unwrap_or((pay_url, ""));
        Self(url.to_owned())
    }

    /// Builds a link that creates a bill by itself, without the API. Its payment is always of two steps.
    /// `public_key` is public.
    #[must_use]
    pub fn create(public_key: &str, bill_id: &str, amount: &Amount) -> Option<Self> {
        let value = amount.to_wire()?;
        let link = Self::new("https://payment.qiwi.com/create")
            .with("publicKey", public_key)
            .with("billId", bill_id)
            .with("amount", &value)
            .with("currency", amount.currency().as_str());
        Some(link)
    }

    /// Adds where the form leads the customer after success. There is no address for a failure.
    #[must_use]
    pub fn success_url(self, url: &str) -> Self {
        self.with("successUrl", url)
    }

    /// Chooses the language.
    #[must_use]
    pub fn language(self, language: &FormLanguage) -> Self {
        self.with("lang", language.as_str())
    }

    /// Chooses the method.
    #[must_use]
    pub fn method(self, method: &FormMethod) -> Self {
        self.with("paymentMethod", method.as_str())
    }

    /// Adds another parameter, such as `comment` or `extras[cf1]`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        percent::encode_into(&mut self.0, name);
        self.0.push('=');
        percent::encode_into(&mut self.0, value);
        self
    }

    /// Returns the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_encoded() {
        let url = FormUrl::new("https://payment.qiwi.com/form?invoiceUid=39b5c83f")
            .success_url("https://shop.example/paid?a=1&b=2#top")
            .language(&FormLanguage::English)
            .method(&FormMethod::Sbp);
        assert_eq!(
            url.as_str(),
            "https://payment.qiwi.com/form?invoiceUid=39b5c83f\
             &successUrl=https%3A%2F%2Fshop.example%2Fpaid%3Fa%3D1%26b%3D2%23top&lang=en&paymentMethod=SBP"
        );
    }

    #[test]
    fn a_link_creates_a_bill_without_the_api() {
        let amount = Amount::parse("3.01", "RUB").unwrap();
        let link = FormUrl::create("pubKey", "order-1", &amount).unwrap();
        let link = link
            .with("comment", "some comment")
            .with("extras[cf1]", "a#b");
        assert_eq!(
            link.as_str(),
            "https://payment.qiwi.com/create?publicKey=pubKey&billId=order-1&amount=3.01&currency=RUB\
             &comment=some%20comment&extras%5Bcf1%5D=a%23b"
        );
    }
}
