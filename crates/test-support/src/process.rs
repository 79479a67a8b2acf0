use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// How long a program may take to print what a test waits for. Some programs build others first.
const TIMEOUT: Duration = Duration::from_secs(300);

/// A running program with its output. Dropping it kills the program and everything that it started.
#[must_use = "dropping it kills the program"]
pub struct Process {
    child: Child,
    output: Arc<Output>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

/// What the program has printed, which two threads read from its pipes.
struct Output {
    state: Mutex<OutputState>,
    changed: Condvar,
}

struct OutputState {
    lines: Vec<(Stream, String)>,
    open_pipes: usize,
}

impl Process {
    /// Starts a program in a process group of its own, without input.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = Arc::new(Output {
            state: Mutex::new(OutputState {
                lines: Vec::new(),
                open_pipes: 2,
            }),
            changed: Condvar::new(),
        });
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        output.read_from(Stream::Stdout, stdout);
        output.read_from(Stream::Stderr, stderr);
        Self { child, output }
    }

    /// Waits for a line that contains the text, and returns what follows it, without surrounding
    /// whitespace. Lines that are already printed count. Returns `None` if the program ends without
    /// such a line.
    #[must_use]
    pub fn wait_for(&self, text: &str) -> Option<String> {
        self.wait_for_line(|line| Some(line.split_once(text)?.1.trim().to_owned()))
    }

    /// Waits for a line for which `read` returns a value. Lines that are already printed count. Returns
    /// `None` if the program ends without such a line.
    pub fn wait_for_line<T>(&self, mut read: impl FnMut(&str) -> Option<T>) -> Option<T> {
        let mut seen = 0;
        let mut found = None;
        self.wait_until(|state| {
            found = state.lines[seen..].iter().find_map(|(_, line)| read(line));
            seen = state.lines.len();
            found.is_some()
        });
        found
    }

    /// Returns everything that the program has printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.output.text(|_| true)
    }

    /// Returns what the program has printed to stdout so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.output.text(|stream| stream == Stream::Stdout)
    }

    /// Returns what the program has printed to stderr so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.output.text(|stream| stream == Stream::Stderr)
    }

    /// Returns the process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns whether the program has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends SIGINT to the program and everything that it started, as Ctrl-C in a terminal does.
    pub fn interrupt(&self) {
        self.signal("-INT", &format!("-{}", self.id()));
    }

    /// Sends SIGTERM to the program, as a supervisor does.
    pub fn terminate(&self) {
        self.signal("-TERM", &self.id().to_string());
    }

    /// Waits until the program has ended and all its output is read.
    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        self.wait_until(|_| false);
        status
    }

    /// Terminates the program and waits for it, which gives it time to finish its work.
    pub fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.wait()
    }

    /// Kills the program and everything that it started, as a power failure would.
    pub fn kill(&mut self) -> ExitStatus {
        self.signal("-KILL", &format!("-{}", self.id()));
        self.wait()
    }

    fn signal(&self, signal: &str, target: &str) {
        let _ = Command::new("kill")
            .args([signal, "--", target])
            .stderr(Stdio::null())
            .status();
    }

    /// Waits until the output satisfies the condition, or no more output can come.
    fn wait_until(&self, mut is_satisfied: impl FnMut(&OutputState) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        let mut state = self.output.state.lock().unwrap();
        while !is_satisfied(&state) && state.open_pipes > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            let (next, timeout) = self.output.changed.wait_timeout(state, left).unwrap();
            state = next;
            if timeout.timed_out() {
                drop(state);
                let seconds = TIMEOUT.as_secs();
                panic!(
                    "the program did not print the expected line within {seconds} s:\n{}",
                    self.log()
                );
            }
        }
    }
}

impl Output {
    fn read_from(self: &Arc<Self>, stream: Stream, pipe: impl Read + Send + 'static) {
        let output = Arc::clone(self);
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                output.state.lock().unwrap().lines.push((stream, line));
                output.changed.notify_all();
            }
            output.state.lock().unwrap().open_pipes -= 1;
            output.changed.notify_all();
        });
    }

    fn text(&self, includes: impl Fn(Stream) -> bool) -> String {
        let state = self.state.lock().unwrap();
        let lines = state.lines.iter().filter(|(stream, _)| includes(*stream));
        lines.map(|(_, line)| format!("{line}\n")).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The program may have ended while something that it started still runs.
        self.signal("-KILL", &format!("-{}", self.id()));
        let _ = self.child.wait();
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
