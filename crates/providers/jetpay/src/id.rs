use std::fmt;

use crate::json::Json;

/// The id of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectId(u32);

/// The id of a payment or payout. The platform compares ids without case, and so does this type.
#[derive(Clone, Debug)]
pub struct PaymentId(String);

/// The reason why an id is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// It is not the id of a project.
    #[error("a project id must be an integer from 1 to 4294967295")]
    Project,
    /// It is not the id of a payment.
    #[error(
        "a payment id must be 1 to 255 characters long, without control characters and `;`, and without white space at its ends"
    )]
    Payment,
}

impl ProjectId {
    /// Creates the id.
    ///
    /// # Errors
    /// Returns [`IdError::Project`] for 0.
    pub fn new(id: u32) -> Result<Self, IdError> {
        if id == 0 {
            return Err(IdError::Project);
        }
        Ok(Self(id))
    }

    /// Reads the id from decimal digits.
    ///
    /// # Errors
    /// Returns [`IdError::Project`] if it is not an integer from 1 to 4,294,967,295, without leading zeros.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if !text.starts_with(|c: char| matches!(c, '1'..='9')) {
            return Err(IdError::Project);
        }
        let id = text.parse().map_err(|_| IdError::Project)?;
        Self::new(id)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// Reads an integer, or also its text.
    pub(crate) fn from_number_or_text(json: &Json) -> Option<Self> {
        Self::parse(json.text_or_number()?).ok()
    }

    /// Reads an integer, and nothing else.
    pub(crate) fn from_integer(json: &Json) -> Option<Self> {
        match json {
            Json::Number(text) => Self::parse(text).ok(),
            _ => None,
        }
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PaymentId {
    /// Reads an id.
    ///
    /// # Errors
    /// Returns [`IdError::Payment`] if it is not 1 to 255 characters long, contains a control character or `;`,
    /// or has white space at its ends.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let length = text.chars().count();
        let is_ambiguous = text.contains(|c: char| c == ';' || c.is_control());
        if !(1..=255).contains(&length) || is_ambiguous || text.trim() != text {
            return Err(IdError::Payment);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the id as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the id in the case in which ids are compared.
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&self.0)
    }

    /// Returns whether the text is the same id.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.folded() == fold(text)
    }
}

pub(crate) fn fold(id: &str) -> String {
    id.to_lowercase()
}

impl PartialEq for PaymentId {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for PaymentId {}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_ids_are_positive_integers_of_32_bits() {
        for (text, id) in [("1", 1), ("4294967295", u32::MAX)] {
            assert_eq!(ProjectId::parse(text), ProjectId::new(id));
        }
        for text in ["", "0", "01", "+1", "-1", "1.0", " 1", "4294967296", "x"] {
            assert_eq!(ProjectId::parse(text), Err(IdError::Project), "{text}");
        }
    }

    #[test]
    fn payment_ids_are_compared_without_case() {
        let id = PaymentId::parse("Order-7").unwrap();
        assert_eq!(id, PaymentId::parse("oRDER-7").unwrap());
        assert_ne!(id, PaymentId::parse("Order-8").unwrap());
        assert_eq!(id.as_str(), "Order-7");
        let long = "x".repeat(256);
        for text in ["", " a", "a\t", "a;b", "a\nb", "\u{b}a", &long] {
            assert_eq!(PaymentId::parse(text), Err(IdError::Payment), "{text:?}");
        }
    }
}
