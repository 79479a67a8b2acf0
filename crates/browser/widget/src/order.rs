use alloc::string::String;
use alloc::vec::Vec;

use pantoken_a2c::Event;

/// What [`FormMachine::handle`](crate::FormMachine::handle) returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Output {
    /// What the driver has to do, in this order.
    pub orders: Vec<Order>,
    /// What the page is told after the orders are performed, in this order.
    pub events: Vec<Event>,
}

/// One thing that a driver has to do. Every value is in the order: a driver decides nothing.
///
/// With the feature `serde`, an order is an object whose field `order` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        tag = "order",
        rename_all = "camelCase",
        rename_all_fields = "camelCase"
    )
)]
#[non_exhaustive]
pub enum Order {
    /// Shows a new iframe with these attributes, in place of the previous one.
    ShowFrame {
        /// The form URL.
        src: String,
        /// The title that assistive technology announces.
        title: String,
        /// The inline style, to be set through the object model: a strict policy forbids the attribute.
        style: String,
        /// The sandbox flags.
        sandbox: String,
        /// The referrer policy.
        referrer_policy: String,
        /// The permissions policy.
        allow: String,
    },
    /// Removes the iframe.
    RemoveFrame,
    /// Posts a message to the iframe's window.
    PostMessage {
        /// The message.
        message: String,
        /// The only origin that may receive it.
        target_origin: String,
    },
    /// Starts a timer, in place of the previous one of this name.
    SetTimer {
        /// Which timer to start.
        timer: Timer,
        /// When it fires.
        milliseconds: u32,
    },
    /// Stops a timer.
    ClearTimer {
        /// Which timer to stop.
        timer: Timer,
    },
    /// Sends an HTTP request with the method POST and a JSON body. Its answer is the input
    /// [`FormInput::Answered`](crate::FormInput::Answered).
    Post {
        /// Identifies the request in the answer.
        request: u32,
        /// The URL, as `fetch` takes it.
        url: String,
        /// The bearer token, if the request needs one.
        token: Option<String>,
        /// The JSON text to send.
        body: String,
        /// When to give up, in milliseconds.
        timeout: u32,
        /// Whether the request goes on while the customer leaves the page.
        keepalive: bool,
    },
    /// Leads the whole page to this URL.
    Navigate {
        /// The form URL.
        url: String,
    },
    /// Releases the machine: nothing more will come of any input.
    Finish,
}

/// The timers of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase")
)]
#[non_exhaustive]
pub enum Timer {
    /// Limits how long the form may take to say Ready.
    Ready,
    /// Separates two reports of the same card.
    Report,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Self; 2] = [Self::Ready, Self::Report];

    /// Returns the timer's name, as drivers use it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Report => "report",
        }
    }
}
