use std::sync::Arc;
use std::time::Duration;

use pantoken_store::{Delivery, Outbox, StoreError};
use tokio::task::JoinSet;

use super::backoff::wait_after;
use super::event;
use super::sender::Sender;
use super::target::WebhookTarget;
use crate::app::AppState;

/// How often the outbox is looked into while it is empty.
const POLL: Duration = Duration::from_millis(250);
/// After the store failed.
const PAUSE: Duration = Duration::from_secs(5);
/// Longer than one attempt can take, so that nobody else claims what is under way.
const LEASE_MILLISECONDS: i64 = 60_000;
/// Deliveries that are under way at one time.
const AT_ONCE: u32 = 16;

/// Delivers what is in the outbox until `stop` is done, then finishes what is under way.
///
/// Each result is sent until it is answered with 2xx, at least once; those of one request one after
/// the other, the next one after the one before arrived or was given up. Any number of servers may
/// do this on one database.
///
/// # Errors
/// [`reqwest::Error`] when this machine has no certificates to know the target by.
pub async fn deliver(
    app: AppState,
    target: WebhookTarget,
    stop: impl Future<Output = ()>,
) -> Result<(), reqwest::Error> {
    let worker = Worker {
        app,
        sender: Arc::new(Sender::new(target)?),
    };
    tokio::pin!(stop);
    loop {
        let pause = match worker.deliver_due().await {
            Ok(0) => POLL,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                PAUSE
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
    /// Attempts all that is due, up to a limit; how many that were.
    async fn deliver_due(&self) -> Result<usize, StoreError> {
        let app = self.app.parts();
        let now = app.clock.now();
        let leased_until = now + LEASE_MILLISECONDS;
        let claimed = app
            .store
            .claim_deliveries(now, leased_until, AT_ONCE)
            .await?;
        let count = claimed.len();
        let mut under_way = JoinSet::new();
        for delivery in claimed {
            let worker = self.clone();
            under_way.spawn(async move { worker.attempt(delivery).await });
        }
        under_way.join_all().await;
        Ok(count)
    }

    async fn attempt(&self, delivery: Delivery) {
        let outcome = match event::body(&delivery) {
            Ok(body) => self.send(body).await,
            Err(reason) => Err(reason),
        };
        let noted = match outcome {
            Ok(()) => self.note_arrival(&delivery).await,
            Err(reason) => self.note_failure(&delivery, reason).await,
        };
        if let Err(error) = noted {
            // Its lease ends, and it is sent again: at least once.
            tracing::error!(%error, delivery = %delivery.id, "the outbox cannot be written");
        }
    }

    async fn send(&self, body: String) -> Result<(), String> {
        let seconds = self.app.parts().clock.now() / 1000;
        self.sender.send(body, seconds).await
    }

    async fn note_arrival(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let app = self.app.parts();
        app.metrics.record_webhook("delivered");
        app.store.mark_delivered(delivery.claim()).await?;
        let (id, request_id) = (delivery.id, delivery.session_id);
        tracing::info!(delivery = %id, requestId = %request_id, "webhook delivered");
        Ok(())
    }

    async fn note_failure(&self, delivery: &Delivery, reason: String) -> Result<(), StoreError> {
        let app = self.app.parts();
        let (id, request_id, attempts) = (delivery.id, delivery.session_id, delivery.attempts);
        match wait_after(attempts, self.chance()) {
            Some(wait) => {
                app.metrics.record_webhook("failed");
                tracing::warn!(delivery = %id, requestId = %request_id, attempts, reason, "webhook failed");
                let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                let next = app.clock.now().saturating_add(wait);
                app.store
                    .reschedule_delivery(delivery.claim(), next, reason)
                    .await?;
            }
            None => {
                app.metrics.record_webhook("dead");
                tracing::error!(
                    delivery = %id, requestId = %request_id, attempts, reason,
                    "webhook given up: `pantoken webhooks retry {id}` tries again"
                );
                app.store.mark_dead(delivery.claim(), reason).await?;
            }
        }
        Ok(())
    }

    fn chance(&self) -> u32 {
        let mut bytes = [0; 4];
        // Without chance the wait is the shortest, which does no harm.
        let _ = self.app.parts().random.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }
}
