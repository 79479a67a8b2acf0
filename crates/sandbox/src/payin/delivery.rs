//! Sends notifications, again and again until they are answered 200. Source: docs/payin.md, "Notifications".

use tokio::sync::oneshot;

use crate::payin::fault::NotificationFault;
use crate::payin::provider::Provider;
use crate::payin::sender::{Attempt, Sent};
use crate::payin::settings::NotificationUrl;
use crate::payin::state::State;

/// How long the provider waits before each attempt, in milliseconds.
const SCHEDULE: [i64; 6] = [0, 5_000, 60_000, 300_000, 300_000, 300_000];
/// How often a repeated notification is sent at once.
const REPEATED: usize = 3;

/// Lists a notification, and begins to send it if there is an address for it.
pub(crate) fn start(
    provider: &Provider,
    state: &mut State,
    kind: &str,
    url: Option<NotificationUrl>,
    signature: String,
    body: String,
) {
    let fault = state.notification_faults.pop_front();
    let mut sent = Sent {
        url: url.map(|url| url.as_str().to_owned()),
        kind: kind.to_owned(),
        signature,
        body,
        is_pending: true,
        attempts: Vec::new(),
    };
    apply(fault, &mut sent);
    sent.is_pending = sent.url.is_some() && fault != Some(NotificationFault::Lost);
    let index = state.notifications.len();
    state.notifications.push(sent.clone());
    if !sent.is_pending {
        return;
    }
    let (follower, gate) = if fault == Some(NotificationFault::Reordered) {
        let (follower, gate) = oneshot::channel();
        state.waiting_for_next.push(follower);
        (Vec::new(), Some(gate))
    } else {
        (std::mem::take(&mut state.waiting_for_next), None)
    };
    let delivery = Delivery {
        provider: provider.clone(),
        index,
        sent,
        fault,
        gate,
        followers: follower,
    };
    tokio::spawn(delivery.run());
}

/// Changes what a fault changes. The signature stays as it is, unless it is the fault.
fn apply(fault: Option<NotificationFault>, sent: &mut Sent) {
    match fault {
        Some(NotificationFault::WrongSignature) => {
            let last = if sent.signature.ends_with('0') {
                '1'
            } else {
                '0'
            };
            sent.signature.pop();
            sent.signature.push(last);
        }
        Some(NotificationFault::UnknownType) => {
            let known = format!(r#""type":"{}","version""#, sent.kind);
            let unknown = r#""type":"CHARGEBACK","version""#;
            sent.body = sent.body.replace(&known, unknown);
        }
        Some(NotificationFault::OtherStatus) => {
            for (from, to) in [("SUCCESS", "DECLINE"), ("DECLINE", "SUCCESS")] {
                let (from, to) = (format!(r#""{from}""#), format!(r#""{to}""#));
                if sent.body.contains(&from) {
                    sent.body = sent.body.replace(&from, &to);
                    break;
                }
            }
        }
        _ => {}
    }
}

/// A notification that is being sent.
struct Delivery {
    provider: Provider,
    index: usize,
    sent: Sent,
    fault: Option<NotificationFault>,
    /// Completes once the next notification was sent.
    gate: Option<oneshot::Receiver<()>>,
    /// Starts the earlier notifications that wait for this one.
    followers: Vec<oneshot::Sender<()>>,
}

impl Delivery {
    async fn run(mut self) {
        if let Some(gate) = self.gate.take() {
            // An error means that the sandbox stops.
            let _ = gate.await;
        }
        let late = match self.fault {
            Some(NotificationFault::Late { milliseconds }) => i64::from(milliseconds),
            _ => 0,
        };
        let clock = self.provider.clock();
        clock.wait_until(clock.now() + late).await;
        for wait in SCHEDULE {
            let clock = self.provider.clock();
            clock.wait_until(clock.now() + wait).await;
            let is_accepted = self.attempt().await;
            for follower in self.followers.drain(..) {
                let _ = follower.send(());
            }
            if is_accepted {
                break;
            }
        }
        self.change(|sent| sent.is_pending = false);
    }

    /// Sends the notification, and returns whether it was answered 200.
    async fn attempt(&self) -> bool {
        let is_first = self.sent.attempts.is_empty();
        let is_repeated = self.fault == Some(NotificationFault::Repeated);
        let times = if is_first && is_repeated { REPEATED } else { 1 };
        let posts = (0..times).map(|_| self.post());
        let statuses = futures_util::future::join_all(posts).await;
        statuses.contains(&Some(200))
    }

    async fn post(&self) -> Option<u16> {
        let url = self.sent.url.as_deref()?;
        let sender = self.provider.sender();
        let at = self.provider.now();
        let status = sender
            .post(url, &self.sent.signature, &self.sent.body)
            .await;
        self.change(|sent| sent.attempts.push(Attempt { at, status }));
        status
    }

    fn change(&self, change: impl FnOnce(&mut Sent)) {
        if let Some(sent) = self.provider.state().notifications.get_mut(self.index) {
            change(sent);
        }
    }
}
