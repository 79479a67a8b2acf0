use std::path::Path;
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pantoken_server::{ApiKey, Random, RandomError};
use pantoken_store::{ApiKeyName, ApiKeyScope, ApiKeyStore};
use tempfile::TempDir;

use crate::support::{API_KEY, Answer, PAGE, Server, server, server_with};

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

async fn store(server: &Server, key: &ApiKey, name: &str, scope: ApiKeyScope) {
    let name = ApiKeyName::parse(name).unwrap();
    let stored = server.store.insert_api_key(name, scope, key.digest(), 1);
    assert!(stored.await.unwrap());
}

/// Stores a key with this scope. Returns the header that presents it.
async fn bearer_with(server: &Server, byte: u8, scope: ApiKeyScope) -> String {
    let key = ApiKey::generate(&Counted(byte)).unwrap();
    let name = format!("{}-{byte}", scope.as_str());
    store(server, &key, &name, scope).await;
    let text = URL_SAFE_NO_PAD.encode([byte; 32]);
    format!("Bearer pantoken_{text}")
}

async fn create(server: &Server, bearer: &str, idempotency_key: &str) -> Answer {
    let headers = [
        ("authorization", bearer),
        ("content-type", "application/json"),
        ("idempotency-key", idempotency_key),
    ];
    let body = r#"{"flow":"iframe"}"#;
    server.call("POST", "/v1/sessions", &headers, body).await
}

async fn read(server: &Server, bearer: &str, session: &Answer) -> Answer {
    let path = format!("/v1/sessions/{}", session.field("requestId"));
    let headers = [("authorization", bearer)];
    server.call("GET", &path, &headers, "").await
}

#[tokio::test]
async fn a_key_may_do_what_its_scope_says() {
    let server = server().await;
    let create_only = bearer_with(&server, 1, ApiKeyScope::Create).await;
    let own = bearer_with(&server, 2, ApiKeyScope::ReadOwn).await;
    let another = bearer_with(&server, 3, ApiKeyScope::ReadOwn).await;
    let all = bearer_with(&server, 4, ApiKeyScope::ReadAll).await;
    let mut sessions = Vec::new();
    for (number, bearer) in [&create_only, &own, &another, &all].into_iter().enumerate() {
        let session = create(
            &server,
            bearer,
            &format!("order {number}").replace(' ', "-"),
        )
        .await;
        assert_eq!(session.status, 201);
        sessions.push(session);
    }
    sessions.push(server.iframe_session().await);
    for session in &sessions {
        let answer = read(&server, &create_only, session).await;
        answer.is_problem(403, "API_KEY_SCOPE", None);
        assert_eq!(read(&server, &all, session).await.status, 200);
    }
    for (index, session) in sessions.iter().enumerate() {
        for (owner, bearer) in [(1, &own), (2, &another)] {
            let answer = read(&server, bearer, session).await;
            if index == owner {
                assert_eq!(answer.status, 200);
            } else {
                answer.is_problem(404, "SESSION_NOT_FOUND", None);
            }
        }
    }
    for bearer in [&create_only, &own, &all] {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let body = r#"{"flow":"iframe","requestId":"5"}"#;
        let answer = server.call("POST", "/v1/form-urls", &headers, body).await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn a_key_without_all_rights_does_not_get_anothers_session_by_its_idempotency_key() {
    let server = server().await;
    let all = bearer_with(&server, 1, ApiKeyScope::ReadAll).await;
    let own = bearer_with(&server, 2, ApiKeyScope::ReadOwn).await;
    let create_only = bearer_with(&server, 3, ApiKeyScope::Create).await;
    let mut ids = Vec::new();
    for bearer in [&all, &own, &create_only] {
        for _ in 0..2 {
            let session = create(&server, bearer, "order-7").await;
            ids.push(session.field("requestId"));
        }
    }
    assert_eq!((&ids[0], &ids[2], &ids[4]), (&ids[1], &ids[3], &ids[5]));
    assert!(ids[0] != ids[2] && ids[2] != ids[4] && ids[0] != ids[4]);
    // A key that replaces one with all rights repeats its creations.
    let new = bearer_with(&server, 4, ApiKeyScope::ReadAll).await;
    let again = create(&server, &new, "order-7").await;
    assert_eq!(again.field("requestId"), ids[0]);
}

#[tokio::test]
async fn wrong_keys_are_limited_by_address_before_they_are_looked_up() {
    let server = server().await;
    let right = bearer_with(&server, 1, ApiKeyScope::ReadAll).await;
    let late = bearer_with(&server, 2, ApiKeyScope::ReadAll).await;
    let path = "/v1/sessions/1";
    let call = async |peer: &str, bearer: &str| {
        let headers = [("authorization", bearer)];
        server.call_from(peer, "GET", path, &headers, "").await
    };
    let peer = "192.0.2.1:1";
    call(peer, &right)
        .await
        .is_problem(404, "SESSION_NOT_FOUND", None);
    for number in 0..9 {
        let guess = format!("Bearer a-guess-{number}");
        call(peer, &guess)
            .await
            .is_problem(401, "API_KEY_REQUIRED", None);
    }
    let limited = call(peer, &late).await;
    limited.is_problem(429, "RATE_LIMITED", None);
    let seconds: u32 = limited.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&seconds), "{seconds}");
    let bearer_of_settings = format!("Bearer {API_KEY}");
    call(peer, &bearer_of_settings)
        .await
        .is_problem(404, "SESSION_NOT_FOUND", None);
    // Others, and who had presented the right key before, are not limited.
    for (peer, bearer) in [("192.0.2.2:1", &late), (peer, &right), (peer, &late)] {
        call(peer, bearer)
            .await
            .is_problem(404, "SESSION_NOT_FOUND", None);
    }
    // A guess costs no question to the store.
    server.store.close().await;
    let guess = format!("Bearer {KEY_OF_SEVENS}");
    call(peer, &guess)
        .await
        .is_problem(429, "RATE_LIMITED", None);
    server.clock.advance_seconds(seconds);
    call(peer, &guess)
        .await
        .is_problem(503, "STORE_UNAVAILABLE", None);
}

#[tokio::test]
async fn a_stored_key_opens_what_the_key_of_the_settings_opens_until_it_is_revoked() {
    let server = server_with(|options| options.api_key = None).await;
    let name = ApiKeyName::parse("shop-1").unwrap();
    ask(&server, KEY_OF_SEVENS)
        .await
        .is_problem(401, "API_KEY_REQUIRED", None);
    let key = ApiKey::generate(&Counted(7)).unwrap();
    store(&server, &key, "shop-1", ApiKeyScope::ReadAll).await;
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
    says(
        &run(&["key", "add", "checkout", "--scope", "create"]),
        0,
        "pantoken_",
    );
    let list = says(&run(&["key", "list"]), 0, "  scope create");
    assert!(list.contains("  scope read-all"), "{list}");
    says(
        &run(&["key", "add", "other", "--scope", "everything"]),
        2,
        "create, read-own or read-all",
    );
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
