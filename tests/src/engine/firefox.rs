//! Firefox only: it writes its console to geckodriver's output.

use std::process::Command;

use serde_json::json;
use thirtyfour::prelude::*;

use super::{Driver, program};
use pantoken_test_support::Process;

pub(super) const DRIVER: (&str, &str) = ("GECKODRIVER", "geckodriver");

pub(super) fn start() -> Driver {
    let process = Process::start(Command::new(program(DRIVER)).arg("--port=0"));
    let address = process
        .wait_for("Listening on ")
        .unwrap_or_else(|| panic!("geckodriver does not start:\n{}", process.log()));
    Driver {
        url: format!("http://{address}"),
        capabilities: capabilities(),
        process,
        _screen: None,
    }
}

fn capabilities() -> Capabilities {
    let mut options = json!({
        "args": ["-headless"],
        "prefs": {"devtools.console.stdout.content": true},
    });
    if let Some(firefox) = std::env::var_os("FIREFOX") {
        options["binary"] = json!(firefox.to_string_lossy());
    }
    let mut capabilities = Capabilities::new();
    for (name, value) in [
        ("browserName", json!("firefox")),
        ("moz:firefoxOptions", options),
    ] {
        capabilities.set(name.to_owned(), value).unwrap();
    }
    capabilities
}
