//! How notifications are sent, and what goes wrong with them. Source: docs/payin.md, "Notifications".

use crate::callback_address::NotificationUrl;
use crate::outbox::Message;
use crate::payin::fault::{ContentFault, NotificationFault};
use crate::payin::provider::Provider;
use crate::payin::state::State;

/// Lists a notification, and begins to send it if there is an address for it.
pub(crate) fn start(
    provider: &Provider,
    state: &mut State,
    kind: &str,
    url: Option<NotificationUrl>,
    signature: String,
    body: String,
) {
    let mut message = Message {
        url,
        kind: kind.to_owned(),
        signature: Some(signature),
        body,
        delay: 0,
    };
    let fault = match state.notification_faults.pop_front() {
        Some(NotificationFault::Content(fault)) => {
            apply(fault, &mut message);
            None
        }
        Some(NotificationFault::Delivery(fault)) => Some(fault),
        None => None,
    };
    provider.outbox().send(message, fault);
}

/// Changes what a fault changes. The signature stays as it is, unless it is the fault.
fn apply(fault: ContentFault, message: &mut Message) {
    match fault {
        ContentFault::WrongSignature => {
            let signature = message.signature.get_or_insert_default();
            let last = if signature.ends_with('0') { '1' } else { '0' };
            signature.pop();
            signature.push(last);
        }
        ContentFault::UnknownType => {
            let known = format!(r#""type":"{}","version""#, message.kind);
            let unknown = r#""type":"CHARGEBACK","version""#;
            message.body = message.body.replace(&known, unknown);
        }
        ContentFault::OtherStatus => {
            for (from, to) in [("SUCCESS", "DECLINE"), ("DECLINE", "SUCCESS")] {
                let (from, to) = (format!(r#""{from}""#), format!(r#""{to}""#));
                if message.body.contains(&from) {
                    message.body = message.body.replace(&from, &to);
                    break;
                }
            }
        }
    }
}
