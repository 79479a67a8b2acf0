use serde::Deserialize;

/// What goes wrong on the way of the next notification or callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault")]
pub(crate) enum DeliveryFault {
    /// It is sent several times at once.
    #[serde(rename = "notification-repeated", alias = "callback-repeated")]
    Repeated {
        /// How often.
        #[serde(default = "three_times")]
        times: u8,
    },
    /// It is sent after the one that follows it.
    #[serde(rename = "notification-reordered", alias = "callback-reordered")]
    Reordered,
    /// It is never sent.
    #[serde(rename = "notification-lost", alias = "callback-lost")]
    Lost,
    /// It is sent late.
    #[serde(rename = "notification-late", alias = "callback-late")]
    Late {
        /// The delay, in milliseconds of the sandbox's clock.
        milliseconds: u32,
    },
}

fn three_times() -> u8 {
    3
}
