use std::io::{BufRead, BufReader};
use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::{deployed, with};

const PAN_TOKEN: &str = "canary-pan-token";
const STATE: &str = "canary-state";

pub(crate) fn it_tells_its_clients_apart_and_logs_no_token() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (_pantoken, upstream) = pantoken(&folder);
    let (_nginx, url) = nginx(&folder, &upstream);
    runtime.block_on(async {
        // One session a minute from each address, whatever it says of itself.
        assert_eq!(create(&url, "127.0.0.2", "192.0.2.1").await, 201);
        assert_eq!(create(&url, "127.0.0.2", "192.0.2.2").await, 429);
        assert_eq!(create(&url, "127.0.0.3", "192.0.2.1").await, 201);
        let callback = format!("{url}/v1/callback/{STATE}?panToken={PAN_TOKEN}");
        let answer = client("127.0.0.2").get(callback).send().await.unwrap();
        assert_eq!(answer.status(), 404);
    });
    let log = std::fs::read_to_string(folder.path().join("access.log")).unwrap();
    assert!(
        log.contains("127.0.0.3") && log.contains("POST /v1/sessions 201"),
        "{log}"
    );
    assert!(log.contains("GET /v1/callback/ 404"), "{log}");
    assert!(!log.contains(PAN_TOKEN) && !log.contains(STATE), "{log}");
}

/// A program, until this is dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let id = self.0.id().to_string();
        // nginx ends its workers at this, and not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.0.wait();
    }
}

/// The server, and its address.
fn pantoken(folder: &TempDir) -> (Program, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .args(["serve", "--listen", "127.0.0.1:0", "--agent-id", "agent-01"])
        .args(["--form-host", "https://a2c-test.qiwi.kz"])
        .args(["--public-url", "https://pay.shop.kz", "--public-sessions"])
        .args(["--allowed-origins", "https://shop.kz"])
        .args(["--public-sessions-per-address", "1"])
        .args(["--trusted-proxies", "127.0.0.1"])
        .env_clear()
        .env("PANTOKEN_AGENT_SECRET_KEY", "22f3b3cc2ae84451")
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let (_, address) = line.trim().split_once("http://").unwrap();
    (Program(child), address.to_owned())
}

/// nginx with the example's configuration, and its URL. Should another program take the port that was
/// free, the next one is tried.
fn nginx(folder: &TempDir, upstream: &str) -> (Program, String) {
    certificate(folder.path());
    for _ in 0..10 {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        configure(folder.path(), upstream, port);
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .args(["-c", "nginx.conf", "-e", "error.log"])
            .spawn()
            .unwrap();
        let mut program = Program(child);
        // It writes this file when it listens.
        let started = folder.path().join("nginx.pid");
        loop {
            if std::fs::read_to_string(&started).is_ok_and(|text| !text.is_empty()) {
                return (program, format!("https://127.0.0.1:{port}"));
            }
            if program.0.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::yield_now();
        }
    }
    let log = std::fs::read_to_string(folder.path().join("error.log"));
    panic!("nginx did not start: {log:?}");
}

fn configure(folder: &Path, upstream: &str, port: u16) {
    let site = with(
        deployed("nginx.conf"),
        &[
            ("server 127.0.0.1:3019;", &format!("server {upstream};")),
            ("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl")),
            ("/etc/ssl/pay.shop.kz.pem", "certificate.pem"),
            ("/etc/ssl/private/pay.shop.kz.key", "key.pem"),
            ("/var/log/nginx/pantoken.log", "access.log"),
        ],
    );
    std::fs::write(folder.join("site.conf"), site).unwrap();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path temp_{name};\n"))
        .concat();
    let whole = format!(
        "daemon off;\npid nginx.pid;\nevents {{}}\nhttp {{\n{temporary}include site.conf;\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), whole).unwrap();
}

fn certificate(folder: &Path) {
    let output = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=pay.shop.kz",
            "-keyout",
            "key.pem",
            "-out",
            "certificate.pem",
        ])
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

/// A browser at this address.
fn client(address: &str) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address: IpAddr = address.parse().unwrap();
    let builder = reqwest::Client::builder().no_proxy().local_address(address);
    // The certificate is the test's own.
    builder
        .tls_danger_accept_invalid_certs(true)
        .build()
        .unwrap()
}

async fn create(url: &str, address: &str, forwarded_for: &str) -> u16 {
    let answer = client(address)
        .post(format!("{url}/v1/sessions"))
        .header("origin", "https://shop.kz")
        .header("x-forwarded-for", forwarded_for)
        .header("forwarded", format!("for={forwarded_for}"))
        .header("content-type", "application/json")
        .body(r#"{"flow":"iframe"}"#)
        .send()
        .await
        .unwrap();
    answer.status().as_u16()
}
