//! The limits and rules of the form's traffic, in one place: the drivers have none of their own.

/// The longest text that is read from a message or an answer, in UTF-16 code units.
pub const MAX_TEXT_LENGTH: u32 = 16_384;
/// How long any answer may take, in milliseconds.
pub(crate) const ANSWER_TIMEOUT: u32 = 15_000;
/// How long to wait before a report is repeated for the first time, in milliseconds. Each further wait
/// is twice as long, up to [`MAX_REPORT_DELAY`].
pub(crate) const FIRST_REPORT_DELAY: u32 = 500;
/// The longest wait between two reports of the same card, in milliseconds.
pub(crate) const MAX_REPORT_DELAY: u32 = 30_000;
/// How long to wait before the server is first asked for the result of a form whose messages may never come,
/// in milliseconds. What the form says makes it sooner.
pub(crate) const FIRST_QUESTION_DELAY: u32 = 5_000;
/// The first wait before a report that is long enough for the page to be told.
pub(crate) const DELAYED_REPORT: u32 = 4_000;
/// The longest `Retry-After` that a customer is asked to wait for, in seconds.
pub(crate) const MAX_RETRY_AFTER: u32 = 60;
/// How often a customer waits for it before there is an error.
pub(crate) const MAX_RETRIES: u32 = 2;
/// How long the browser may take to leave the page, in milliseconds. If the page is still there, then it was
/// not left.
pub(crate) const LEAVE_TIMEOUT: u32 = 8_000;
/// How long before its end an untouched session is renewed, in milliseconds. A short session is renewed when
/// three quarters of it are over.
pub(crate) const RENEWAL_MARGIN: u32 = 60_000;
/// The shortest time that a session may have left and be renewed, in milliseconds. With less, the clocks of
/// browser and server differ.
pub(crate) const SHORTEST_SESSION: u32 = 1_000;
/// The code with which the server refuses a report, or says that there will be no result, because the time is
/// over.
pub(crate) const SESSION_EXPIRED: &str = "SESSION_EXPIRED";
/// The code of an error that the page gets when the provider has refused a card.
pub(crate) const CARD_REFUSED: &str = "CARD_REFUSED";
/// The codes with which the server refuses a report for good. With any other answer, it may still accept the
/// report later, or the answer is somebody else's.
pub(crate) const FINAL_CODES: [&str; 9] = [
    "RESULT_CONFLICT",
    "RESULT_TOKEN_INVALID",
    SESSION_EXPIRED,
    "CARD_NUMBER_REFUSED",
    "INVALID_FIELD",
    "MISSING_FIELD",
    "UNKNOWN_FIELD",
    "REPEATED_FIELD",
    "MALFORMED_JSON",
];
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

/// What a developer reads of a form URL on an origin that is not allowed.
pub(crate) const WRONG_ORIGIN: &str =
    "the form URL is not on the provider's origins: see form-origin";

/// Returns whether a security policy violation means that the browser refused to show `src` in a frame.
pub(crate) fn blocks_frame(
    src: &str,
    directive: &str,
    disposition: &str,
    blocked_uri: &str,
) -> bool {
    directive == "frame-src" && blocks(src, disposition, blocked_uri)
}

/// Returns whether a security policy violation means that the browser refused to post a form to `url`.
pub(crate) fn blocks_form(
    url: &str,
    directive: &str,
    disposition: &str,
    blocked_uri: &str,
) -> bool {
    directive == "form-action" && blocks(url, disposition, blocked_uri)
}

/// Browsers shorten the blocked URI, in the extreme to its origin. A policy that only reports blocks
/// nothing.
fn blocks(url: &str, disposition: &str, blocked_uri: &str) -> bool {
    disposition != "report" && !blocked_uri.is_empty() && url.starts_with(blocked_uri)
}

/// Returns whether the same request may succeed later.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}

/// Returns after how many milliseconds to renew a session that expires in so many.
pub(crate) fn renewal(expires_in: u32) -> Option<u32> {
    let margin = (expires_in / 4).min(RENEWAL_MARGIN);
    (expires_in >= SHORTEST_SESSION).then(|| (expires_in - margin).min(MAX_TIMER))
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = include_str!("../../../server/openapi.json");

    #[test]
    fn every_final_code_is_one_of_the_servers() {
        for code in FINAL_CODES {
            assert!(API.contains(&alloc::format!("\"{code}\"")), "{code}");
        }
    }
}
