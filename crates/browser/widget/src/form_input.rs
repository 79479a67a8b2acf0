use alloc::string::String;

use pantoken_a2c::RawMessage;

use crate::answer::RawAnswer;
use crate::order::Timer;

/// What happened to a form, as a driver tells it to [`FormMachine`](crate::FormMachine).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormInput {
    /// The page wants the form.
    Start,
    /// The page or the customer wants to start over.
    Reload,
    /// The customer wants to continue on the provider's page.
    Redirect {
        /// The URL of the page that the customer is on, without its query.
        page: String,
    },
    /// A document has loaded in the frame.
    FrameLoaded,
    /// The customer has put the focus into the frame.
    FrameFocused,
    /// The browser enforced or reported a content security policy of the page.
    PolicyViolation {
        /// `SecurityPolicyViolationEvent.effectiveDirective`
        directive: String,
        /// `SecurityPolicyViolationEvent.disposition`
        disposition: String,
        /// `SecurityPolicyViolationEvent.blockedURI`
        blocked_uri: String,
    },
    /// The frame's window posted a message.
    Message {
        /// `MessageEvent.origin`
        origin: String,
        /// The message's fields.
        message: RawMessage<String>,
    },
    /// A timer fired.
    TimerFired {
        /// Which timer fired.
        timer: Timer,
    },
    /// An HTTP request was answered, or failed.
    Answered {
        /// The number from the order to send the request.
        request: u32,
        /// The HTTP status; 0 if no complete answer arrived in time.
        status: u16,
        /// What was answered.
        answer: RawAnswer,
    },
    /// The page no longer wants the form.
    Destroy,
}
