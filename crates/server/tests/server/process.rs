//! Tests the binary over real sockets.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use pantoken_test_support::{Process, send_request};

const SECRET: &str = "canary-agent-secret-key";
pub(crate) const API_KEY: &str = "canary-api-key-0123456789";
const WEBHOOK_PATH: &str = "canary-webhook-path";
const WEBHOOK_SECRET: &str = "canary-webhook-secret-01";
pub(crate) const PAN_TOKEN: &str = "canary-pan-token";
const CARD_NUMBER: &str = "4111111111111111";

/// A running `pantoken serve`.
pub(crate) struct Server {
    process: Process,
    address: String,
}

pub(crate) fn command(folder: &Path, listen: &str, log_format: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken"));
    command
        .args([
            "serve",
            "--listen",
            listen,
            "--form-host",
            "https://a2c-test.qiwi.kz",
        ])
        .args([
            "--agent-id",
            "agent-01",
            "--return-urls",
            "https://shop.kz/paid",
        ])
        .args(["--log-format", log_format])
        .env_clear()
        .env("PANTOKEN_AGENT_SECRET_KEY", SECRET)
        .env("PANTOKEN_API_KEY", API_KEY)
        .env(
            "PANTOKEN_WEBHOOK_URL",
            format!("http://127.0.0.1:9/{WEBHOOK_PATH}"),
        )
        .env("PANTOKEN_WEBHOOK_SECRET", WEBHOOK_SECRET)
        .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true")
        .current_dir(folder);
    command
}

impl Server {
    fn start(folder: &Path, log_format: &str) -> Self {
        Self::spawn(&mut command(folder, "127.0.0.1:0", log_format))
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        let process = Process::start(command);
        let address = process.wait_for("pantoken: listening on http://");
        let address = address.unwrap_or_else(|| panic!("{}", process.log()));
        Self { process, address }
    }

    /// Returns the whole response as text.
    pub(crate) fn call(&self, head: &str, body: &str) -> String {
        send_request(&self.address, head, body)
    }

    pub(crate) fn post(&self, path: &str, bearer: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {bearer}"
        );
        self.call(&head, body)
    }

    /// Stops the server as a supervisor does, and returns its log.
    pub(crate) fn stop(mut self) -> String {
        assert!(self.process.stop().success());
        let only_line = format!("pantoken: listening on http://{}\n", self.address);
        assert_eq!(self.process.stdout(), only_line);
        self.process.stderr()
    }
}

pub(crate) fn json_field(answer: &str, name: &str) -> String {
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    json[name].as_str().unwrap().to_owned()
}

#[test]
fn no_secret_token_or_card_number_is_in_any_log_line_or_error() {
    for log_format in ["text", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let process = Server::start(folder.path(), log_format);
        let redirect = r#"{"flow":"redirect","returnUrl":"https://shop.kz/paid"}"#;
        let created = process.post("/v1/sessions", API_KEY, redirect);
        let (id, result_token) = (
            json_field(&created, "requestId"),
            json_field(&created, "resultToken"),
        );
        let form_url = json_field(&created, "formUrl");
        let url = pantoken_a2c::SignedRequest::parse(&form_url).unwrap();
        let callback = url.request().callback_url().unwrap().as_str().to_owned();
        let callback = &callback[callback.find("/v1/").unwrap()..];
        let callback_token = callback.rsplit('.').next().unwrap();

        let result_path = format!("/v1/sessions/{id}/result");
        let token_body = format!(r#"{{"panToken":"{PAN_TOKEN}"}}"#);
        let card_body = format!(r#"{{"panToken":"{CARD_NUMBER}"}}"#);
        let card_name = format!(r#"{{"{CARD_NUMBER}":"{PAN_TOKEN}"}}"#);
        let answers = [
            process.post(&result_path, &result_token, &card_body),
            process.post(&result_path, &result_token, &card_name),
            process.post(&result_path, API_KEY, &token_body),
            process.post(
                &format!("/v1/sessions/{CARD_NUMBER}/result"),
                &result_token,
                &token_body,
            ),
            process.post("/v1/sessions", SECRET, &token_body),
            process.post(&format!("/{CARD_NUMBER}/{PAN_TOKEN}"), SECRET, &token_body),
            process.call(
                &format!("GET {callback}?requestId={id}&panToken={CARD_NUMBER} HTTP/1.1"),
                "",
            ),
            process.call(
                &format!("GET {callback}?requestId={id}&panToken={PAN_TOKEN} HTTP/1.1"),
                "",
            ),
            process.post(&result_path, &result_token, &token_body),
            process.post(&result_path, &result_token, r#"{"panToken":"another"}"#),
        ];
        let statuses: Vec<_> = answers.iter().map(|answer| &answer[9..12]).collect();
        assert_eq!(
            statuses,
            [
                "400", "400", "403", "403", "401", "404", "400", "303", "200", "409"
            ]
        );
        let log = process.stop();
        assert!(
            log.contains(&id) && log.contains("/v1/callback/{state}"),
            "{log}"
        );
        assert_eq!(log.matches("answered").count(), answers.len() + 1, "{log}");

        let canaries = [
            SECRET,
            API_KEY,
            WEBHOOK_PATH,
            WEBHOOK_SECRET,
            PAN_TOKEN,
            CARD_NUMBER,
            &result_token,
            callback_token,
        ];
        for canary in canaries {
            assert!(!log.contains(canary), "{canary} in {log}");
            for answer in &answers {
                assert!(!answer.contains(canary), "{canary} in {answer}");
            }
        }
    }
}

#[test]
fn an_answer_and_its_line_in_the_log_have_one_id_which_is_not_the_clients() {
    let folder = tempfile::tempdir().unwrap();
    let process = Server::start(folder.path(), "text");
    let chosen = "chosen-by-the-client";
    let head = format!("GET /healthz HTTP/1.1\r\nX-Request-Id: {chosen}");
    let answers = [head.as_str(), "GET /v1/nothing HTTP/1.1"].map(|head| process.call(head, ""));
    let log = process.stop();
    let ids = answers.each_ref().map(|answer| {
        let (_, rest) = answer.split_once("\r\nx-request-id: ").unwrap();
        rest.split_once("\r\n").unwrap().0
    });
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        assert_eq!(log.matches(id).count(), 1, "{id} in {log}");
    }
    assert!(!log.contains(chosen) && !answers[0].contains(chosen));
}

#[test]
fn a_session_survives_a_kill_and_its_result_is_taken_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Server::start(folder.path(), "text");
    let created = first.post("/v1/sessions", API_KEY, r#"{"flow":"iframe"}"#);
    let (id, token) = (
        json_field(&created, "requestId"),
        json_field(&created, "resultToken"),
    );
    assert!(!first.process.kill().success());

    let second = Server::start(folder.path(), "text");
    let body = format!(r#"{{"panToken":"{PAN_TOKEN}"}}"#);
    let answer = second.post(&format!("/v1/sessions/{id}/result"), &token, &body);
    assert_eq!(json_field(&answer, "state"), "saved");
    second.stop();
}

#[test]
fn a_short_api_key_is_refused_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut short = command(folder.path(), "127.0.0.1:0", "text");
    let output = short.env("PANTOKEN_API_KEY", "canary-key").output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("PANTOKEN_API_KEY") && text.contains("16 to 256"),
        "{text}"
    );
    assert!(!text.contains("canary-key"), "{text}");
}

#[test]
fn metrics_have_a_listener_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), "127.0.0.1:0", "text");
    let process = Server::spawn(command.args(["--metrics-listen", "127.0.0.1:0"]));
    let address = process.process.wait_for("metrics at http://").unwrap();
    process.post("/v1/sessions", API_KEY, r#"{"flow":"iframe"}"#);
    let address = address.trim_end_matches("/metrics");
    let answer = send_request(address, "GET /metrics HTTP/1.1", "");
    let line = "pantoken_sessions_created_total{flow=\"iframe\",caller=\"agent\"} 1";
    assert!(answer.contains(line), "{answer}");
}

#[test]
fn a_busy_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = command(folder.path(), &address, "text").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains(&format!("cannot listen on {address} (PANTOKEN_LISTEN)")),
        "{text}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn a_database_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path(), "127.0.0.1:0", "text")
        .args(["--database-url", "sqlite://no/such/folder/pantoken.db"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("PANTOKEN_DATABASE_URL") && text.contains("no/such/folder"),
        "{text}"
    );
}

#[test]
fn a_folder_of_pages_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path(), "127.0.0.1:0", "text")
        .args(["--pages", "no-such-folder"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("PANTOKEN_PAGES: no-such-folder"), "{text}");
}

#[test]
fn a_log_that_nobody_reads_does_not_stop_the_service() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::Stdio;

    const CALL: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let folder = tempfile::tempdir().unwrap();
    let mut serve = command(folder.path(), "127.0.0.1:0", "text");
    serve
        .arg("--metrics")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = serve.spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(process.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let (_, address) = line.trim().split_once("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(60)))
        .unwrap();
    // More than the pipe and the queue hold together.
    for _ in 0..8000 {
        stream.write_all(CALL).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"ok\n") {
            let mut bytes = [0; 512];
            let count = stream.read(&mut bytes).unwrap();
            assert!(count > 0);
            answer.extend_from_slice(&bytes[..count]);
        }
    }
    let metrics = send_request(address, "GET /metrics HTTP/1.1", "");
    let name = "\npantoken_log_lines_dropped_total ";
    let (_, dropped) = metrics.split_once(name).unwrap();
    assert!(!dropped.starts_with("0\n"), "{metrics}");
    // Whoever reads again is told.
    let log = BufReader::new(process.stderr.take().unwrap());
    let mut lines = log.lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("log lines were dropped")));
    process.kill().unwrap();
    process.wait().unwrap();
}

#[test]
fn health_asks_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), "text");
    let health = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken"));
        command.args(["health", url]).output().unwrap()
    };
    for path in ["healthz", "readyz"] {
        let url = format!("http://{}/{path}", server.address);
        let output = health(&url);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            format!("{url}: 200\n")
        );
    }
    let missing = format!("http://{}/nothing", server.address);
    let output = health(&missing);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("404"));
    let stopped = format!("http://{}/healthz", server.address);
    server.stop();
    let output = health(&stopped);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains(&stopped));
}
