#![doc = include_str!("../README.md")]

#[cfg(target_family = "wasm")]
compile_error!(
    "pantoken-a2c-signing holds the agent's secret and must never reach a browser: sign on a server"
);

mod agent_secret;
mod signer;

pub use agent_secret::{AgentSecret, AgentSecretError};
pub use signer::Signer;
