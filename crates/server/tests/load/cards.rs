use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join;
use serde_json::json;
use tokio::sync::mpsc;

use super::Agent;

/// Customers at one time; each brings one card after the other.
const CUSTOMERS: usize = 8;

/// What the agent and the customer were told.
pub(crate) struct Card {
    pub(crate) idempotency_key: String,
    pub(crate) request_id: String,
    pub(crate) pan_token: String,
}

/// Cards as they are acknowledged, until the customers are told that it is enough.
pub(crate) struct Cards {
    told: mpsc::UnboundedReceiver<Card>,
    enough: Arc<AtomicBool>,
}

impl Cards {
    /// Lets customers come.
    pub(crate) fn bring(agent: &Agent) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let enough = Arc::<AtomicBool>::default();
        for customer in 0..CUSTOMERS {
            tokio::spawn(bring(
                agent.clone(),
                customer,
                tell.clone(),
                Arc::clone(&enough),
            ));
        }
        Self { told, enough }
    }

    /// So many cards more.
    pub(crate) async fn next(&mut self, count: usize) -> Vec<Card> {
        let mut cards = Vec::with_capacity(count);
        while cards.len() < count {
            cards.push(self.told.recv().await.unwrap());
        }
        cards
    }

    /// What is still acknowledged when each customer has finished their card.
    pub(crate) async fn last(mut self) -> Vec<Card> {
        self.enough.store(true, Ordering::Relaxed);
        let mut cards = Vec::new();
        while let Some(card) = self.told.recv().await {
            cards.push(card);
        }
        cards
    }
}

/// Each card with two panTokens at once, of which one is to win.
async fn bring(
    agent: Agent,
    customer: usize,
    tell: mpsc::UnboundedSender<Card>,
    enough: Arc<AtomicBool>,
) {
    let mut number = 0;
    while !enough.load(Ordering::Relaxed) {
        number += 1;
        let idempotency_key = format!("order-{customer}-{number}");
        let session = agent
            .create(&idempotency_key, &json!({"flow": "iframe"}))
            .await;
        let [a, b] = ["a", "b"].map(|rival| format!("token-{customer}-{number}-{rival}"));
        let won = join(agent.save(&session, &a), agent.save(&session, &b)).await;
        let pan_token = match won {
            (true, false) => a,
            (false, true) => b,
            _ => panic!("{idempotency_key}: {won:?}"),
        };
        let request_id = session.request_id;
        let card = Card {
            idempotency_key,
            request_id,
            pan_token,
        };
        tell.send(card).unwrap();
    }
}
