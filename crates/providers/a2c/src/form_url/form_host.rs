use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use pantoken_core::{Origin, OriginError};
use pantoken_core::{percent, text};

/// Where the form is: an origin, and a path before `/form` or none.
///
/// The provider has no such path; the sandbox's misbehaviours are one (`/chaos/{name}`). A clone
/// shares the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormHost(Arc<Place>);

#[derive(Debug, PartialEq, Eq)]
struct Place {
    origin: Origin,
    path: String,
}

/// Why a text is no [`FormHost`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormHostError {
    /// What it starts with is no origin.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// A query, a fragment, or a path of other than plain segments.
    #[error(
        "a form host is an origin such as https://a2c.qiwi.kz, with a plain path or none after it"
    )]
    Path,
}

impl FormHost {
    const MAX_PATH: usize = 256;

    /// Reads `https://host` with a path or none; one `/` at the end is dropped.
    ///
    /// # Errors
    /// [`FormHostError`] for anything else.
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

    /// The origin that the form's messages come from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// The path before `/form`: empty, or with a `/` at its start and none at its end.
    pub(super) fn path(&self) -> &str {
        &self.0.path
    }

    /// The host as text, without a `/` at the end.
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
