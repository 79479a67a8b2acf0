use crate::{ErrorCode, ErrorMessage, PanToken};

/// The result of a request, as the form reports it: in a message in the iframe flow, and in a query in the
/// redirect flow. Source: docs/a2c.md.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormResult {
    /// The card is saved with this token.
    Saved(PanToken),
    /// An error occurred. A token may still follow.
    Failed {
        /// The provider's error code.
        code: ErrorCode,
        /// The provider's message, which may be empty.
        message: ErrorMessage,
    },
}
