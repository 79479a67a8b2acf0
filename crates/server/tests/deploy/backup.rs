use std::path::Path;
use std::process::{Command, Output};

use pantoken_test_support::postgres;
use serde_json::json;

use crate::load::cards::Cards;
use crate::load::{API_KEY, Agent, program};
use crate::systemd::analyze;
use crate::{deployed, site, with};

/// The number of cards before the backup, and while it is made.
const CARDS: usize = 60;

pub(crate) fn the_units_are_valid_and_hardened() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("pantoken-backup");
    std::fs::write(&script, deployed("pantoken-backup")).unwrap();
    let mut chmod = Command::new("chmod");
    assert!(chmod.arg("+x").arg(&script).status().unwrap().success());
    let unit = with(
        deployed("pantoken-backup.service"),
        &[("/usr/local/bin/pantoken-backup", script.to_str().unwrap())],
    );
    let service = folder.path().join("pantoken-backup.service");
    let timer = folder.path().join("pantoken-backup.timer");
    std::fs::write(&service, unit).unwrap();
    std::fs::write(&timer, deployed("pantoken-backup.timer")).unwrap();
    let service = service.to_str().unwrap();
    analyze(&["verify", service, timer.to_str().unwrap()]);
    analyze(&["security", "--offline=true", "--threshold=20", service]);
    // A dynamic user has the name of its unit, and both have to be the same.
    let server = deployed("pantoken.service");
    assert!(server.contains("\nDynamicUser=yes\n") && !server.contains("\nUser="));
    let text = deployed("pantoken-backup.service");
    assert!(text.contains("\nDynamicUser=yes\nUser=pantoken\nStateDirectory=pantoken "));
}

/// Rehearses what docs/operations.md asks for: the copy has every card that was acknowledged before.
pub(crate) fn a_copy_that_is_made_under_load_can_be_served() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut serve = program::serve(folder.path());
    let (_pantoken, address) = program::start(serve.env("PANTOKEN_API_KEY", API_KEY));
    let agent = Agent::new(site::client("127.0.0.1"), format!("http://{address}"));
    runtime.block_on(async {
        let mut cards = Cards::start(&agent);
        let acknowledged = cards.next(CARDS).await;
        let copies = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/pantoken.db", folder.path().display());
        let copy = succeeds(back_up(copies.path(), &url, "14"));
        cards.next(CARDS).await;
        cards.finish().await;

        let restored = tempfile::tempdir().unwrap();
        std::fs::copy(copy, restored.path().join("pantoken.db")).unwrap();
        let mut serve = program::serve(restored.path());
        let (_pantoken, address) = program::start(serve.env("PANTOKEN_API_KEY", API_KEY));
        let agent = Agent::new(site::client("127.0.0.1"), format!("http://{address}"));
        for card in &acknowledged {
            let token = agent.pan_token(&card.request_id).await;
            assert_eq!(token.as_ref(), Some(&card.pan_token));
        }
    });
}

pub(crate) fn a_dump_of_postgres_can_be_restored() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let postgres = postgres::Server::start().unwrap();
    let databases = [(); 2].map(|()| postgres.create_database().unwrap());
    let [database, restored] = &databases;
    let session = runtime.block_on(async {
        let (_pantoken, agent) = start_on(database);
        agent.create("order-1", &json!({"flow": "iframe"})).await
    });
    let copies = tempfile::tempdir().unwrap();
    let copy = succeeds(back_up(copies.path(), database, "14"));
    let mut restore = Command::new(postgres::programs().unwrap().join("pg_restore"));
    restore.args(["--no-owner", "--exit-on-error", "--dbname", restored]);
    assert!(restore.arg(copy).status().unwrap().success());
    let again = runtime.block_on(async {
        let (_pantoken, agent) = start_on(restored);
        agent.create("order-1", &json!({"flow": "iframe"})).await
    });
    assert_eq!(again.request_id, session.request_id);
}

pub(crate) fn the_newest_copies_are_kept_and_a_missing_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let migrate = Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .arg("migrate")
        .current_dir(folder.path())
        .env_clear()
        .status();
    assert!(migrate.unwrap().success());
    let copies = tempfile::tempdir().unwrap();
    for day in 1..=3 {
        let name = format!("pantoken-2025010{day}T000000Z.db");
        std::fs::write(copies.path().join(name), "").unwrap();
    }
    let url = |name: &str| format!("sqlite://{}/{name}", folder.path().display());
    let copy = succeeds(back_up(copies.path(), &url("pantoken.db"), "2"));
    let newest = Path::new(&copy).file_name().unwrap().to_str().unwrap();
    let kept = ["pantoken-20250103T000000Z.db", newest];
    assert_eq!(files(copies.path()), kept);

    let output = back_up(copies.path(), &url("missing.db"), "2");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(files(copies.path()), kept);
    assert!(!folder.path().join("missing.db").exists());
    let output = back_up(copies.path(), "mysql://localhost", "2");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

/// No argument makes a copy by mistake, and the help and the manual name every setting.
pub(crate) fn the_help_says_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let run = |argument: &str| {
        let mut command = script(folder.path());
        command.arg(argument).output().unwrap()
    };
    let help = run("--help");
    assert!(help.status.success(), "{help:?}");
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.starts_with("Usage: pantoken-backup\n"), "{help}");
    assert!(!help.contains("set -eu"), "{help}");
    let manual = deployed("pantoken-backup.1");
    for word in deployed("pantoken-backup")
        .split(|letter: char| !(letter.is_ascii_uppercase() || letter == '_'))
    {
        if word.starts_with("PANTOKEN_") {
            assert!(help.contains(word) && manual.contains(word), "{word}");
        }
    }
    let wrong = run("now");
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
    assert!(files(folder.path()).is_empty());
}

fn start_on(database: &str) -> (pantoken_test_support::Process, Agent) {
    let folder = std::env::temp_dir();
    let mut serve = program::serve(&folder);
    serve
        .env("PANTOKEN_DATABASE_URL", database)
        .env("PANTOKEN_API_KEY", API_KEY);
    let (process, address) = program::start(&mut serve);
    let agent = Agent::new(site::client("127.0.0.1"), format!("http://{address}"));
    (process, agent)
}

fn back_up(folder: &Path, database: &str, keep: &str) -> Output {
    let mut command = script(folder);
    command
        .env("PANTOKEN_DATABASE_URL", database)
        .env("PANTOKEN_BACKUPS", keep);
    command.output().unwrap()
}

/// Returns the program, which is to run in a folder.
fn script(folder: &Path) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/pantoken-backup");
    let mut folders: Vec<_> = postgres::programs().into_iter().collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let mut command = Command::new("sh");
    command
        .arg(script)
        .current_dir(folder)
        .env("PATH", std::env::join_paths(folders).unwrap());
    command
}

/// Returns the file of the copy.
fn succeeds(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let file = said.trim().strip_prefix("pantoken-backup: ");
    file.unwrap().to_owned()
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
