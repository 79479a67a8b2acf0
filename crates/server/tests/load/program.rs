use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program, until this is dropped.
pub(crate) struct Program(Child);

impl Program {
    pub(crate) fn spawn(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        assert!(!self.0.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.has_ended() {
            return;
        }
        let id = self.0.id().to_string();
        // nginx ends its workers at this, and not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.0.wait();
    }
}

/// `pantoken serve` behind the site of deploy/.
pub(crate) fn serve(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--agent-id", "agent-01"])
        .args(["--form-host", "https://a2c-test.qiwi.kz"])
        .args(["--public-url", "https://pay.shop.kz"])
        .args(["--trusted-proxies", "127.0.0.1"])
        .env_clear()
        .env("PANTOKEN_AGENT_SECRET_KEY", "22f3b3cc2ae84451")
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// The server, and its address once it listens.
pub(crate) fn start(command: &mut Command) -> (Program, String) {
    let mut program = Program::spawn(command);
    let stdout = program.0.stdout.take().unwrap();
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let (_, address) = line.trim().split_once("http://").unwrap();
    (program, address.to_owned())
}
