//! A Postgres server for tests and benchmarks, from the programs that are installed.

use std::env;
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running server. It stops when this is dropped, or when the process ends.
pub struct Server {
    folder: String,
    databases: AtomicU32,
    child: Mutex<Conversation>,
}

struct Conversation {
    child: Child,
    /// `None` once it is closed, which ends the child.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Why the server cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Postgres is not installed.
    #[error(
        "Postgres is not installed. On Debian, run `apt-get install postgresql`. \
         Elsewhere, install it and set POSTGRES_BIN to the folder of its programs"
    )]
    Missing,
    /// Postgres does not start, or a command failed. Its log is on stderr.
    #[error("Postgres could not {0}: see its log above")]
    Failed(&'static str),
    /// The system cannot run Postgres.
    #[error("cannot run Postgres: {0}")]
    Run(#[from] io::Error),
}

/// Returns the folder of the programs `postgres` and `initdb`, if they are installed.
#[must_use]
pub fn programs() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").unwrap_or_default();
    let folders = match env::var_os("POSTGRES_BIN") {
        Some(named) => vec![PathBuf::from(named)],
        None => debian_folders()
            .into_iter()
            .chain(env::split_paths(&on_path))
            .collect(),
    };
    let has_both = |folder: &PathBuf| {
        let programs = ["postgres", "initdb"];
        programs.iter().all(|name| folder.join(name).is_file())
    };
    folders.into_iter().find(has_both)
}

/// Returns the folders of Debian's versions, the newest first.
fn debian_folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/usr/lib/postgresql").into_iter();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, bin)| bin).collect()
}

impl Server {
    /// Starts a server without databases, for tests. It does not wait for the disk.
    ///
    /// # Errors
    /// Returns [`Error`] if Postgres is missing or does not start.
    pub fn start() -> Result<Self, Error> {
        Self::start_with("off")
    }

    /// Starts a server without databases, or returns `None` and says on stderr that the test is skipped
    /// if Postgres is not installed.
    ///
    /// # Panics
    /// Panics if Postgres does not start, or if it is missing while `PANTOKEN_COMPLETE` is set, as
    /// `cargo xtask test` does.
    #[must_use]
    pub fn start_or_skip() -> Option<Self> {
        match Self::start() {
            Ok(server) => Some(server),
            Err(Error::Missing) if env::var_os("PANTOKEN_COMPLETE").is_none() => {
                let thread = std::thread::current();
                let test = thread.name().unwrap_or("a test");
                // Not with `eprintln!`, whose text is shown for failing tests only.
                let _ = writeln!(io::stderr(), "{test} is skipped: {}", Error::Missing);
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Starts a server without databases, for benchmarks. Each commit waits for the disk, as by
    /// default.
    ///
    /// # Errors
    /// Returns [`Error`] if Postgres is missing or does not start.
    pub fn start_durable() -> Result<Self, Error> {
        Self::start_with("on")
    }

    fn start_with(fsync: &str) -> Result<Self, Error> {
        let programs = programs().ok_or(Error::Missing)?;
        let mut child = command(&programs, fsync)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let taken = child.stdin.take().zip(child.stdout.take());
        let (commands, answers) = taken.ok_or(Error::Failed("start"))?;
        let mut conversation = Conversation {
            child,
            commands: Some(commands),
            answers: BufReader::new(answers),
        };
        let folder = conversation.answer()?;
        if folder.is_empty() {
            return Err(Error::Failed("start"));
        }
        Ok(Self {
            folder,
            databases: AtomicU32::new(1),
            child: Mutex::new(conversation),
        })
    }

    /// Creates an empty database and returns its URL.
    ///
    /// # Errors
    /// Returns [`Error`] if the server fails.
    pub fn create_database(&self) -> Result<String, Error> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        self.run(&format!("create test_{number}"), "create a database")?;
        Ok(format!(
            "postgres:///test_{number}?user=postgres&host={}",
            self.folder
        ))
    }

    /// Stops the server at once, as a crash would. Committed data is kept.
    ///
    /// # Errors
    /// Returns [`Error`] if it does not stop.
    pub fn stop(&self) -> Result<(), Error> {
        self.run("stop", "stop")
    }

    /// Starts the server again.
    ///
    /// # Errors
    /// Returns [`Error`] if it does not start.
    pub fn start_again(&self) -> Result<(), Error> {
        self.run("start", "start again")
    }

    fn run(&self, command: &str, meaning: &'static str) -> Result<(), Error> {
        let mut child = self.child.lock().map_err(|_| Error::Failed(meaning))?;
        let commands = child.commands.as_mut().ok_or(Error::Failed(meaning))?;
        writeln!(commands, "{command}")?;
        match child.answer()?.as_str() {
            "done" => Ok(()),
            _ => Err(Error::Failed(meaning)),
        }
    }
}

impl Conversation {
    fn answer(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        drop(self.commands.take());
        // An error leaves nothing to do.
        let _ = self.child.wait();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

fn command(programs: &Path, fsync: &str) -> io::Result<Command> {
    let script = ["-c", include_str!("postgres.sh"), "postgres.sh"];
    let mut command = if is_root()? {
        let mut command = Command::new("runuser");
        command.args(["-u", "nobody", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command
        .args(script)
        .arg(programs)
        .arg(fsync)
        .current_dir("/");
    Ok(command)
}

fn is_root() -> io::Result<bool> {
    Ok(Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0")
}
