use serde::Deserialize;

use crate::call_fault::CallFault;

/// What goes wrong with the next call that changes something, or with the next notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Fault {
    Call(CallFault),
    Notification(NotificationFault),
}

/// What goes wrong with the next notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault")]
pub(crate) enum NotificationFault {
    /// It is sent three times at once.
    #[serde(rename = "notification-repeated")]
    Repeated,
    /// It is sent after the one that follows it.
    #[serde(rename = "notification-reordered")]
    Reordered,
    /// It is never sent.
    #[serde(rename = "notification-lost")]
    Lost,
    /// Its signature is wrong.
    #[serde(rename = "notification-wrong-signature")]
    WrongSignature,
    /// It is sent late.
    #[serde(rename = "notification-late")]
    Late {
        /// The delay, in milliseconds of the sandbox's clock.
        milliseconds: u32,
    },
    /// Its status, which is not signed, says the opposite.
    #[serde(rename = "notification-other-status")]
    OtherStatus,
    /// Its type is one that nobody knows.
    #[serde(rename = "notification-unknown-type")]
    UnknownType,
}
