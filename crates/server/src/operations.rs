//! The engine that makes money calls survive: what is asked of a provider is stored before it is asked, what is
//! heard is stored before it is told, and what is not final is asked about until it is.

mod engine;
mod event;
mod provider;
mod reconciler;
mod waits;

pub(crate) use engine::Engine;
pub(crate) use provider::{Event, Next, Provider, Step, Unreadable};
pub use reconciler::reconcile_operations;
