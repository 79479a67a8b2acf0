//! The real binary on each database: tables and keys.

use std::path::Path;
use std::process::{Command, Output};

use pantoken_store::{Database, DatabaseUrl, SessionStore, StoreKey, StoreKeys, StoreOptions};

use serde_json::Value;

use crate::process::{API_KEY, PAN_TOKEN, Server, command, json_field};
use crate::retention::edit;
use crate::wait;

const OLD: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const NEW: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn pantoken(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder)
        .output()
        .unwrap()
}

#[track_caller]
fn ends(output: &Output, code: i32) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(!text.contains(OLD) && !text.contains(NEW), "{text}");
    text
}

/// Saves a panToken and gives what the server logged.
pub(crate) fn save(folder: &Path, variables: &[(&str, &str)]) -> String {
    let mut serve = command(folder, "127.0.0.1:0", "text");
    let process = Server::spawn(serve.envs(variables.iter().copied()));
    let created = process.post("/v1/sessions", API_KEY, r#"{"flow":"iframe"}"#);
    let path = format!("/v1/sessions/{}/result", json_field(&created, "requestId"));
    let token = json_field(&created, "resultToken");
    let body = format!(r#"{{"panToken":"{PAN_TOKEN}"}}"#);
    let answer = process.post(&path, &token, &body);
    assert_eq!(json_field(&answer, "state"), "saved");
    process.stop()
}

fn holds_the_token(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| {
            let mut windows = bytes.windows(PAN_TOKEN.len());
            windows.any(|window| window == PAN_TOKEN.as_bytes())
        })
}

#[test]
fn a_connection_to_postgres_without_protection_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    // Nothing listens there, and it is no loopback address.
    let url = "postgres://pantoken@0.0.0.0:1/pantoken?sslmode=";
    for (mode, is_warned) in [("prefer", true), ("require", true), ("verify-full", false)] {
        let output = command(folder.path(), "127.0.0.1:0", "text")
            .env("PANTOKEN_DATABASE_URL", format!("{url}{mode}"))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{text}");
        assert_eq!(
            text.contains("weaker than verify-full"),
            is_warned,
            "{mode}: {text}"
        );
    }
}

#[test]
fn pan_tokens_are_sealed_with_a_key_and_warned_of_without() {
    let folder = tempfile::tempdir().unwrap();
    let log = save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
    assert!(!log.contains("PANTOKEN_STORE_KEY"), "{log}");
    assert!(!holds_the_token(folder.path()));

    let folder = tempfile::tempdir().unwrap();
    let log = save(folder.path(), &[]);
    let warning = "panTokens and payment tokens are stored unencrypted: set PANTOKEN_STORE_KEY";
    assert!(log.contains("WARN") && log.contains(warning), "{log}");
    assert!(holds_the_token(folder.path()));
}

#[test]
fn a_server_without_the_key_of_its_pan_tokens_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
    let mut serve = command(folder.path(), "127.0.0.1:0", "text");
    let text = ends(&serve.env("PANTOKEN_STORE_KEY", NEW).output().unwrap(), 2);
    let id = StoreKey::parse(OLD).unwrap().id().to_owned();
    assert!(
        text.contains(&id) && text.contains("PANTOKEN_STORE_KEY_OLD"),
        "{text}"
    );
    // API keys are signed with it.
    let add = ["key", "add", "shop"];
    let text = ends(&pantoken(folder.path(), &add, &[]), 2);
    assert!(
        text.contains(&id) && text.contains("set PANTOKEN_STORE_KEY"),
        "{text}"
    );
    let added = pantoken(folder.path(), &add, &[("PANTOKEN_STORE_KEY", OLD)]);
    ends(&added, 0);
}

/// Creates a session with a key. Returns the first line of the answer.
fn create_with(process: &Server, key: &str) -> String {
    let answer = process.post("/v1/sessions", key, r#"{"flow":"iframe"}"#);
    answer.lines().next().unwrap().to_owned()
}

#[test]
fn an_api_key_that_nobody_signed_opens_nothing_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let with_key = [("PANTOKEN_STORE_KEY", OLD)];
    let add = |name, variables: &[(&str, &str)]| {
        let added = pantoken(folder.path(), &["key", "add", name], variables);
        ends(&added, 0);
        String::from_utf8(added.stdout).unwrap().trim().to_owned()
    };
    ends(&pantoken(folder.path(), &["migrate"], &[]), 0);
    // Whoever can write to the database has no store key.
    let unsigned = add("intruder", &[]);
    let signed = add("shop-1", &with_key);
    let mut serve = command(folder.path(), "127.0.0.1:0", "text");
    let process = Server::spawn(serve.envs(with_key));
    assert_eq!(create_with(&process, &signed), "HTTP/1.1 201 Created");
    assert_eq!(
        create_with(&process, &unsigned),
        "HTTP/1.1 401 Unauthorized"
    );
    let log = process.stop();
    assert!(
        log.contains("these API keys are refused") && log.contains(": intruder; revoke"),
        "{log}"
    );
    assert!(
        log.contains("apiKey=intruder") && log.contains("apiKey=shop-1"),
        "{log}"
    );
    let list = ends(&pantoken(folder.path(), &["key", "list"], &with_key), 0);
    let line = |name: &str| list.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(line("intruder").ends_with("  not signed"), "{list}");
    assert!(line("shop-1").ends_with("  scope read-all"), "{list}");

    let rotate = ["key", "rotate-store"];
    let text = ends(&pantoken(folder.path(), &rotate, &with_key), 0);
    assert!(text.contains("signed now: intruder; revoke"), "{text}");
    let process = Server::spawn(&mut serve);
    assert_eq!(create_with(&process, &unsigned), "HTTP/1.1 201 Created");
    process.stop();
}

#[test]
fn sessions_are_listed_and_shown_without_keys_and_without_their_tokens() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
    save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
    let run = |arguments: &[&str], code| {
        let output = pantoken(folder.path(), &[&["sessions"], arguments].concat(), &[]);
        let text = ends(&output, code);
        assert!(!text.contains(PAN_TOKEN), "{text}");
        String::from_utf8(output.stdout).unwrap()
    };
    let list = run(&["list"], 0);
    let ids: Vec<_> = list
        .lines()
        .map(|line| line.split("  ").next().unwrap())
        .collect();
    let [newer, older] = ids[..] else {
        panic!("{list}")
    };
    assert!(
        list.starts_with(&format!("{newer}  saved  iframe  20")),
        "{list}"
    );
    let page: Value = serde_json::from_str(&run(&["list", "--limit", "1", "--json"], 0)).unwrap();
    assert_eq!(page["sessions"][0]["requestId"], newer);
    assert_eq!(page["next"], newer);
    let rest = run(&["list", "--after", newer], 0);
    assert!(
        rest.starts_with(older) && rest.lines().count() == 1,
        "{rest}"
    );
    assert_eq!(run(&["list", "--state", "failed"], 0), "");
    assert_eq!(run(&["list", "--customer", "order 7"], 0), "");
    for id in [newer, older] {
        assert!(run(&["show", id], 0).starts_with(&format!("{id}  saved")));
        let session: Value = serde_json::from_str(&run(&["show", id, "--json"], 0)).unwrap();
        assert_eq!(
            (&session["requestId"], &session["state"]),
            (&id.into(), &"saved".into())
        );
    }
    run(&["show", "1"], 1);
    run(&["show", "9223372036854775807"], 1);
    for wrong in [
        ["show", "x"],
        ["list", "--limit=0"],
        ["list", "--limit=101"],
        ["list", "--state=lost"],
    ] {
        run(&wrong, 2);
    }
}

#[test]
fn commands_print_json_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let json = |arguments: &[&str]| -> Value {
        let output = pantoken(
            folder.path(),
            &[arguments, &["--json"]].concat(),
            &[("PANTOKEN_STORE_KEY", NEW)],
        );
        ends(&output, 0);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(json(&["migrate"])["isUpToDate"], true);
    let added = json(&["key", "add", "shop-1"]);
    assert_eq!(
        (&added["name"], &added["scope"]),
        (&"shop-1".into(), &"read-all".into())
    );
    assert!(added["key"].as_str().unwrap().len() > 20);
    let keys = json(&["key", "list"]);
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["name"], &key["scope"]),
        (&"shop-1".into(), &"read-all".into())
    );
    assert_eq!(
        (&key["isSigned"], &key["revokedAt"]),
        (&true.into(), &Value::Null)
    );
    assert!(key["createdAt"].as_str().unwrap().starts_with("20"));
    assert_eq!(
        json(&["webhooks", "list"]),
        serde_json::json!({"webhooks": []})
    );
    assert_eq!(json(&["webhooks", "retry", "--all"])["retried"], 0);
    let revoked = json(&["key", "revoke", "shop-1"]);
    assert_eq!(
        revoked,
        serde_json::json!({"name": "shop-1", "isRevoked": true})
    );
    let rotated = json(&["key", "rotate-store"]);
    assert_eq!(
        (&rotated["encrypted"], &rotated["sessions"]),
        (&0.into(), &0.into())
    );
}

#[test]
fn rotate_store_leaves_nothing_unencrypted_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), &[]);
    assert!(holds_the_token(folder.path()));
    let new = [("PANTOKEN_STORE_KEY", NEW)];
    let text = ends(&pantoken(folder.path(), &["key", "rotate-store"], &new), 0);
    assert!(text.contains("1 panTokens were encrypted"), "{text}");
    assert!(!holds_the_token(folder.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rotate_store_seals_under_the_new_key_on_both_databases() {
    let postgres = pantoken_test_support::postgres::Server::start_or_skip();
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}/pantoken.db", folder.path().display());
    let in_postgres = postgres
        .as_ref()
        .map(|server| server.create_database().unwrap());
    for url in [file].into_iter().chain(in_postgres) {
        let at = ("PANTOKEN_DATABASE_URL", url.as_str());
        save(folder.path(), &[at]);
        save(folder.path(), &[at, ("PANTOKEN_STORE_KEY", OLD)]);
        let rotate = ["key", "rotate-store"];
        let new = ("PANTOKEN_STORE_KEY", NEW);
        let text = ends(&pantoken(folder.path(), &rotate, &[at, new]), 1);
        assert!(text.contains(StoreKey::parse(OLD).unwrap().id()), "{text}");
        let old = ("PANTOKEN_STORE_KEY_OLD", OLD);
        let text = ends(&pantoken(folder.path(), &rotate, &[at, new, old]), 0);
        assert!(
            text.contains("2 panTokens were encrypted in 2 sessions"),
            "{text}"
        );
        let text = ends(&pantoken(folder.path(), &rotate, &[at, new]), 0);
        assert!(text.contains("0 panTokens were encrypted"), "{text}");
        let keys = StoreKeys::new(StoreKey::parse(NEW).unwrap(), Vec::new());
        let options = StoreOptions {
            keys: Some(keys),
            ..StoreOptions::default()
        };
        let database = DatabaseUrl::parse(&url).unwrap();
        Database::open(&database, options)
            .await
            .unwrap()
            .close()
            .await;
    }
    let text = ends(&pantoken(folder.path(), &["key", "rotate-store"], &[]), 2);
    assert!(text.contains("PANTOKEN_STORE_KEY: is required"), "{text}");
}

#[test]
fn rotate_store_names_what_it_cannot_open_and_keeps_the_old_key() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
    edit(
        folder.path(),
        "UPDATE sessions SET pan_token = substr(pan_token, 1, 5)",
    );
    save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
    let keys = [("PANTOKEN_STORE_KEY", NEW), ("PANTOKEN_STORE_KEY_OLD", OLD)];
    let text = ends(&pantoken(folder.path(), &["key", "rotate-store"], &keys), 1);
    assert!(
        text.contains("1 panTokens were encrypted in 2 sessions; those of these requests"),
        "{text}"
    );
    let rotate = ["key", "rotate-store"];
    let alone = pantoken(folder.path(), &rotate, &[("PANTOKEN_STORE_KEY", NEW)]);
    let text = ends(&alone, 1);
    assert!(text.contains(StoreKey::parse(OLD).unwrap().id()), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_makes_the_tables_and_may_be_repeated() {
    let postgres = pantoken_test_support::postgres::Server::start_or_skip();
    let folder = tempfile::tempdir().unwrap();
    let in_postgres = postgres
        .as_ref()
        .map(|server| server.create_database().unwrap());
    for url in ["sqlite://new.db"]
        .into_iter()
        .chain(in_postgres.as_deref())
    {
        for _ in 0..2 {
            let text = ends(
                &pantoken(folder.path(), &["migrate", "--database-url", url], &[]),
                0,
            );
            assert!(text.contains("the tables are up to date"), "{text}");
        }
    }
    if let Some(url) = in_postgres {
        let database = DatabaseUrl::parse(&url).unwrap();
        let store = Database::open_without_keys(&database).await.unwrap();
        store.check().await.unwrap();
    }
    assert!(folder.path().join("new.db").exists());
    let missing = (
        "PANTOKEN_DATABASE_URL",
        "postgres://me:canary@127.0.0.1:1/cards",
    );
    let text = ends(&pantoken(folder.path(), &["migrate"], &[missing]), 1);
    assert!(
        text.contains("127.0.0.1:1/cards") && !text.contains("canary"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stops_is_503_with_its_cause_in_the_log_until_it_is_back() {
    let Some(server) = pantoken_test_support::postgres::Server::start_or_skip() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let url = server.create_database().unwrap();
    let mut serve = command(folder.path(), "127.0.0.1:0", "text");
    let process = Server::spawn(serve.env("PANTOKEN_DATABASE_URL", &url));
    let create = || process.post("/v1/sessions", API_KEY, r#"{"flow":"iframe"}"#);
    let created = create();
    server.stop().unwrap();
    let answer = create();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(
        answer.contains("STORE_UNAVAILABLE") && answer.contains("retry-after: "),
        "{answer}"
    );
    server.start_again().unwrap();
    create_until_it_works(create);
    let path = format!("/v1/sessions/{}/result", json_field(&created, "requestId"));
    let token = json_field(&created, "resultToken");
    let answer = process.post(&path, &token, &format!(r#"{{"panToken":"{PAN_TOKEN}"}}"#));
    assert_eq!(json_field(&answer, "state"), "saved");
    let log = process.stop();
    assert!(log.contains("the database does not answer"), "{log}");
    assert!(!log.contains(PAN_TOKEN), "{log}");
}

/// As an agent's back end does, which is told to try again.
fn create_until_it_works(create: impl Fn() -> String) {
    wait::until("a session", || {
        create().starts_with("HTTP/1.1 201").then_some(())
    });
}

#[test]
fn doctor_checks_the_store_key_and_leaves_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = |key| {
        let mut doctor = command(folder.path(), "127.0.0.1:0", "text");
        let arguments: Vec<_> = doctor.get_args().skip(1).map(ToOwned::to_owned).collect();
        let variables: Vec<_> = doctor
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        doctor = Command::new(env!("CARGO_BIN_EXE_pantoken"));
        doctor
            .arg("doctor")
            .args(arguments)
            .env_clear()
            .envs(variables)
            .env("PANTOKEN_STORE_KEY", key)
            .current_dir(folder.path());
        doctor.output().unwrap()
    };
    ends(&doctor(NEW), 0);
    save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
    ends(&doctor(OLD), 0);
    let text = ends(&doctor(NEW), 1);
    assert!(text.contains(StoreKey::parse(OLD).unwrap().id()), "{text}");
    save(folder.path(), &[("PANTOKEN_STORE_KEY", OLD)]);
}
