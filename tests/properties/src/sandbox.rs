use axum::Router;
use pantoken_a2c::{AgentId, Origin};
use pantoken_a2c_signing::AgentSecret;
use pantoken_core::SystemRandom;
use pantoken_sandbox::a2c::{Settings, router};
use tokio::runtime::{Builder, Runtime};

use crate::connection::{answers_to, assert_no_failure};

/// A valid number that is not one of the test numbers on the form.
const CARD_NUMBER: &str = "5105105105105100";

/// The property that the sandbox answers any bytes on a connection without a failure of its own, and that
/// no answer contains the agent's secret or the card number that was sent.
pub struct Sandbox {
    runtime: Runtime,
}

impl Sandbox {
    /// Creates the runtime, in which the time of a slow form passes at once.
    #[must_use]
    pub fn new() -> Self {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_all().start_paused(true).build().unwrap();
        Self { runtime }
    }

    /// Panics unless the property holds for these bytes, in a new sandbox.
    pub fn holds_for(&self, bytes: &[u8]) {
        let text = self.answers(bytes);
        assert_no_failure(&text);
        for secret in [Settings::TEST_SECRET_KEY, CARD_NUMBER] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    fn answers(&self, bytes: &[u8]) -> String {
        let answers = self.runtime.block_on(answers_to(&sandbox(), bytes));
        String::from_utf8_lossy(&answers).into_owned()
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

fn sandbox() -> Router {
    let settings = Settings {
        agent_id: AgentId::parse(Settings::TEST_AGENT_ID).unwrap(),
        secret: AgentSecret::parse(Settings::TEST_SECRET_KEY).unwrap(),
        registered_hosts: vec![Origin::parse(Settings::TEST_REGISTERED_HOST).unwrap()],
        public_origin: Origin::parse("http://127.0.0.1:3020").unwrap(),
    };
    router(settings, SystemRandom)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/sandbox");

    #[test]
    fn the_corpus_opens_a_form_and_saves_a_card() {
        let bytes = std::fs::read(format!("{CORPUS}/form-and-save")).unwrap();
        let text = Sandbox::new().answers(&bytes);
        assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2, "{text}");
        assert!(text.contains("panToken"), "{text}");
    }

    #[test]
    fn any_bytes_on_a_connection_are_answered_without_a_failure_of_the_sandboxs() {
        let sandbox = Sandbox::new();
        crate::corpus::try_all("sandbox", |bytes| sandbox.holds_for(bytes), 400);
    }
}
