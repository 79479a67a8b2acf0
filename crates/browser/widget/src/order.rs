use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use pantoken_a2c::Event;

use crate::json::JsonObject;

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
/// In JSON, an order is an object whose field `order` names it: see [`Order::to_json`]. Its `Debug` output is
/// its name alone, because a request has tokens.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// Shows a new iframe with these attributes, in place of the previous one.
    ShowFrame {
        /// The form URL.
        src: String,
        /// The inline style, to be set through the object model: a strict policy forbids the attribute.
        style: &'static str,
        /// The sandbox flags.
        sandbox: &'static str,
        /// The referrer policy.
        referrer_policy: &'static str,
        /// The permissions policy.
        allow: &'static str,
    },
    /// Removes the iframe.
    RemoveFrame,
    /// Posts a message to the iframe's window.
    PostMessage {
        /// The message.
        message: &'static str,
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
        /// The URL.
        url: String,
        /// The URL that `url` is relative to, or `None` for the page's own base URL.
        base: Option<String>,
        /// The header `Pantoken-Result-Token`, if the request needs one.
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
    /// Leads the whole page to this URL by posting these fields, each as a hidden input.
    SubmitForm {
        /// The form's `action`.
        url: String,
        /// The fields' names and values, in this order.
        fields: Vec<(String, String)>,
    },
    /// Releases the machine: nothing more will come of any input.
    Finish,
}

impl Order {
    /// Writes the order for a driver that is not in Rust.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = JsonObject::new();
        json.text("order", self.name());
        match self {
            Self::ShowFrame {
                src,
                style,
                sandbox,
                referrer_policy,
                allow,
            } => {
                json.text("src", src);
                json.text("style", style);
                json.text("sandbox", sandbox);
                json.text("referrerPolicy", referrer_policy);
                json.text("allow", allow);
            }
            Self::PostMessage {
                message,
                target_origin,
            } => {
                json.text("message", message);
                json.text("targetOrigin", target_origin);
            }
            Self::SetTimer {
                timer,
                milliseconds,
            } => {
                json.text("timer", timer.as_str());
                json.number("milliseconds", *milliseconds);
            }
            Self::ClearTimer { timer } => json.text("timer", timer.as_str()),
            Self::Post {
                request,
                url,
                base,
                token,
                body,
                timeout,
                keepalive,
            } => {
                json.number("request", *request);
                json.text("url", url);
                json.optional_text("base", base.as_deref());
                json.optional_text("token", token.as_deref());
                json.text("body", body);
                json.number("timeout", *timeout);
                json.bool("keepalive", *keepalive);
            }
            Self::Navigate { url } => json.text("url", url),
            Self::SubmitForm { url, fields } => {
                let mut object = JsonObject::new();
                for (name, value) in fields {
                    object.text(name, value);
                }
                json.text("url", url);
                json.object("fields", object);
            }
            Self::RemoveFrame | Self::Finish => {}
        }
        json.finish()
    }

    fn name(&self) -> &'static str {
        match self {
            Self::ShowFrame { .. } => "showFrame",
            Self::RemoveFrame => "removeFrame",
            Self::PostMessage { .. } => "postMessage",
            Self::SetTimer { .. } => "setTimer",
            Self::ClearTimer { .. } => "clearTimer",
            Self::Post { .. } => "post",
            Self::Navigate { .. } => "navigate",
            Self::SubmitForm { .. } => "submitForm",
            Self::Finish => "finish",
        }
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The timers of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timer {
    /// Limits how long the form may take to say Ready.
    Ready,
    /// Separates two reports of the same card.
    Report,
    /// Ends a session before it expires, the wait for a session, or the wait for the page to be left.
    Session,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Self; 3] = [Self::Ready, Self::Report, Self::Session];

    /// Returns the timer's name, as drivers use it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Report => "report",
            Self::Session => "session",
        }
    }
}
