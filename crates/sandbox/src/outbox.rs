//! Sends notifications, again and again until they are answered 200.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::oneshot;

use crate::callback_address::NotificationUrl;
use crate::delivery_fault::DeliveryFault;
use crate::sender::Sender;
use crate::timer::MovableClock;

/// The notifications of a provider, in order.
#[derive(Clone)]
pub(crate) struct Outbox(Arc<Shared>);

struct Shared {
    clock: Arc<MovableClock>,
    sender: Sender,
    schedule: Schedule,
    sent: Mutex<Vec<Sent>>,
    /// The notifications that are sent once another one was.
    waiting_for_next: Mutex<Vec<oneshot::Sender<()>>>,
}

/// Returns how long the provider waits after so many attempts that were not answered 200, in milliseconds.
/// `None` means that it gives up.
pub(crate) type Schedule = fn(usize) -> Option<i64>;

/// A notification that is to be sent.
pub(crate) struct Message {
    /// Without an address it is listed and not sent.
    pub(crate) url: Option<NotificationUrl>,
    pub(crate) kind: String,
    /// What the header `Signature` says, if the provider sends one.
    pub(crate) signature: Option<String>,
    pub(crate) body: String,
    /// How long it waits before the first attempt, in milliseconds.
    pub(crate) delay: i64,
}

/// A notification, and how often it was sent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    pub(crate) url: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signature: Option<String>,
    pub(crate) body: String,
    /// Whether it will be sent again, or for the first time.
    pub(crate) is_pending: bool,
    pub(crate) attempts: Vec<Attempt>,
}

/// An attempt to send a notification.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    /// When it was made, in milliseconds of the sandbox's clock.
    pub(crate) at: i64,
    /// The HTTP status of the answer, or nothing if there was none.
    pub(crate) status: Option<u16>,
}

impl Outbox {
    pub(crate) fn new(clock: Arc<MovableClock>, schedule: Schedule) -> Self {
        Self(Arc::new(Shared {
            clock,
            sender: Sender::new(),
            schedule,
            sent: Mutex::default(),
            waiting_for_next: Mutex::default(),
        }))
    }

    /// Returns the notifications, in order.
    pub(crate) fn list(&self) -> Vec<Sent> {
        self.sent().clone()
    }

    pub(crate) fn sender(&self) -> &Sender {
        &self.0.sender
    }

    /// Lists a notification, and begins to send it if there is an address for it. The receiver completes once it was
    /// sent for the first time, or will not be.
    pub(crate) fn send(
        &self,
        message: Message,
        fault: Option<DeliveryFault>,
    ) -> oneshot::Receiver<()> {
        let (first, is_sent) = oneshot::channel();
        let sent = Sent {
            is_pending: message.url.is_some() && fault != Some(DeliveryFault::Lost),
            url: message.url.map(|url| url.as_str().to_owned()),
            kind: message.kind,
            signature: message.signature,
            body: message.body,
            attempts: Vec::new(),
        };
        let index = {
            let mut list = self.sent();
            list.push(sent.clone());
            list.len() - 1
        };
        if !sent.is_pending {
            return is_sent;
        }
        let late = match fault {
            Some(DeliveryFault::Late { milliseconds }) => i64::from(milliseconds),
            _ => 0,
        };
        let (mut followers, gate) = self.queue(fault);
        followers.push(first);
        let delivery = Delivery {
            outbox: self.clone(),
            index,
            sent,
            due: self.0.clock.now() + message.delay + late,
            fault,
            gate,
            followers,
        };
        tokio::spawn(delivery.run());
        is_sent
    }

    /// Returns the notifications that wait for this one, and what this one waits for.
    fn queue(
        &self,
        fault: Option<DeliveryFault>,
    ) -> (Vec<oneshot::Sender<()>>, Option<oneshot::Receiver<()>>) {
        let waiting = &self.0.waiting_for_next;
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if fault == Some(DeliveryFault::Reordered) {
            let (follower, gate) = oneshot::channel();
            waiting.push(follower);
            return (Vec::new(), Some(gate));
        }
        (std::mem::take(&mut *waiting), None)
    }

    fn sent(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.0.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A notification that is being sent.
struct Delivery {
    outbox: Outbox,
    index: usize,
    sent: Sent,
    /// When the next attempt is made.
    due: i64,
    fault: Option<DeliveryFault>,
    /// Completes once the next notification was sent.
    gate: Option<oneshot::Receiver<()>>,
    /// Told once this notification was sent for the first time.
    followers: Vec<oneshot::Sender<()>>,
}

impl Delivery {
    async fn run(mut self) {
        if let Some(gate) = self.gate.take() {
            // An error means that the sandbox stops.
            let _ = gate.await;
        }
        for attempt in 1.. {
            let clock = self.outbox.0.clock.clone();
            clock.wait_until(self.due).await;
            let began = clock.now();
            let is_accepted = self.attempt(attempt).await;
            for follower in self.followers.drain(..) {
                let _ = follower.send(());
            }
            let next = (self.outbox.0.schedule)(attempt);
            match next {
                Some(wait) if !is_accepted => self.due = began + wait,
                _ => break,
            }
        }
        self.change(|sent| sent.is_pending = false);
    }

    /// Sends the notification, and returns whether it was answered 200.
    async fn attempt(&self, attempt: usize) -> bool {
        let times = match self.fault {
            Some(DeliveryFault::Repeated { times }) if attempt == 1 => times,
            _ => 1,
        };
        let posts = (0..times).map(|_| self.post());
        let statuses = futures_util::future::join_all(posts).await;
        statuses.contains(&Some(200))
    }

    async fn post(&self) -> Option<u16> {
        let url = self.sent.url.as_deref()?;
        let at = self.outbox.0.clock.now();
        let (sender, signature) = (self.outbox.sender(), self.sent.signature.as_deref());
        let reply = sender.post(url, signature, &self.sent.body).await;
        let status = reply.map(|reply| reply.status);
        self.change(|sent| sent.attempts.push(Attempt { at, status }));
        status
    }

    fn change(&self, change: impl FnOnce(&mut Sent)) {
        if let Some(sent) = self.outbox.sent().get_mut(self.index) {
            change(sent);
        }
    }
}
