//! What was acknowledged survives `kill -9`: the test runs itself as a child that writes, and kills it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use pantoken_store::{Recording, SessionStore, SqliteStore};

use crate::contract::{CREATED_AT, proof, request_id, saved, terms};

const FILE: &str = "PANTOKEN_TEST_DATABASE";
const ACKNOWLEDGED: usize = 50;

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pantoken.db");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writes_until_it_is_killed", "--nocapture"])
        .env(FILE, &file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged: Vec<i64> = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok())
        .take(ACKNOWLEDGED)
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(acknowledged.len(), ACKNOWLEDGED);
    let store = SqliteStore::open(&file).await.unwrap();
    for id in acknowledged {
        let session = store.get(request_id(id)).await.unwrap().unwrap();
        assert_eq!(
            session.outcome.unwrap().result,
            saved(&format!("token-{id}"))
        );
    }
}

/// The child's part; in the parent's run there is no file to write to, and nothing to do.
#[tokio::test]
async fn writes_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    let store = SqliteStore::open(Path::new(&file)).await.unwrap();
    for id in 1.. {
        let _ = store.create(terms(id), None).await.unwrap();
        let token = saved(&format!("token-{id}"));
        let answer = store.record_result(request_id(id), proof(), token, CREATED_AT);
        assert!(matches!(answer.await.unwrap(), Recording::Recorded(_)));
        // `println!` would be captured and buffered.
        writeln!(std::io::stdout(), "\nacknowledged {id}").unwrap();
        std::io::stdout().flush().unwrap();
    }
}
