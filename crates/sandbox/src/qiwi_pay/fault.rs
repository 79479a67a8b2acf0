use serde::Deserialize;

use crate::call_fault::CallFault;
use crate::delivery_fault::DeliveryFault;

/// What goes wrong with the next call that changes something, or with the next notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Fault {
    Call(CallFault),
    Refusal(ErrorFault),
    Delivery(DeliveryFault),
    Signature(SignatureFault),
}

/// The next call is not executed, and answered with an error of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub(super) enum ErrorFault {
    /// The call is refused.
    Error {
        /// The code of the error.
        code: u32,
    },
}

/// The next notification cannot be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault")]
pub(super) enum SignatureFault {
    /// Its signature is wrong.
    #[serde(rename = "notification-wrong-signature")]
    Wrong,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextCall {
    Answer(CallFault),
    Refusal(u32),
}

/// What goes wrong with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextNotification {
    Delivery(DeliveryFault),
    WrongSignature,
}
