use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use pantoken_protocol::RequestId;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Process, binaries, workspace};

/// The provider's published test data. Source: protocol.md, "Signed form URL".
pub const AGENT_ID: &str = "agent-01";
/// The published secret of that agent.
pub const SECRET_KEY: &str = "22f3b3cc2ae84451";
/// The key of the shop's back end.
pub const API_KEY: &str = "a-key-for-the-end-to-end-tests";

/// How a shop's server differs from the usual one.
pub struct ShopOptions {
    /// Who the server says it is.
    pub agent_id: &'static str,
    /// What it signs with.
    pub secret_key: &'static str,
    /// The folder of its pages.
    pub pages: PathBuf,
}

impl Default for ShopOptions {
    fn default() -> Self {
        Self {
            agent_id: AGENT_ID,
            secret_key: SECRET_KEY,
            pages: dist(),
        }
    }
}

/// A shop's server with its demo page on localhost, and the provider's sandbox on 127.0.0.1.
pub struct Shop {
    port: u16,
    options: ShopOptions,
    server: Option<Process>,
    sandbox: Process,
    sandbox_url: String,
    http: reqwest::Client,
    folder: TempDir,
}

impl Shop {
    /// Opens the usual shop.
    pub fn open() -> Self {
        Self::open_with(ShopOptions::default())
    }

    /// Opens a shop.
    ///
    /// Both need to know the other's address before they start, so the server's port is chosen
    /// first; should another program take it meanwhile, the next one is tried.
    pub fn open_with(options: ShopOptions) -> Self {
        for _ in 0..10 {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            let sandbox = start_sandbox(port);
            let sandbox_url = sandbox
                .wait_for("listening on ")
                .unwrap_or_else(|| panic!("{}", sandbox.log()));
            let folder = tempfile::tempdir().unwrap();
            let server = start_server(&options, port, &sandbox_url, &folder);
            if server.wait_for("listening on ").is_some() {
                let http = reqwest::Client::builder()
                    .redirect(reqwest::redirect::Policy::none())
                    .build();
                return Self {
                    port,
                    options,
                    server: Some(server),
                    sandbox,
                    sandbox_url,
                    http: http.unwrap(),
                    folder,
                };
            }
            let log = server.log();
            assert!(
                log.contains("cannot listen"),
                "the server did not start:\n{log}"
            );
        }
        panic!("no free port in ten tries");
    }

    /// Kills the server, as a power cut would; in its place is a socket that nobody answers at.
    pub async fn kill_server(&mut self) -> tokio::net::TcpListener {
        self.server = None;
        tokio::net::TcpListener::bind(("127.0.0.1", self.port))
            .await
            .unwrap()
    }

    /// Starts the server again, on the same port and database.
    pub fn start_server_again(&mut self) {
        let server = start_server(&self.options, self.port, &self.sandbox_url, &self.folder);
        assert!(
            server.wait_for("listening on ").is_some(),
            "{}",
            server.log()
        );
        self.server = Some(server);
    }

    /// An address of the shop's page.
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The sandbox's origin.
    pub fn sandbox_url(&self) -> &str {
        &self.sandbox_url
    }

    /// What the shop's back end learns of a session.
    pub async fn session(&self, request_id: &str) -> Value {
        RequestId::parse(request_id).unwrap();
        let url = self.url(&format!("/v1/sessions/{request_id}"));
        let response = self
            .http
            .get(url)
            .bearer_auth(API_KEY)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// A client that follows no redirect.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// All that the server and the sandbox have printed.
    pub fn logs(&self) -> (String, String) {
        (
            self.server.as_ref().map(Process::log).unwrap_or_default(),
            self.sandbox.log(),
        )
    }

    /// Where the server keeps its database.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

/// The demo page as Trunk built it.
pub fn dist() -> PathBuf {
    let dist =
        std::env::var_os("PANTOKEN_DIST").map_or_else(|| workspace().join("dist"), PathBuf::from);
    assert!(
        dist.join("index.html").is_file(),
        "{} has no demo page: run `cargo xtask test`, or `trunk build --release` first",
        dist.display()
    );
    dist
}

/// The npm package of the custom element, as `cargo xtask element` built it.
pub fn element_package() -> PathBuf {
    let package = dist().join("npm");
    assert!(
        package.join("element.js").is_file(),
        "{} has no element: run `cargo xtask test`, or `cargo xtask element` first",
        package.display()
    );
    package
}

fn start_sandbox(shop_port: u16) -> Process {
    let mut command = Command::new(binaries().join("pantoken-sandbox"));
    clear_settings(&mut command);
    command
        .args(["--listen", "127.0.0.1:0"])
        .args([
            "--registered-host",
            &format!("http://localhost:{shop_port}"),
        ])
        .env("PANTOKEN_AGENT_SECRET_KEY", SECRET_KEY);
    Process::start(&mut command)
}

fn start_server(options: &ShopOptions, port: u16, form_host: &str, folder: &TempDir) -> Process {
    let origin = format!("http://localhost:{port}");
    let database = folder.path().join("pantoken.db");
    let mut command = Command::new(binaries().join("pantoken"));
    clear_settings(&mut command);
    command
        .current_dir(folder.path())
        .arg("serve")
        .arg("--pages")
        .arg(&options.pages)
        .env("PANTOKEN_AGENT_ID", options.agent_id)
        .env("PANTOKEN_AGENT_SECRET_KEY", options.secret_key)
        .env("PANTOKEN_FORM_HOST", form_host)
        .env(
            "PANTOKEN_DATABASE_URL",
            format!("sqlite://{}", database.display()),
        )
        .env("PANTOKEN_LISTEN", format!("127.0.0.1:{port}"))
        .env("PANTOKEN_PUBLIC_URL", &origin)
        .env("PANTOKEN_API_KEY", API_KEY)
        .env("PANTOKEN_PUBLIC_SESSIONS", "true")
        .env("PANTOKEN_ALLOWED_ORIGINS", &origin)
        .env("PANTOKEN_RETURN_URLS", format!("{origin}/"));
    Process::start(&mut command)
}

/// So that a developer's own settings do not reach a test.
pub fn clear_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PANTOKEN_") {
            command.env_remove(name);
        }
    }
}
