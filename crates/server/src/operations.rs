//! The engine that keeps calls to providers from being lost or doubled. It stores each request before it sends it,
//! stores each outcome before it tells the agent, and asks about an operation until it is final.

pub(crate) mod access;
mod engine;
mod event;
mod provider;
mod reconciler;
mod retry;
pub(crate) mod stored;
#[cfg(test)]
mod tests;
mod waits;

pub(crate) use engine::Engine;
pub(crate) use provider::{Event, Next, Provider, Step, Unreadable};
pub use reconciler::reconcile_operations;
pub(crate) use retry::retry;
