mod server;

use tokio::runtime::{Builder, Runtime};

use crate::connection::{answers_to, assert_no_failure};
use server::{API_KEY, Database, SECRET, Server};

/// The card number that a client may send and no answer may contain.
const CARD_NUMBER: &str = "4111111111111111";

/// The property that the server answers any bytes on a connection without a failure of its own, that no
/// answer contains a secret or the card number that was sent, and that no session is finished without its
/// token.
///
/// Each input gets a new server, which is always the same. It has two sessions whose tokens occur in
/// `fuzz/corpus/http`, and one whose token does not.
pub struct Http {
    runtime: Runtime,
    database: Database,
}

impl Http {
    /// Creates the database, which is deleted when this is dropped.
    #[must_use]
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(Database::create());
        Self { runtime, database }
    }

    /// Panics unless the property holds for these bytes.
    pub fn holds_for(&self, bytes: &[u8]) {
        self.runtime.block_on(async {
            let server = Server::start(&self.database).await;
            let answers = answers_to(&server.router, bytes).await;
            let text = String::from_utf8_lossy(&answers);
            assert_no_failure(&text);
            for secret in [SECRET, API_KEY, CARD_NUMBER] {
                assert!(!text.contains(secret), "{text}");
            }
            assert_eq!(server.state_of_last_session().await, "created");
        });
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/http");

    fn statuses(file: &str) -> Vec<String> {
        let bytes = std::fs::read(format!("{CORPUS}/{file}")).unwrap();
        let http = Http::new();
        let answers = http.runtime.block_on(async {
            let server = Server::start(&http.database).await;
            answers_to(&server.router, &bytes).await
        });
        let text = String::from_utf8(answers).unwrap();
        let statuses = text.split("HTTP/1.1 ").skip(1);
        statuses.map(|answer| answer[..3].to_owned()).collect()
    }

    #[test]
    fn the_corpus_knows_the_tokens_of_two_sessions() {
        assert_eq!(statuses("result-saved"), ["200", "200", "409"]);
        assert_eq!(statuses("callback-saved"), ["303", "200"]);
    }

    #[test]
    fn any_bytes_on_a_connection_are_answered_without_a_failure_of_the_servers() {
        let http = Http::new();
        crate::corpus::try_all("http", |bytes| http.holds_for(bytes), 200);
    }
}
