//! Follows the README to the letter: runs each `sh` block as it is written there, and saves a card with each
//! snippet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod picture;
mod snippets;

use std::fs;
use std::path::Path;
use std::process::Command;

use pantoken_tests::{
    GOOD_NUMBER, Page, Process, Screen, Tab, TestContext, available_engines, clear_settings,
    close_browsers, workspace,
};
use tokio::sync::Mutex;

/// The demo and `pantoken dev` use the ports that the README names, so one runs at a time.
static PORTS: Mutex<()> = Mutex::const_new(());

/// The demo starts, takes a card, and Ctrl-C stops all of it.
#[tokio::test]
async fn the_demo_takes_a_card_and_stops_on_ctrl_c() {
    let _ports = PORTS.lock().await;
    let Some(mut demo) = Running::start("cargo xtask demo") else {
        return;
    };
    let address = demo.address.clone();
    demo.browse(async |tab| {
        tab.open_ready(&format!("{address}/?lang=en")).await;
        tab.save_in_frame(GOOD_NUMBER).await;
        tab.find("#pan-token").await;
    })
    .await;
    demo.interrupt().await;
}

/// A command of the README that prints the address to open, and a browser.
pub(crate) struct Running {
    process: Process,
    pub(crate) address: String,
    context: TestContext,
}

impl Running {
    /// Starts the command, unless there is no browser to open its address in.
    pub(crate) fn start(command: &str) -> Option<Self> {
        let &engine = available_engines().unwrap().first()?;
        let process = Process::start(&mut shell(&format!("exec {}", line(command))));
        let address = process.wait_for("Open ");
        let address = address.unwrap_or_else(|| panic!("{}", process.log()));
        let context = TestContext {
            engine,
            page: Page::Element,
            name: command.replace(' ', "-"),
        };
        Some(Self {
            process,
            address,
            context,
        })
    }

    pub(crate) async fn browse(&self, test: impl AsyncFnOnce(&Tab)) {
        self.context.browse(test).await;
    }

    pub(crate) async fn browse_on(&self, screen: Screen, test: impl AsyncFnOnce(&Tab)) {
        self.context.browse_on(screen, test).await;
    }

    /// Presses Ctrl-C, which stops all of it.
    pub(crate) async fn interrupt(&mut self) {
        close_browsers().await;
        self.process.interrupt();
        assert!(self.process.wait().success(), "{}", self.process.log());
        assert!(
            reqwest::get(&self.address).await.is_err(),
            "the server still answers"
        );
    }
}

/// The tests run by this command, so only its help is left to test.
#[test]
fn the_test_command_is_a_command() {
    let output = shell(&format!("{} --help", line("cargo xtask test")))
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
    let settings = block("PANTOKEN_PUBLIC_SESSIONS");
    let mut command = shell(&format!("{settings}{}", block("pantoken -- serve")));
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

/// Returns the only line of an `sh` block that starts with this command, without its comment.
fn line(command: &str) -> String {
    let block = block(command);
    let mut lines = block.lines().filter(|line| line.starts_with(command));
    let line = lines.next().unwrap();
    line.split('#').next().unwrap().trim().to_owned()
}

/// Returns the only `sh` block that contains this text.
fn block(text: &str) -> String {
    let found = blocks("sh").into_iter().filter(|it| it.contains(text));
    let found: Vec<_> = found.collect();
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found[0].clone()
}

/// Returns the code blocks in this language.
pub(crate) fn blocks(language: &str) -> Vec<String> {
    let readme = readme();
    let fence = format!("```{language}\n");
    let blocks = readme.split(&fence).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

pub(crate) fn readme() -> String {
    fs::read_to_string(workspace().join("README.md")).unwrap()
}

fn shell(script: &str) -> Command {
    shell_in(&workspace(), script)
}

pub(crate) fn shell_in(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("sh");
    clear_settings(&mut command);
    command.current_dir(folder).args(["-ec", script]);
    command
}
