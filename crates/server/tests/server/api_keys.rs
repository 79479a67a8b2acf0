use std::path::Path;
use std::process::{Command, Output};

use pantoken_server::{ApiKey, Random, RandomError};
use pantoken_store::{ApiKeyName, ApiKeyStore};
use tempfile::TempDir;

use crate::support::{Answer, PAGE, Server, server, server_with};

struct Counted(u8);

impl Random for Counted {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        buffer.fill(self.0);
        Ok(())
    }
}

const KEY_OF_SEVENS: &str = "pantoken_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

async fn ask(server: &Server, key: &str) -> Answer {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str())];
    server.call("GET", "/v1/sessions/1", &headers, "").await
}

#[tokio::test]
async fn a_stored_key_opens_what_the_key_of_the_settings_opens_until_it_is_revoked() {
    let server = server_with(|options| options.api_key = None).await;
    let name = ApiKeyName::parse("shop-1").unwrap();
    ask(&server, KEY_OF_SEVENS)
        .await
        .is_problem(401, "API_KEY_REQUIRED", None);
    let key = ApiKey::generate(&Counted(7)).unwrap();
    let stored = server
        .store
        .insert_api_key(name.clone(), key.digest(), 1)
        .await;
    assert!(stored.unwrap());
    ask(&server, KEY_OF_SEVENS)
        .await
        .is_problem(404, "SESSION_NOT_FOUND", None);
    let bearer = format!("Bearer {KEY_OF_SEVENS}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = r#"{"flow":"iframe"}"#;
    let answer = server.call("POST", "/v1/sessions", &headers, body).await;
    assert_eq!(answer.status, 201);
    assert!(server.store.revoke_api_key(name, 2).await.unwrap());
    ask(&server, KEY_OF_SEVENS)
        .await
        .is_problem(401, "API_KEY_REQUIRED", None);
    let answer = server.call("POST", "/v1/sessions", &headers, body).await;
    answer.is_problem(401, "API_KEY_REQUIRED", None);
}

#[tokio::test]
async fn nonsense_is_refused_without_a_question_to_the_store() {
    let server = server().await;
    server.store.close().await;
    for key in [
        "",
        "x",
        "pantoken_",
        &KEY_OF_SEVENS[..40],
        &"a".repeat(10_000),
    ] {
        ask(&server, key)
            .await
            .is_problem(401, "API_KEY_REQUIRED", None);
    }
    ask(&server, KEY_OF_SEVENS)
        .await
        .is_problem(503, "STORE_UNAVAILABLE", None);
}

/// `pantoken` in this folder, where its database is.
fn pantoken(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .args(arguments)
        .env_clear()
        .current_dir(folder.path())
        .output()
        .unwrap()
}

#[track_caller]
fn says(output: &Output, code: i32, words: &str) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(words), "{text}");
    text.trim().to_owned()
}

#[test]
fn a_key_is_made_listed_and_revoked_and_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| pantoken(&folder, arguments);
    let file = folder.path().join("pantoken.db").display().to_string();
    let no_database = says(&run(&["key", "add", "shop-1"]), 2, &file);
    assert!(no_database.contains("pantoken migrate"), "{no_database}");
    assert!(
        !Path::new(&file).exists(),
        "only the server makes a database"
    );
    says(&run(&["migrate"]), 0, "up to date");
    let added = run(&["key", "add", "shop-1"]);
    says(&added, 0, &format!("the database is {file}"));
    let key = String::from_utf8(added.stdout).unwrap().trim().to_owned();
    assert!(
        key.len() == 52 && !key.contains(char::is_whitespace),
        "{key}"
    );
    let other = says(&run(&["key", "add", "shop-2"]), 0, "pantoken_");
    assert!(!other.contains(&key));
    says(&run(&["key", "add", "shop-1"]), 1, "choose another");
    let list = says(&run(&["key", "list"]), 0, "shop-1  created 20");
    assert!(
        list.contains("shop-2  created 20") && !list.contains(&key) && !list.contains("revoked")
    );
    says(&run(&["key", "revoke", "shop-1"]), 0, "shop-1 is revoked");
    says(&run(&["key", "revoke", "shop-1"]), 1, "pantoken key list");
    says(&run(&["key", "list"]), 0, "revoked 20");
    let refused = says(&run(&["key", "add", &key.replace('_', "/")]), 2, "NAME: ");
    assert!(!refused.contains(&key[9..]), "{refused}");
    let database = std::fs::read(folder.path().join("pantoken.db")).unwrap();
    let written = database
        .windows(key.len())
        .any(|bytes| bytes == key.as_bytes());
    assert!(!written, "only its digest is kept");
}

#[test]
fn a_server_that_nobody_could_use_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .args(["serve", "--listen", "127.0.0.1:0", "--agent-id", "agent-01"])
        .args(["--form-host", "https://a2c-test.qiwi.kz"])
        .env_clear()
        .env("PANTOKEN_AGENT_SECRET_KEY", "22f3b3cc2ae84451")
        .current_dir(folder.path())
        .output()
        .unwrap();
    says(&output, 2, "pantoken key add NAME");
}

#[tokio::test]
async fn a_browser_does_not_say_who_the_customer_is() {
    let server = server().await;
    let headers = [("origin", PAGE), ("content-type", "application/json")];
    let body = r#"{"flow":"iframe","customer":"order 7"}"#;
    let answer = server.call("POST", "/v1/sessions", &headers, body).await;
    answer.is_problem(400, "INVALID_FIELD", Some("customer"));
    assert!(answer.text.contains("API key"), "{}", answer.text);
    let body = r#"{"flow":"iframe","customer":null}"#;
    let answer = server.call("POST", "/v1/sessions", &headers, body).await;
    assert_eq!(answer.status, 201);
}
