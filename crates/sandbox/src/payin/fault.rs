use serde::Deserialize;

use crate::call_fault::CallFault;
use crate::delivery_fault::DeliveryFault;

/// What goes wrong with the next call that changes something, or with the next notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Fault {
    Call(CallFault),
    Notification(NotificationFault),
}

/// What goes wrong with the next notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum NotificationFault {
    Delivery(DeliveryFault),
    Content(ContentFault),
}

/// What is wrong in the next notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault")]
pub(crate) enum ContentFault {
    /// Its signature is wrong.
    #[serde(rename = "notification-wrong-signature")]
    WrongSignature,
    /// Its status, which is not signed, says the opposite.
    #[serde(rename = "notification-other-status")]
    OtherStatus,
    /// Its type is one that nobody knows.
    #[serde(rename = "notification-unknown-type")]
    UnknownType,
}
