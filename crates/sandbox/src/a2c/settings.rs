use pantoken_a2c::{AgentId, Origin};
use pantoken_a2c_signing::AgentSecret;

/// The settings of the sandbox, which serves one agent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The agent whose form URLs are accepted.
    pub agent_id: AgentId,
    /// The secret that the agent signs form URLs with.
    pub secret: AgentSecret,
    /// The sites that may show the form in an iframe. Results are posted only to them.
    pub registered_hosts: Vec<Origin>,
    /// The origin at which browsers reach the sandbox: the part of a form URL before `/form`.
    pub public_origin: Origin,
}

impl Settings {
    /// The agent id that the provider publishes for tests.
    ///
    /// Source: docs/a2c.md, "Signed form URL".
    pub const TEST_AGENT_ID: &str = "agent-01";
    /// The secret key that the provider publishes for tests. It is not secret.
    pub const TEST_SECRET_KEY: &str = "22f3b3cc2ae84451";
    /// The embedding host that the provider publishes for tests.
    pub const TEST_REGISTERED_HOST: &str = "http://localhost:3019";
}
