use crate::{ErrorCode, ErrorMessage, PanToken};

/// What came of a request, in the form's word: by a message in the iframe flow, by a query in the
/// redirect flow. Source: docs/a2c.md.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormResult {
    /// The card is saved, and this is its token.
    Saved(PanToken),
    /// Something went wrong; a token may follow all the same.
    Failed {
        /// What went wrong.
        code: ErrorCode,
        /// In the provider's words.
        message: ErrorMessage,
    },
}
