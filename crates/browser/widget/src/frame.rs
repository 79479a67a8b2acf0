use alloc::string::String;

use pantoken_a2c::FormOrigins;

use crate::answer::{A2C, PAYIN};
use crate::order::Order;
use crate::{payin, policy};

/// What a driver has to know of a kind of form in order to load one before its machine runs. The machine remains the one
/// that decides: it may order another frame, or none.
#[derive(Debug)]
#[non_exhaustive]
pub struct FormKind {
    /// The value of a session's field `form`.
    pub form: &'static str,
    /// The provider's own origins.
    pub origins: &'static [&'static str],
    /// The order for its iframe, without a URL.
    pub frame: Order,
}

impl FormKind {
    /// Returns every kind.
    #[must_use]
    pub fn all() -> [Self; 2] {
        [
            (A2C, &[FormOrigins::PRODUCTION][..], false),
            (PAYIN, &payin::ORIGINS[..], true),
        ]
        .map(|(form, origins, is_payin)| Self {
            form,
            origins,
            frame: show_frame(String::new(), is_payin),
        })
    }
}

/// Orders the iframe of a form with this URL.
pub(crate) fn show_frame(src: String, is_payin: bool) -> Order {
    Order::ShowFrame {
        src,
        style: policy::FRAME_STYLE,
        sandbox: policy::FRAME_SANDBOX,
        referrer_policy: policy::FRAME_REFERRER_POLICY,
        allow: if is_payin {
            payin::FRAME_ALLOW
        } else {
            policy::FRAME_ALLOW
        },
    }
}
