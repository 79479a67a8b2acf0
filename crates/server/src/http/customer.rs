use pantoken_core::contains_card_number;

/// The agent's own reference to a customer: 1 to 128 characters, none of control, and no card number.
///
/// As an extension of a request (`request.extensions_mut().insert(customer)`) it is also the right to
/// create a session for this customer. That is how an agent whose back end mounts
/// [`crate::http::router`] authorises its own customers: no client can set an extension, only the
/// agent's own middleware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer(String);

/// A text that is no [`Customer`]. It is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a customer reference has 1 to 128 characters, none of control, and is no card number")]
pub struct CustomerError;

impl Customer {
    const MAX_CHARS: usize = 128;

    /// Takes a reference.
    ///
    /// # Errors
    /// [`CustomerError`] when its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, CustomerError> {
        let length = text.chars().take(Self::MAX_CHARS + 1).count();
        let fit = (1..=Self::MAX_CHARS).contains(&length) && !text.chars().any(char::is_control);
        if fit && !contains_card_number(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CustomerError)
        }
    }

    /// The reference.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_reference_has_limits() {
        for text in ["7", &"ж".repeat(128), "order 7"] {
            assert_eq!(Customer::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a\nb", &"ж".repeat(129), "4111 1111 1111 1111"] {
            assert_eq!(Customer::parse(text), Err(CustomerError));
        }
    }
}
