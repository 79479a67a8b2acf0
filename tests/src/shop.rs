use std::process::Command;

use pantoken_test_support::Process;

use crate::page::dist;
use crate::programs::binaries;
use crate::site::clear_settings;

/// `pantoken dev` with the demo's pages: the server, the sandboxes and the shop's back end.
pub struct Shop {
    process: Process,
    url: String,
}

impl Shop {
    /// Starts it on free ports.
    pub fn open() -> Self {
        let mut command = Command::new(binaries().join("pantoken"));
        clear_settings(&mut command);
        command
            .args(["dev", "--port", "0", "--sandbox-port", "0", "--pages"])
            .arg(dist());
        let process = Process::start(&mut command);
        let url = process.wait_for("Open ");
        let url = url.unwrap_or_else(|| panic!("{}", process.log()));
        Self { process, url }
    }

    /// Returns the URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Returns all that has been printed.
    pub fn log(&self) -> String {
        self.process.log()
    }
}
