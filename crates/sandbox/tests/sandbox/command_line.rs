//! Tests the binary `pantoken-sandbox` from the command line.

use std::net::TcpListener;
use std::process::{Command, Output};

use pantoken_a2c::{AgentId, FormHost, RequestId};
use pantoken_a2c_signing::{AgentSecret, Signer};
use pantoken_test_support::{Process, send_request};

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantoken-sandbox"));
    command
        .env_remove("PANTOKEN_AGENT_SECRET_KEY")
        .env_remove("PANTOKEN_AGENT_SECRET_KEY_FILE")
        .env_remove("PANTOKEN_PAYIN_API_KEY")
        .env_remove("PANTOKEN_PAYIN_API_KEY_FILE")
        .env_remove("PANTOKEN_PAYIN_NOTIFICATION_KEY")
        .env_remove("PANTOKEN_PAYIN_NOTIFICATION_KEY_FILE")
        .env_remove("PANTOKEN_JETPAY_SECRET_KEY")
        .env_remove("PANTOKEN_JETPAY_SECRET_KEY_FILE");
    command
}

/// A running sandbox that listens on a free port.
struct Running {
    process: Process,
    address: String,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let process = Process::start(command.args(["--listen", "127.0.0.1:0"]));
        let address = process.wait_for("pantoken-sandbox: listening on http://");
        let address = address.unwrap_or_else(|| panic!("{}", process.log()));
        Self { process, address }
    }

    fn get(&self, path: &str) -> String {
        send_request(&self.address, &format!("GET {path} HTTP/1.1"), "")
    }

    fn form_path(&self, agent_id: &str, secret: &str) -> String {
        let host = format!("http://{}", self.address);
        let signer = Signer::new(
            FormHost::parse(&host).unwrap(),
            AgentId::parse(agent_id).unwrap(),
            AgentSecret::parse(secret).unwrap(),
        );
        let text = signer.iframe(RequestId::parse("1").unwrap()).to_text();
        text.strip_prefix(&host).unwrap().to_owned()
    }
}

fn fails(command: &mut Command, code: i32) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{stderr}");
    stderr
}

#[test]
fn prints_the_port_it_took_and_serves_the_published_test_agent() {
    let sandbox = Running::start(&mut command());
    assert!(!sandbox.address.ends_with(":0"), "{}", sandbox.address);
    let health = sandbox.get("/healthz");
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
    let form = sandbox.get(&sandbox.form_path("agent-01", "22f3b3cc2ae84451"));
    assert!(form.starts_with("HTTP/1.1 200 OK\r\n"), "{form}");
    assert!(
        form.contains("frame-ancestors http://localhost:3019\r\n"),
        "{form}"
    );
}

#[test]
fn takes_the_agent_its_secret_and_its_hosts_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "another-secret\n").unwrap();
    for (name, value) in [
        ("PANTOKEN_AGENT_SECRET_KEY", "another-secret"),
        ("PANTOKEN_AGENT_SECRET_KEY_FILE", file.to_str().unwrap()),
    ] {
        let sandbox = Running::start(
            command()
                .env(name, value)
                .args(["--agent-id", "agent-02"])
                .args(["--registered-host", "https://a.kz"])
                .args(["--registered-host", "https://b.kz"]),
        );
        let form = sandbox.get(&sandbox.form_path("agent-02", "another-secret"));
        assert!(form.starts_with("HTTP/1.1 200 OK\r\n"), "{name}: {form}");
        assert!(form.contains("frame-ancestors https://a.kz https://b.kz\r\n"));
        let form = sandbox.get(&sandbox.form_path("agent-02", "22f3b3cc2ae84451"));
        assert!(form.contains("AGENT_SIGN_INVALID"), "{name}: {form}");
        let form = sandbox.get(&sandbox.form_path("agent-01", "another-secret"));
        assert!(form.contains("AGENT_NOT_FOUND"), "{name}: {form}");
    }
}

#[test]
fn names_a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (args, flag) in [
        (vec!["--listen", &address], "--a2c-listen"),
        (vec!["--only=a2c", "--a2c-listen", &address], "--a2c-listen"),
        (
            vec!["--only=payin", "--payin-listen", &address],
            "--payin-listen",
        ),
    ] {
        let text = fails(command().args(args), 1);
        let expected = format!("cannot listen on {address}: the port is taken");
        assert!(text.contains(&expected) && text.contains(flag), "{text}");
    }
}

const PAYIN: &str = "pantoken-sandbox: payin listening on http://";

#[test]
fn starts_every_provider_each_on_its_port() {
    let process = Process::start(command().args([
        "--a2c-listen=127.0.0.1:0",
        "--payin-listen=127.0.0.1:0",
        "--payin-site-id=site-02",
        "--jetpay-listen=127.0.0.1:0",
        "--qiwi-pay-listen=127.0.0.1:0",
        "--qiwi-master-listen=127.0.0.1:0",
    ]));
    for words in [
        "pantoken-sandbox: listening on http://",
        PAYIN,
        "pantoken-sandbox: jetpay listening on http://",
        "pantoken-sandbox: qiwi-pay listening on http://",
        "pantoken-sandbox: qiwi-master listening on http://",
    ] {
        let address = process.wait_for(words);
        let address = address.unwrap_or_else(|| panic!("{}", process.log()));
        let health = send_request(&address, "GET /healthz HTTP/1.1", "");
        assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
    }
}

#[test]
fn starts_payin_alone_with_a_key_from_outside() {
    for (key, expected) in [(None, "404"), (Some("another-key"), "401")] {
        let mut command = command();
        if let Some(key) = key {
            command.env("PANTOKEN_PAYIN_API_KEY", key);
        }
        let process = Process::start(command.args(["--only=payin", "--payin-listen=127.0.0.1:0"]));
        let address = process.wait_for(PAYIN);
        let address = address.unwrap_or_else(|| panic!("{}", process.log()));
        assert!(!process.log().contains("sandbox: listening on"));
        let head = "GET /partner/payin/v1/sites/site-01/payments/p HTTP/1.1\r\n\
                    Authorization: Bearer pantoken-sandbox-payin-api-key";
        let answer = send_request(&address, head, "");
        let status = format!("HTTP/1.1 {expected} ");
        assert!(answer.starts_with(&status), "{answer}");
    }
}

/// Runs the command of docs/sandbox.md, against the port that this test has.
#[test]
fn the_documented_command_creates_a_bill_with_a_form() {
    let process = Process::start(command().args(["--only=payin", "--payin-listen=127.0.0.1:0"]));
    let address = process.wait_for(PAYIN);
    let address = address.unwrap_or_else(|| panic!("{}", process.log()));
    let document = include_str!("../../../../docs/sandbox.md");
    let (_, rest) = document.split_once("```sh\ncurl ").unwrap();
    let (arguments, _) = rest.split_once("```").unwrap();
    let script = format!("curl -s {}", arguments.replace("127.0.0.1:3021", &address));
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let bill: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let pay_url = bill["payUrl"].as_str().unwrap();
    let path = pay_url.strip_prefix(&format!("http://{address}")).unwrap();
    let form = send_request(&address, &format!("GET {path}&lang=en HTTP/1.1"), "");
    assert!(form.contains("<h1>Pay by card</h1>"), "{form}");
}

/// As in a container, which listens on every address and is reached at another port.
#[test]
fn forms_are_where_browsers_reach_the_sandbox() {
    let mut command = command();
    command
        .args(["--only=a2c,payin", "--a2c-listen=0.0.0.0:0"])
        .args(["--payin-listen=0.0.0.0:0"])
        .args(["--public-origin=http://localhost:8020"])
        .args(["--payin-public-origin=https://payin.shop.kz"]);
    let process = Process::start(&mut command);
    let port = |name| {
        let address = process.wait_for(name);
        let address = address.unwrap_or_else(|| panic!("{}", process.log()));
        address.replace("0.0.0.0", "127.0.0.1")
    };
    let a2c = port("pantoken-sandbox: listening on http://");
    let health = send_request(&a2c, "GET /healthz HTTP/1.1", "");
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
    let head = "PUT /partner/payin/v1/sites/site-01/bills/1 HTTP/1.1\r\n\
                Authorization: Bearer pantoken-sandbox-payin-api-key\r\nContent-Type: application/json";
    let bill = r#"{"amount":{"currency":"RUB","value":"1.00"},"expirationDateTime":"2099-01-01T00:00:00+03:00"}"#;
    let answer = send_request(&port(PAYIN), head, bill);
    let pay_url = "\"payUrl\":\"https://payin.shop.kz/";
    assert!(answer.contains(pay_url), "{answer}");
}

#[test]
fn qiwi_pay_listens_with_tls_and_writes_its_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = folder.path().join("certificates");
    let mut command = command();
    command.args(["--only", "qiwi-pay", "--qiwi-pay-listen", "127.0.0.1:0"]);
    command.args(["--qiwi-pay-tls-listen", "127.0.0.1:0"]);
    command.arg("--qiwi-pay-certificates").arg(&certificates);
    let sandbox = Process::start(&mut command);
    for scheme in ["http", "https"] {
        let text = format!("pantoken-sandbox: qiwi-pay listening on {scheme}://");
        assert!(sandbox.wait_for(&text).is_some(), "{}", sandbox.log());
    }
    for file in ["ca.pem", "client.pem"] {
        assert!(certificates.join(file).is_file(), "{file}");
    }
    // A file is no folder.
    let mut command = self::command();
    command.args(["--only", "qiwi-pay", "--qiwi-pay-listen", "127.0.0.1:0"]);
    command.args(["--qiwi-pay-tls-listen", "127.0.0.1:0"]);
    command
        .arg("--qiwi-pay-certificates")
        .arg(certificates.join("ca.pem"));
    let error = fails(&mut command, 1);
    assert!(
        error.contains("choose another folder with --qiwi-pay-certificates"),
        "{error}"
    );
}

#[test]
fn wrong_usage_exits_with_2() {
    for args in [
        ["--port", "1"],
        ["--listen", "nowhere"],
        ["--registered-host", "http://a.kz"],
        ["--public-origin", "http://shop.example"],
        ["--payin-public-origin", "localhost:8021"],
        ["--qiwi-pay-public-origin", "http://shop.example"],
        ["--agent-id", "a;b"],
        ["--agent-secret-key", "22f3b3cc2ae84451"],
        ["--only", "a2c,nobody"],
        ["--payin-listen", "nowhere"],
        ["--payin-site-id", "a/b|c"],
        ["--payin-notification-url", "http://shop.example/"],
        ["--jetpay-project-id", "0"],
        ["--jetpay-merchant-url", "http://shop.example/"],
        ["--jetpay-callback-url", "ftp://127.0.0.1/"],
        ["--qiwi-pay-merchant-site", "x"],
        ["--qiwi-pay-notification-url", "http://shop.example/"],
        ["--qiwi-master-wallet", "+79990000000"],
    ] {
        let text = fails(command().args(args), 2);
        assert!(text.contains(args[0]), "{text}");
    }
}

#[test]
fn a_bad_secret_is_named_and_not_repeated() {
    let key = "PANTOKEN_AGENT_SECRET_KEY";
    let key_file = "PANTOKEN_AGENT_SECRET_KEY_FILE";
    let text = fails(command().env(key, "not a secret"), 2);
    assert!(
        text.contains(key) && !text.contains("not a secret"),
        "{text}"
    );
    let text = fails(command().env(key, ""), 2);
    assert!(text.contains(key), "{text}");
    let text = fails(command().env(key_file, "/no/such/file"), 2);
    assert!(text.contains(key_file), "{text}");
    let text = fails(command().env(key, "a").env(key_file, "b"), 2);
    assert!(text.contains("both set"), "{text}");
    let long = "k".repeat(1_025);
    let text = fails(command().env("PANTOKEN_JETPAY_SECRET_KEY", &long), 2);
    assert!(
        text.contains("PANTOKEN_JETPAY_SECRET_KEY") && !text.contains(&long),
        "{text}"
    );
    for key in [
        "PANTOKEN_PAYIN_API_KEY",
        "PANTOKEN_PAYIN_NOTIFICATION_KEY",
        "PANTOKEN_QIWI_MASTER_TOKEN",
    ] {
        let text = fails(command().env(key, "not a secret"), 2);
        assert!(
            text.contains(key) && !text.contains("not a secret"),
            "{text}"
        );
    }
}

#[test]
fn the_manual_and_the_completions_are_written_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command();
    command.arg("--write-documents").arg(folder.path());
    assert!(command.status().unwrap().success());
    let manual = folder.path().join("man/pantoken-sandbox.1");
    let manual = std::fs::read_to_string(manual).unwrap();
    assert!(manual.contains("payin"), "{manual}");
}

#[test]
fn help_has_examples() {
    let output = command().arg("--help").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "PANTOKEN_JETPAY_SECRET_KEY",
        "--jetpay-merchant-url",
        "--jetpay-callback-url",
        "--only",
        "--a2c-listen",
        "--payin-listen",
        "--payin-site-id",
        "--payin-notification-url",
        "PANTOKEN_PAYIN_API_KEY",
        "PANTOKEN_PAYIN_NOTIFICATION_KEY",
        "127.0.0.1:3021",
        "--listen",
        "--registered-host",
        "--agent-id",
        "PANTOKEN_AGENT_SECRET_KEY_FILE",
        "Examples:",
        "/chaos/late-ready",
        "conflicting-result",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn stops_cleanly_on_a_signal() {
    let signals: [fn(&Process); 2] = [Process::terminate, Process::interrupt];
    for send in signals {
        let mut sandbox = Running::start(&mut command());
        send(&sandbox.process);
        let status = sandbox.process.wait();
        assert_eq!(status.code(), Some(0), "{}", sandbox.process.log());
    }
}
