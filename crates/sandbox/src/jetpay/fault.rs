use serde::Deserialize;

use super::content_fault::ContentFault;
use crate::call_fault::CallFault;
use crate::delivery_fault::DeliveryFault;

/// What goes wrong next: with a payout, with the question about a status, or with a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Fault {
    Status(StatusFault),
    Payout(PayoutFault),
    Callback(CallbackFault),
}

/// What goes wrong with the next payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum PayoutFault {
    Call(CallFault),
    Gate(GateFault),
}

/// How Gate refuses the next payout, which it does not execute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub(super) enum GateFault {
    /// 403: the address of the caller is not allowed.
    Forbidden,
    /// 422: the body was not read.
    Unprocessable,
    /// 400: a field was refused.
    Refused,
}

/// What the next questions about a status are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault")]
pub(super) enum StatusFault {
    /// 3062: there are no details yet.
    #[serde(rename = "status-no-details")]
    NoDetails {
        /// How many questions.
        #[serde(default = "once")]
        times: u8,
    },
    /// 3061: there is no such payment.
    #[serde(rename = "status-absent")]
    Absent {
        /// How many questions.
        #[serde(default = "once")]
        times: u8,
    },
    /// 500 without a body.
    #[serde(rename = "status-empty500")]
    Empty500 {
        /// How many questions.
        #[serde(default = "once")]
        times: u8,
    },
    /// With a wrong signature.
    #[serde(rename = "status-wrong-signature")]
    WrongSignature {
        /// How many questions.
        #[serde(default = "once")]
        times: u8,
    },
    /// With the signature in `general`.
    #[serde(rename = "status-signature-in-general")]
    SignatureInGeneral {
        /// How many questions.
        #[serde(default = "once")]
        times: u8,
    },
}

fn once() -> u8 {
    1
}

impl StatusFault {
    /// Returns how many questions it is for.
    pub(super) fn times(self) -> usize {
        match self {
            Self::NoDetails { times }
            | Self::Absent { times }
            | Self::Empty500 { times }
            | Self::WrongSignature { times }
            | Self::SignatureInGeneral { times } => times.into(),
        }
    }
}

/// What goes wrong with the next callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum CallbackFault {
    Delivery(DeliveryFault),
    Content(ContentFault),
}
