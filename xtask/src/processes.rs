use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const POLL: Duration = Duration::from_millis(100);
const GRACE: Duration = Duration::from_secs(15);

/// Servers that live and die together: when one ends or the task does, the others are stopped.
#[derive(Default)]
pub(crate) struct Processes {
    running: Vec<Process>,
}

struct Process {
    name: &'static str,
    child: Child,
}

/// Why a wait came to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// What was waited for has happened.
    Done,
    /// The developer asked to stop.
    Stopped,
}

impl Processes {
    /// Starts one, in a process group of its own: a Ctrl-C in the terminal reaches this task alone,
    /// which then stops them all.
    pub(crate) fn start(&mut self, name: &'static str, command: &mut Command) -> Result<()> {
        command.stdin(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        self.running.push(Process { name, child });
        Ok(())
    }

    /// Waits until `done` says so or the developer stops; fails when a process ends by itself.
    pub(crate) fn wait_until(
        &mut self,
        stop: &Receiver<()>,
        mut done: impl FnMut() -> Result<bool>,
    ) -> Result<Wait> {
        loop {
            self.all_are_running()?;
            if done()? {
                return Ok(Wait::Done);
            }
            match stop.recv_timeout(POLL) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(Wait::Stopped),
            }
        }
    }

    fn all_are_running(&mut self) -> Result<()> {
        for process in &mut self.running {
            if let Some(status) = process.child.try_wait()? {
                bail!(
                    "{} ended by itself ({status}); its reason is above",
                    process.name
                );
            }
        }
        Ok(())
    }
}

impl Drop for Processes {
    /// Asks them all to stop and waits for each; one that does not stop is killed.
    fn drop(&mut self) {
        for process in &mut self.running {
            terminate(&mut process.child);
        }
        let deadline = Instant::now() + GRACE;
        for process in &mut self.running {
            wait_or_kill(&mut process.child, deadline);
        }
    }
}

fn wait_or_kill(child: &mut Child, deadline: Instant) {
    while let Ok(None) = child.try_wait() {
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        thread::sleep(POLL);
    }
}

/// SIGTERM to its process group, by the shell's own `kill`: the standard library knows only SIGKILL.
#[cfg(unix)]
fn terminate(child: &mut Child) {
    // A child that was waited for has a process id that may be another's by now.
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    let _ = Command::new("sh")
        .args([
            "-c",
            "kill -s TERM -- \"-$1\"",
            "sh",
            &child.id().to_string(),
        ])
        .status();
}

#[cfg(not(unix))]
fn terminate(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::sync::mpsc;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_process_that_ends_by_itself_is_named_and_the_others_are_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let (ready, stopped) = (folder.path().join("ready"), folder.path().join("stopped"));
        let script = format!(
            "trap 'touch {}; exit 0' TERM; touch {}; while :; do sleep 0.05; done",
            stopped.display(),
            ready.display()
        );
        let (_sender, stop) = mpsc::channel();
        let mut processes = Processes::default();
        processes.start("the server", &mut shell(&script)).unwrap();
        let wait = processes.wait_until(&stop, || Ok(ready.exists())).unwrap();
        assert_eq!(wait, Wait::Done);

        processes
            .start("the sandbox", &mut shell("exit 2"))
            .unwrap();
        let error = processes.wait_until(&stop, || Ok(false)).unwrap_err();
        assert!(error.to_string().starts_with("the sandbox ended by itself"));
        assert!(!stopped.exists());
        drop(processes);
        assert!(fs::exists(&stopped).unwrap());
    }

    #[test]
    fn a_request_to_stop_ends_the_wait() {
        let (sender, stop) = mpsc::channel();
        let mut processes = Processes::default();
        processes
            .start("the server", &mut shell("sleep 1000"))
            .unwrap();
        sender.send(()).unwrap();
        assert_eq!(
            processes.wait_until(&stop, || Ok(false)).unwrap(),
            Wait::Stopped
        );
    }
}
