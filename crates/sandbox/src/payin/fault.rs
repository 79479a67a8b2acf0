use serde::Deserialize;

/// What goes wrong with the next call that changes something, or with the next notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Fault {
    Call(CallFault),
    Notification(NotificationFault),
}

/// What goes wrong with the next call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub(crate) enum CallFault {
    /// The call is executed, and the connection is cut before the answer.
    DropAnswer,
    /// The answer is late.
    Delay {
        /// The delay, in milliseconds.
        milliseconds: u64,
    },
    /// The call is executed, and answered 500 without a body.
    Empty500,
    /// The call is executed, and answered 500 with a body.
    Error500,
    /// The call is not executed, and answered 503.
    Unavailable,
    /// The call is executed, and answered with a page of HTML.
    Html,
    /// The call is executed, and answered 200 without a body.
    Nothing,
    /// The call is executed, and half of the answer is sent.
    Half,
    /// The call is executed, and the answer has another amount.
    OtherAmount,
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
