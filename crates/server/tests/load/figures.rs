use std::collections::HashSet;

use super::Agent;
use super::cards::Card;

/// Returns whether the card's session has its token.
async fn is_kept(agent: &Agent, card: &Card) -> bool {
    agent.pan_token(&card.request_id).await.as_ref() == Some(&card.pan_token)
}

/// Looks up every acknowledged card, prints a row of the table in docs/reliability.md, and fails if a
/// card is lost or doubled. `kept` is what the database contains: the number of sessions with a token, and
/// the number of deliveries.
pub(crate) async fn check(fault: &str, agent: &Agent, cards: &[Card], kept: [usize; 2]) {
    let answers = agent.answers.to_string();
    let mut lost = 0;
    for card in cards {
        lost += usize::from(!is_kept(agent, card).await);
    }
    let ids: HashSet<_> = cards.iter().map(|card| &card.request_id).collect();
    let keys: HashSet<_> = cards.iter().map(|card| &card.idempotency_key).collect();
    assert_eq!(keys.len(), cards.len());
    let doubled = kept.map(|count| count.abs_diff(cards.len()));
    let doubled = doubled.into_iter().max().unwrap_or(0) + cards.len() - ids.len();
    let acknowledged = cards.len();
    println!("\n| {fault} | {acknowledged} | {lost} | {doubled} | {answers} |");
    assert_eq!((lost, doubled), (0, 0), "{fault}");
}
