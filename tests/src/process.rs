use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; nothing waits for it unless it fails. The demo builds before it
/// says where it is, and the tests before it have built the same.
const PATIENCE: Duration = Duration::from_secs(300);

/// A program, with all that it starts, until this is dropped; and all that they have printed.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts it in a process group of its own.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let log = Arc::<Mutex<String>>::default();
        let (sender, lines) = channel();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        for pipe in [Box::new(stdout) as Box<dyn Read + Send>, Box::new(stderr)] {
            let (log, sender) = (Arc::clone(&log), sender.clone());
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    *log.lock().unwrap() += &format!("{line}\n");
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines, log }
    }

    /// What follows this text in the first line that has it; `None` when the program ended before.
    pub fn wait_for(&self, text: &str) -> Option<String> {
        self.wait_for_line(|line| Some(line.split_once(text)?.1.trim().to_owned()))
    }

    /// What is read from the first line that can be read so; `None` when the program ended before.
    pub fn wait_for_line<T>(&self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let left = patience.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(found) = read(&line) {
                        return Some(found);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!(
                    "it did not say what it was waited for in {} s, but:\n{}",
                    PATIENCE.as_secs(),
                    self.log()
                ),
            }
        }
    }

    /// All that was printed so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Process {
    /// Sends what Ctrl-C in a terminal sends: to the program and all that it started.
    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    /// The system's number for it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the program ended well, once it has ended.
    pub fn ended_well(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// Whether the program has ended, however.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args([signal, "--", &group])
            .stderr(Stdio::null())
            .status();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal("-KILL");
        let _ = self.child.wait();
    }
}

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The folder of the workspace's binaries, which are built as they are now.
pub fn binaries() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        // Or crates whose build looks at these would be compiled anew.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&name);
            }
        }
        let status = cargo
            .current_dir(workspace())
            .args([
                "build",
                "--locked",
                "-p",
                "pantoken-server",
                "-p",
                "pantoken-sandbox",
            ])
            .status()
            .unwrap();
        assert!(status.success(), "the server and the sandbox do not build");
    });
    let tests = std::env::current_exe().unwrap();
    tests.parent().unwrap().parent().unwrap().to_owned()
}
