//! The hosted form of payin. It has no handshake: it posts bare texts, which any script can post too, so that
//! they say when to ask the server, and never what the result is. Source: docs/payin.md, "In the page".

use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Flow, FormId, FormUrl, Origin};

/// The provider's own origins.
pub(crate) const ORIGINS: [&str; 2] = ["https://payment.qiwi.com", "https://oplata.qiwi.com"];

/// The form gets the permission that Google Pay and Apple Pay need.
pub(crate) const FRAME_ALLOW: &str = "payment";

/// The provider's page on which a customer verifies a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayinForm {
    pub(crate) url: String,
    pub(crate) origin: Origin,
    pub(crate) request_id: FormId,
    pub(crate) flow: Flow,
}

impl PayinForm {
    /// The longest request id that is read, in bytes.
    const MAX_ID_LENGTH: usize = 256;

    /// Reads the fields `formUrl` and `requestId` of the server's answer, for the iframe flow. The URL must be
    /// visible ASCII without a fragment, so that the browser opens exactly what was checked here.
    pub(crate) fn read(url: &str, request_id: &str) -> Option<Self> {
        let is_visible = url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\'));
        let fits =
            url.len() <= FormUrl::MAX_LENGTH && matches!(request_id.len(), 1..=Self::MAX_ID_LENGTH);
        let (origin, _) = Origin::split(url).ok()?;
        (is_visible && fits).then(|| Self {
            url: url.to_owned(),
            origin,
            request_id: FormId::new(request_id),
            flow: Flow::Iframe,
        })
    }
}

/// What the form says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// It is there.
    Opened,
    /// The customer uses it.
    Used,
    /// An attempt has ended.
    Ended,
    /// It cannot open.
    NotOpened,
    Unknown,
}

impl Signal {
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "INITIALIZED" => Self::Opened,
            "PAYMENT_ATTEMPT" => Self::Used,
            "PAYMENT_SUCCEEDED" | "PAYMENT_FAILED" | "SUCCESS_REDIRECT" => Self::Ended,
            "INITIALIZATION_FAILED" => Self::NotOpened,
            _ => Self::Unknown,
        }
    }
}
