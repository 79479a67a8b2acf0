use pantoken_core::{Origin, OriginError};

/// An address for notifications: an https URL, or an http URL on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationUrl(String);

/// The reason why a text is no address for notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address for notifications must be an https URL, or an http URL on loopback: {0}")]
pub struct NotificationUrlError(OriginError);

impl NotificationUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Returns [`NotificationUrlError`] if the text is no https URL, and no http URL on loopback.
    pub fn parse(text: &str) -> Result<Self, NotificationUrlError> {
        Origin::split(text).map_err(NotificationUrlError)?;
        Ok(Self(text.to_owned()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
