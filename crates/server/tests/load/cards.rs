use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Agent;

/// The number of concurrent customers. Each saves one card after the other.
const CUSTOMERS: usize = 8;

/// A card that was acknowledged to the agent and the customer.
pub(crate) struct Card {
    pub(crate) idempotency_key: String,
    pub(crate) request_id: String,
    pub(crate) pan_token: String,
}

/// Acknowledged cards, as customers save them in the background.
pub(crate) struct Cards {
    customers: JoinSet<()>,
    receiver: mpsc::UnboundedReceiver<Card>,
    stop: Arc<AtomicBool>,
}

impl Cards {
    /// Starts the customers.
    pub(crate) fn start(agent: &Agent) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let stop = Arc::<AtomicBool>::default();
        let mut customers = JoinSet::new();
        for customer in 0..CUSTOMERS {
            customers.spawn(save_cards(
                agent.clone(),
                customer,
                sender.clone(),
                Arc::clone(&stop),
            ));
        }
        Self {
            customers,
            receiver,
            stop,
        }
    }

    /// Waits for this many more cards.
    pub(crate) async fn next(&mut self, count: usize) -> Vec<Card> {
        let mut cards = Vec::with_capacity(count);
        while cards.len() < count {
            cards.push(self.receiver.recv().await.unwrap());
        }
        cards
    }

    /// Stops the customers, and returns the cards that they still finish. Fails if one of them has failed.
    pub(crate) async fn finish(mut self) -> Vec<Card> {
        self.stop.store(true, Ordering::Relaxed);
        let mut cards = Vec::new();
        while let Some(card) = self.receiver.recv().await {
            cards.push(card);
        }
        while let Some(customer) = self.customers.join_next().await {
            customer.unwrap();
        }
        cards
    }
}

/// Saves cards, each with two panTokens at once, of which exactly one must win.
async fn save_cards(
    agent: Agent,
    customer: usize,
    sender: mpsc::UnboundedSender<Card>,
    stop: Arc<AtomicBool>,
) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
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
        sender.send(card).unwrap();
    }
}
