use pantoken_core::contains_card_number;

/// The agent's own reference to a customer: 1 to 128 characters, with no control characters and no card
/// number.
///
/// In the extensions of a request (`request.extensions_mut().insert(customer)`), it also authorises the
/// request to create a session for this customer. An agent whose back end mounts [`crate::router`] does
/// that in its own middleware. Clients cannot set extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer(String);

/// The error of [`Customer::parse`]. The text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a customer reference must be 1 to 128 characters long, with no control characters and no card number"
)]
pub struct CustomerError;

impl Customer {
    const MAX_CHARS: usize = 128;

    /// Parses a reference.
    ///
    /// # Errors
    /// Returns [`CustomerError`] if its length or content is not allowed.
    pub fn parse(text: &str) -> Result<Self, CustomerError> {
        let length = text.chars().take(Self::MAX_CHARS + 1).count();
        let fit = (1..=Self::MAX_CHARS).contains(&length) && !text.chars().any(char::is_control);
        if fit && !contains_card_number(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CustomerError)
        }
    }

    /// Returns the reference.
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
