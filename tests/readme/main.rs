//! Runs each `sh` block of the README as it is written there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::Command;

use pantoken_tests::{
    GOOD_NUMBER, Page, Process, TestContext, available_engines, clear_settings, close_browsers,
    workspace,
};

/// The demo starts, takes a card, and Ctrl-C stops all of it.
#[tokio::test]
async fn the_demo_takes_a_card_and_stops_on_ctrl_c() {
    // It builds its page, but needs a browser.
    let Some(&engine) = available_engines().unwrap().first() else {
        return;
    };
    let mut demo = Process::start(&mut shell(&format!(
        "exec {}",
        block("cargo xtask demo").trim()
    )));
    let address = demo
        .wait_for("Open ")
        .unwrap_or_else(|| panic!("{}", demo.log()));
    let context = TestContext {
        engine,
        page: Page::Yew,
        name: "demo".to_owned(),
    };
    let took_a_card = context.browse(async |tab| {
        tab.open_ready(&format!("{address}/?lang=en")).await;
        tab.save_in_frame(GOOD_NUMBER).await;
        tab.find("#pan-token").await;
    });
    took_a_card.await;
    close_browsers().await;
    demo.interrupt();
    assert!(demo.wait().success(), "{}", demo.log());
    assert!(
        reqwest::get(address).await.is_err(),
        "the server still answers"
    );
}

/// The tests run by this command, so only its help is left to test.
#[test]
fn the_test_command_is_a_command() {
    let output = shell(&format!("{} --help", block("cargo xtask test").trim()))
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("Usage"));
}

#[test]
fn the_signing_commands_print_the_published_urls() {
    let output = shell(&block("pantoken -- sign")).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let signatures: Vec<&str> = printed
        .lines()
        .map(|line| line.split_once("agentSign=").unwrap().1)
        .collect();
    let readme = readme();
    assert_eq!(signatures.len(), 2, "{printed}");
    for signature in signatures {
        assert!(
            readme.contains(&format!("`agentSign={signature}`")),
            "the README does not contain {signature}"
        );
    }
    assert!(printed.contains("bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901"));
    assert!(printed.contains("3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725"));
}

#[tokio::test]
async fn the_server_starts_with_the_settings_that_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = shell(&block("pantoken -- serve"));
    command.env("PANTOKEN_LISTEN", "127.0.0.1:0").env(
        "PANTOKEN_DATABASE_URL",
        format!("sqlite://{}", folder.path().join("pantoken.db").display()),
    );
    let server = Process::start(&mut command);
    let address = server
        .wait_for("listening on ")
        .unwrap_or_else(|| panic!("{}", server.log()));
    let answer = reqwest::get(format!("{address}/readyz")).await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// Returns the only `sh` block that contains this text.
fn block(text: &str) -> String {
    let readme = readme();
    let blocks = readme
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let found: Vec<&str> = blocks.filter(|block| block.contains(text)).collect();
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found[0].to_owned()
}

fn readme() -> String {
    fs::read_to_string(workspace().join("README.md")).unwrap()
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    clear_settings(&mut command);
    command.current_dir(workspace()).args(["-ec", script]);
    command
}
