use pantoken_a2c::{AgentId, Origin};
use pantoken_a2c_signing::AgentSecret;

/// What the sandbox knows of the one agent that it serves, and of itself.
///
/// Source: docs/sandbox.md, "Flags and environment".
#[derive(Clone, Debug)]
pub struct Settings {
    /// The agent whose form URLs are accepted.
    pub agent_id: AgentId,
    /// What the agent signs them with.
    pub secret: AgentSecret,
    /// The sites on which the form may be shown in an iframe, and to which it answers.
    pub registered_hosts: Vec<Origin>,
    /// Where browsers find the sandbox; the part of a form URL before `/form`.
    pub public_origin: Origin,
}

impl Settings {
    /// The agent id that the provider publishes for tests. Source: docs/a2c.md, "Signed form URL".
    pub const TEST_AGENT_ID: &str = "agent-01";
    /// The secret key that the provider publishes for tests, and so no secret.
    pub const TEST_SECRET_KEY: &str = "22f3b3cc2ae84451";
    /// The embedding host that the provider publishes for tests.
    pub const TEST_REGISTERED_HOST: &str = "http://localhost:3019";
}
