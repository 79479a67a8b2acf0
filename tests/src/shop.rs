use std::path::PathBuf;
use std::process::Command;

use pantoken_a2c::RequestId;
use serde_json::Value;
use tempfile::TempDir;

use crate::customer::{INTERVAL, within_patience};
use crate::front::{Front, client};
use crate::page::Pages;
use crate::process::{Process, binaries};

/// The provider's published test data. Source: docs/a2c.md, "Signed form URL".
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
    /// Where its form is in the sandbox: the path before `/form`.
    pub form_path: String,
    /// Its pages.
    pub pages: Pages,
}

impl ShopOptions {
    /// The usual server with these pages.
    pub fn with_pages(pages: Pages) -> Self {
        Self {
            agent_id: AGENT_ID,
            secret_key: SECRET_KEY,
            form_path: String::new(),
            pages,
        }
    }
}

/// A shop's server behind its front on localhost, and the provider's sandbox on 127.0.0.1.
pub struct Shop {
    /// What the customers reach.
    pub front: Front,
    options: ShopOptions,
    server: Option<Process>,
    sandbox: Process,
    sandbox_url: String,
    http: reqwest::Client,
    folder: TempDir,
}

impl Shop {
    /// Opens a shop. The front comes first: both programs need to know its address.
    pub fn open(options: ShopOptions) -> Self {
        let front = Front::open();
        let sandbox = start_sandbox(front.port());
        let sandbox_url = sandbox
            .wait_for("listening on ")
            .unwrap_or_else(|| panic!("{}", sandbox.log()));
        let mut shop = Self {
            front,
            options,
            server: None,
            sandbox,
            sandbox_url,
            http: client(),
            folder: tempfile::tempdir().unwrap(),
        };
        shop.start_server();
        shop
    }

    /// Kills the server, as a power cut would.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    /// Starts the server, on the database that it had if it ran before.
    pub fn start_server(&mut self) {
        let server = start_server(self);
        let address = server
            .wait_for("listening on ")
            .unwrap_or_else(|| panic!("{}", server.log()));
        self.front.lead_to(&address);
        self.server = Some(server);
    }

    /// An address of the shop's page.
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.front.port())
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

    /// The same, as soon as the session is in this state.
    pub async fn session_in_state(&self, request_id: &str, state: &str) -> Value {
        let came = async {
            loop {
                let session = self.session(request_id).await;
                if session["state"] == state {
                    return session;
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        within_patience(&format!("a session that is {state}"), came).await
    }

    /// What the shop's back end is given to embed, for a request id of its own.
    pub async fn sign_form_url(&self, request_id: &str) -> String {
        let body = serde_json::json!({"flow": "iframe", "requestId": request_id});
        let call = self.http.post(self.url("/v1/form-urls"));
        let answer = call.bearer_auth(API_KEY).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        answer["formUrl"].as_str().unwrap().to_owned()
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

fn start_server(shop: &Shop) -> Process {
    let Shop {
        options, folder, ..
    } = shop;
    let origin = shop.url("");
    let database = folder.path().join("pantoken.db");
    let mut command = Command::new(binaries().join("pantoken"));
    clear_settings(&mut command);
    command
        .current_dir(folder.path())
        .arg("serve")
        .arg("--pages")
        .arg(&options.pages.folder)
        .env("PANTOKEN_AGENT_ID", options.agent_id)
        .env("PANTOKEN_AGENT_SECRET_KEY", options.secret_key)
        .env(
            "PANTOKEN_FORM_HOST",
            format!("{}{}", shop.sandbox_url, options.form_path),
        )
        .env(
            "PANTOKEN_DATABASE_URL",
            format!("sqlite://{}", database.display()),
        )
        .env("PANTOKEN_LISTEN", "127.0.0.1:0")
        .env("PANTOKEN_PUBLIC_URL", &origin)
        .env("PANTOKEN_API_KEY", API_KEY)
        .env("PANTOKEN_PUBLIC_SESSIONS", "true")
        // The tests are faster than customers.
        .env("PANTOKEN_PUBLIC_SESSIONS_PER_ADDRESS", "10000")
        .env("PANTOKEN_PUBLIC_SESSIONS_PER_ORIGIN", "10000")
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
