//! A program that runs beside a task.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const POLL: Duration = Duration::from_millis(50);
const GRACE: Duration = Duration::from_secs(15);

/// A program that prints where it listens; it stops when this is dropped.
pub(crate) struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl Server {
    /// Starts the program and waits for its line `listening on {url}`.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().display().to_string();
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let lines = BufReader::new(stdout).lines();
        let url = String::new();
        let mut server = Self { child, lines, url };
        let line = server.next_line().unwrap_or_default();
        let Some((_, url)) = line.trim().split_once("listening on ") else {
            bail!("{name} did not start; its log says why");
        };
        url.clone_into(&mut server.url);
        Ok(server)
    }

    /// Returns the address of [`request`].
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line that the program prints.
    pub(crate) fn next_line(&mut self) -> Result<String> {
        let line = self.lines.next().transpose()?;
        line.context("the program ended before it printed more")
    }

    /// Fails if the program has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!(
                "{} ended by itself ({status}); the reason is above",
                self.url
            ),
            None => Ok(()),
        }
    }
}

/// Sends a request, such as `GET /healthz`, and returns the head and the body of the response.
pub(crate) fn request(
    address: &str,
    request: &str,
    headers: &str,
    body: &str,
) -> Result<(String, String)> {
    let length = body.len();
    let request = format!(
        "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\
         {headers}\r\n{body}"
    );
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let (head, body) = response
        .split_once("\r\n\r\n")
        .context("the response has no body")?;
    Ok((head.to_owned(), body.to_owned()))
}

impl Drop for Server {
    /// Asks the program to stop; one that does not is killed.
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // The standard library has no signal but SIGKILL.
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let patience = if asked.is_ok() { GRACE } else { Duration::ZERO };
        let deadline = Instant::now() + patience;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() >= deadline {
                let _ = self.child.kill();
                let _ = self.child.wait();
            }
            thread::sleep(POLL);
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn start(script: &str) -> Result<Server> {
        Server::start(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn a_program_is_asked_to_stop_and_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let stopped = folder.path().join("stopped");
        let trap = format!("trap 'touch {}; exit 0' TERM", stopped.display());
        let server = start(&format!(
            "{trap}; echo x: listening on http://y; while :; do sleep 0.05; done"
        ));
        let mut server = server.unwrap();
        assert_eq!(server.url, "http://y");
        server.check().unwrap();
        drop(server);
        assert!(stopped.exists());
    }

    #[test]
    fn a_program_that_ends_by_itself_is_an_error() {
        assert!(start("exit 2").is_err());
        let mut server = start("echo listening on http://y; exec >&-; exit 2").unwrap();
        assert!(server.next_line().is_err());
        server.child.wait().unwrap();
        let error = server.check().unwrap_err().to_string();
        assert!(
            error.starts_with("http://y ended by itself (exit status: 2)"),
            "{error}"
        );
    }
}
