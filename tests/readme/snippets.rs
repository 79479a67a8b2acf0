//! Saves a card with each snippet, beside `cargo xtask dev`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use pantoken_tests::{GOOD_NUMBER, Process, workspace};
use serde_json::Value;

use crate::{PORTS, Running, blocks, readme, shell_in};

/// What `pantoken dev` prints.
const API_KEY: &str = "pantoken-dev-api-key";

/// The page of `pantoken dev` shows the same code, with its own address.
#[test]
fn the_page_to_try_it_shows_the_snippets_of_the_readme() {
    let folder = workspace().join("crates/server/src/cli/dev/snippets");
    for (language, file) in [
        ("html", "index.html"),
        ("php", "index.php"),
        ("rust", "main.rs"),
    ] {
        let shown = fs::read_to_string(folder.join(file)).unwrap();
        assert_eq!(blocks(language), [shown], "{file}");
    }
}

#[tokio::test]
async fn each_snippet_takes_a_card() {
    let _ports = PORTS.lock().await;
    let Some(mut dev) = Running::start("cargo xtask dev") else {
        return;
    };
    try_page_shows_the_webhook(&dev).await;

    let page = tempfile::tempdir().unwrap();
    fs::write(page.path().join("index.html"), &blocks("html")[0]).unwrap();
    let session = save_a_card(&dev, page.path(), "python3 -m http.server 8000").await;
    assert_eq!(session["state"], "saved");

    if is_installed("trunk") {
        let session = save_a_card(&dev, &yew_crate(), "trunk serve").await;
        assert_eq!(session["state"], "saved");
    }
    dev.interrupt().await;
}

/// Returns whether the program can be started. With `PANTOKEN_COMPLETE`, it has to be.
fn is_installed(program: &str) -> bool {
    let version = Command::new(program).arg("--version").output();
    let is_there = version.is_ok_and(|output| output.status.success());
    let is_required = std::env::var_os("PANTOKEN_COMPLETE").is_some();
    assert!(is_there || !is_required, "{program} is not installed");
    is_there
}

async fn try_page_shows_the_webhook(dev: &Running) {
    dev.browse(async |tab| {
        tab.open_ready(&format!("{}/?lang=en", dev.address)).await;
        tab.save_in_frame(GOOD_NUMBER).await;
        let webhook = tab.text("[data-event='session.saved']").await;
        assert!(webhook.contains("panToken"), "{webhook}");
    })
    .await;
}

/// Serves the folder with a command of the README, opens the address that the README names beside it, saves a
/// card there, and returns the session as a back end reads it.
async fn save_a_card(dev: &Running, folder: &Path, command: &str) -> Value {
    let (_, after) = {
        let readme = readme();
        let command = format!("`{command}`");
        let (before, after) = readme.split_once(&command).expect(&command);
        (before.to_owned(), after.to_owned())
    };
    let (_, address) = after.split_once("<http://localhost:").unwrap();
    let (port, _) = address.split_once('>').unwrap();
    let mut serve = shell_in(folder, &format!("exec {command}"));
    // Most of what the crate needs is compiled there already.
    serve.env("CARGO_TARGET_DIR", workspace().join("target"));
    let mut server = Process::start(&mut serve);
    while !serves(&format!("http://localhost:{port}")).await {
        let failed = server.has_ended() || server.log().contains("ERROR");
        assert!(!failed, "{command}: {}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut request_id = String::new();
    dev.browse(async |tab| {
        tab.open_ready(&format!("http://localhost:{port}")).await;
        request_id = tab.request_id().await;
        tab.save_in_frame(GOOD_NUMBER).await;
        tab.find_state("saved").await;
    })
    .await;
    let url = format!("{}/v1/sessions/{request_id}", dev.address);
    let call = reqwest::Client::new().get(url).bearer_auth(API_KEY);
    call.send().await.unwrap().json().await.unwrap()
}

/// `trunk serve` listens before it has built the page.
async fn serves(url: &str) -> bool {
    let answer = reqwest::get(url).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Makes the crate of the README, with this checkout in place of the repository.
fn yew_crate() -> PathBuf {
    let root = workspace();
    let folder = root.join("target/readme/card");
    fs::create_dir_all(folder.join("src")).unwrap();
    let dependencies = &blocks("toml")[0];
    let git = r#"git = "https://github.com/pantoken/pantoken""#;
    assert!(dependencies.contains(git), "{dependencies}");
    let path = format!("path = {:?}", root.join("crates/browser/yew"));
    // What `cargo new card` writes, outside the workspace.
    let package =
        "[package]\nname = \"card\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    let html = "<html><body></body></html>";
    assert!(readme().contains(&format!("`index.html` that contains\n`{html}`")));
    let manifest = format!("{package}{}", dependencies.replace(git, &path));
    for (name, text) in [
        ("Cargo.toml", manifest.as_str()),
        ("index.html", html),
        ("src/main.rs", &blocks("rust")[0]),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    // The versions of this checkout, which are there without a network.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}
