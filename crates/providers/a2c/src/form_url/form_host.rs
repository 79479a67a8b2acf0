use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use pantoken_core::{Origin, OriginError};
use pantoken_core::{percent, text};

/// The location of the form: an origin, and an optional path before `/form`.
///
/// The provider has no such path. The sandbox uses one to misbehave on request (`/chaos/{name}`). Clones
/// share the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormHost(Arc<Place>);

#[derive(Debug, PartialEq, Eq)]
struct Place {
    origin: Origin,
    path: String,
}

/// The reason why a text is not a [`FormHost`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormHostError {
    /// The text does not start with a valid origin.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The text contains a query or a fragment, or the path is too long or has a segment that is not plain.
    #[error(
        "a form host must be an origin such as https://a2c.qiwi.kz, with at most a plain path after it"
    )]
    Path,
}

impl FormHost {
    const MAX_PATH: usize = 256;

    /// Reads `https://host` with an optional path. One `/` at the end is removed.
    ///
    /// # Errors
    /// Returns [`FormHostError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, FormHostError> {
        let (origin, tail) = Origin::split(text)?;
        let path = tail.strip_suffix('/').unwrap_or(tail);
        let plain = |segment: &str| {
            !matches!(segment, "" | "." | "..") && segment.bytes().all(percent::is_unreserved)
        };
        match path.strip_prefix('/') {
            None if path.is_empty() => {}
            Some(segments)
                if path.len() <= Self::MAX_PATH && text::all_parts(segments, b'/', plain) => {}
            _ => return Err(FormHostError::Path),
        }
        let path = path.to_owned();
        Ok(Self(Arc::new(Place { origin, path })))
    }

    /// Returns the origin that the form's messages come from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Returns the path before `/form`. It is empty, or starts with a `/` and does not end with one.
    pub(super) fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns the host as text, without a `/` at the end.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::from(self.origin().as_str());
        text.push_str(self.path());
        text
    }
}

impl fmt::Display for FormHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}
