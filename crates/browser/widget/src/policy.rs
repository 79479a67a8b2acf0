//! The limits and rules of the form's traffic, in one place: the drivers have none of their own.

use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_core::decimal::decimal_digits;
use pantoken_core::text::join;

/// The longest text that is read from a message or an answer, in UTF-16 code units.
#[cfg(feature = "decode")]
pub(crate) const MAX_TEXT_LENGTH: u32 = 16_384;
/// How long any answer may take, in milliseconds.
pub(crate) const ANSWER_TIMEOUT: u32 = 15_000;
/// How long to wait before a report is repeated for the first time, in milliseconds. Each further wait
/// is twice as long, up to [`MAX_REPORT_DELAY`].
pub(crate) const FIRST_REPORT_DELAY: u32 = 500;
/// The longest wait between two reports of the same card, in milliseconds.
pub(crate) const MAX_REPORT_DELAY: u32 = 30_000;
/// The longest timer that browsers support, in milliseconds. A longer one would fire at once.
pub(crate) const MAX_TIMER: u32 = i32::MAX.unsigned_abs();

/// The provider asks for the least size; the page sets the rest with custom properties.
pub(crate) const FRAME_STYLE: &str = "display:block;border:var(--pantoken-border,0);border-radius:var(--pantoken-radius,0);width:100%;height:100%;min-width:320px;min-height:500px";
/// Everything that a form needs. Top navigation is missing, so that a form cannot replace the page.
pub(crate) const FRAME_SANDBOX: &str =
    "allow-forms allow-modals allow-popups allow-same-origin allow-scripts";
/// The form learns which site embeds it, but not which page.
pub(crate) const FRAME_REFERRER_POLICY: &str = "strict-origin";
/// The form gets no permission such as the camera.
pub(crate) const FRAME_ALLOW: &str = "";
/// The reply to Ready. The form accepts any message, and learns the page's origin from it.
pub(crate) const READY_REPLY: &str = "pantoken";

/// Returns whether a security policy violation means that the browser refused to show `src` in a frame.
///
/// Browsers shorten the blocked URI, in the extreme to its origin. A policy that only reports blocks
/// nothing.
pub(crate) fn blocks_frame(
    src: &str,
    directive: &str,
    disposition: &str,
    blocked_uri: &str,
) -> bool {
    directive == "frame-src"
        && disposition != "report"
        && !blocked_uri.is_empty()
        && src.starts_with(blocked_uri)
}

/// Returns whether the same request may succeed later. Status 0 means that no complete answer arrived
/// in time.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 0 | 408 | 425 | 429 | 500..)
}

/// Returns why a status is not a success, for developers.
pub(crate) fn problem(status: u16) -> Option<String> {
    match status {
        200 | 201 => None,
        0 => Some("the session endpoint did not answer".to_owned()),
        _ => Some(join(&[
            "the session endpoint answered ",
            &decimal_digits(status.into()),
        ])),
    }
}
