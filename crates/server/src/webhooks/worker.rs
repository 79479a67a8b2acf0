use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pantoken_store::{Delivery, Message, Outbox, SessionStore, StoreError};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::backoff::{LONGEST, wait_after};
use super::event;
use super::sender::Sender;
use super::target::WebhookTarget;
use crate::app::AppState;
use crate::http::client::ClientError;

/// How long to wait if the outbox is empty.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// How long to wait if the store fails.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// How often webhooks are looked for that are due too late.
const BRING_FORWARD_INTERVAL: Duration = Duration::from_secs(60);
/// Longer than an attempt can take, so that no other server claims a webhook that is being sent.
const LEASE_MILLISECONDS: i64 = 60_000;
/// The number of attempts at the same time.
const MAX_CONCURRENT: u32 = 16;

/// Sends the webhooks of the outbox until `stop` completes, then finishes those that are being sent.
///
/// Each is sent until the response is 2xx, so at least once. The webhooks of one session are sent in order:
/// each after the one before was delivered or given up. Any number of servers may do this on one database.
///
/// # Errors
/// Returns [`ClientError`] if the target's URL is `https` and there are no root certificates.
pub async fn deliver(
    app: AppState,
    target: WebhookTarget,
    stop: impl Future<Output = ()>,
) -> Result<(), ClientError> {
    let worker = Worker {
        app,
        sender: Arc::new(Sender::new(target)?),
    };
    tokio::pin!(stop);
    let mut brought_forward: Option<Instant> = None;
    loop {
        if brought_forward.is_none_or(|last| last.elapsed() >= BRING_FORWARD_INTERVAL) {
            brought_forward = Some(Instant::now());
            worker.bring_forward().await;
        }
        let pause = match worker.deliver_due().await {
            Ok(0) => POLL_INTERVAL,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                PAUSE_AFTER_ERROR
            }
        };
        tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

#[derive(Clone)]
struct Worker {
    app: AppState,
    sender: Arc<Sender>,
}

impl Worker {
    /// Lets no webhook wait for longer than the longest wait. The clock may have been ahead when it was
    /// recorded or retried.
    async fn bring_forward(&self) {
        let app = self.app.parts();
        let longest = i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX);
        let latest = app.clock.now().saturating_add(longest);
        match app.store.bring_forward_deliveries(latest).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(
                count,
                "webhooks that were due too late were brought forward"
            ),
            Err(error) => tracing::error!(%error, "the outbox cannot be written"),
        }
    }

    /// Sends the webhooks that are due, up to a limit. Returns how many they were.
    async fn deliver_due(&self) -> Result<usize, StoreError> {
        let app = self.app.parts();
        let now = app.clock.now();
        let leased_until = now + LEASE_MILLISECONDS;
        let claimed = app
            .store
            .claim_deliveries(now, leased_until, MAX_CONCURRENT)
            .await?;
        let count = claimed.len();
        let mut attempts = JoinSet::new();
        for delivery in claimed {
            let worker = self.clone();
            attempts.spawn(async move { worker.attempt(delivery).await });
        }
        attempts.join_all().await;
        Ok(count)
    }

    async fn attempt(&self, delivery: Delivery) {
        let outcome = match self.body(&delivery).await {
            Ok(body) => self.send(&event::id(&delivery), body).await,
            Err(reason) => Err(reason),
        };
        let recorded = match outcome {
            Ok(()) => self.record_delivered(&delivery).await,
            Err(reason) => self.record_failure(&delivery, reason).await,
        };
        if let Err(error) = recorded {
            // Its lease ends, and it is sent again.
            tracing::error!(%error, delivery = %delivery.id, "the outbox cannot be written");
        }
    }

    async fn body(&self, delivery: &Delivery) -> Result<String, String> {
        let app = self.app.parts();
        let (session_id, result) = match &delivery.message {
            Message::Result {
                session_id, result, ..
            } => (*session_id, result.clone()),
            Message::Event { body, .. } => {
                let body = body.as_ref().map_err(ToString::to_string)?;
                return Ok(body.expose().to_owned());
            }
        };
        let signer = app.signer.as_ref();
        let signer = signer.ok_or("the settings of a2c are missing, which name the agent")?;
        let session = app.store.get(session_id).await;
        let session = session.map_err(|error| error.to_string())?;
        let session = session.ok_or("the session was deleted")?;
        event::body(delivery, result, session, signer)
    }

    async fn send(&self, id: &str, body: String) -> Result<(), String> {
        let seconds = self.app.parts().clock.now() / 1000;
        self.sender.send(id, body, seconds).await
    }

    async fn record_delivered(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let app = self.app.parts();
        app.metrics.record_webhook("delivered");
        app.store.mark_delivered(delivery.claim()).await?;
        tracing::info!(delivery = %delivery.id, about = %About(delivery), "webhook delivered");
        Ok(())
    }

    async fn record_failure(&self, delivery: &Delivery, reason: String) -> Result<(), StoreError> {
        let app = self.app.parts();
        let (id, about, attempts) = (delivery.id, About(delivery), delivery.attempts);
        match wait_after(attempts, self.random_number()) {
            Some(wait) => {
                app.metrics.record_webhook("failed");
                tracing::warn!(delivery = %id, %about, attempts, reason, "webhook failed");
                let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                let next = app.clock.now().saturating_add(wait);
                app.store
                    .reschedule_delivery(delivery.claim(), next, reason)
                    .await?;
            }
            None => {
                app.metrics.record_webhook("dead");
                tracing::error!(
                    delivery = %id, %about, attempts, reason,
                    "webhook given up: `pantoken webhooks retry {id}` retries it"
                );
                app.store.mark_dead(delivery.claim(), reason).await?;
            }
        }
        Ok(())
    }

    fn random_number(&self) -> u32 {
        let mut bytes = [0; 4];
        // If this fails, the wait is the shortest, which is harmless.
        let _ = self.app.parts().random.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}

/// Names in the log what a webhook is about.
struct About<'a>(&'a Delivery);

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.message {
            Message::Result { session_id, .. } => write!(f, "session {session_id}"),
            Message::Event {
                operation_id, kind, ..
            } => write!(f, "operation {operation_id}, {kind}"),
        }
    }
}
