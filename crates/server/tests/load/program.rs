use std::path::Path;
use std::process::Command;

use pantoken_test_support::Process;

/// The command `pantoken serve`, configured to run behind the reverse proxy of deploy/.
pub(crate) fn serve(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--agent-id", "agent-01"])
        .args(["--form-host", "https://a2c-test.qiwi.kz"])
        .args(["--public-url", "https://pay.shop.kz"])
        .args(["--trusted-proxies", "127.0.0.1"])
        .env_clear()
        .env("PANTOKEN_AGENT_SECRET_KEY", "22f3b3cc2ae84451")
        .current_dir(folder);
    command
}

/// Starts a server, and returns it with its address once it listens.
pub(crate) fn start(command: &mut Command) -> (Process, String) {
    let process = Process::start(command);
    let address = process.wait_for("listening on http://");
    let address = address.unwrap_or_else(|| panic!("{}", process.log()));
    (process, address)
}
