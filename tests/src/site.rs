use std::path::PathBuf;
use std::process::Command;

use pantoken_a2c::RequestId;
use pantoken_test_support::{Process, ReverseProxy, TIMEOUT, within};
use serde_json::Value;
use tempfile::TempDir;

use crate::page::Pages;
use crate::programs::binaries;
use crate::tab::INTERVAL;

/// The id of the provider's published test agent.
pub const AGENT_ID: &str = "agent-01";
/// The secret of the published test agent.
pub const SECRET_KEY: &str = "22f3b3cc2ae84451";
/// The key of the pages for operators.
pub const ADMIN_KEY: &str = "a-key-for-operators-in-tests";
/// The API key of the site's back end.
pub const API_KEY: &str = "a-key-for-the-end-to-end-tests";

/// The options of a [`TestSite`].
pub struct SiteOptions {
    /// The server's agent id.
    pub agent_id: &'static str,
    /// The secret that the server signs with.
    pub secret_key: &'static str,
    /// The path of the form in the sandbox, without `/form`.
    pub form_path: String,
    /// The server's pages.
    pub pages: Pages,
    /// Whether the server has payin too.
    pub has_payin: bool,
    /// Whether the server has qiwi-pay too.
    pub has_qiwi_pay: bool,
    /// Whether the server has the pages for operators.
    pub has_admin: bool,
}

impl SiteOptions {
    /// Returns the usual options, with these pages.
    pub fn with_pages(pages: Pages) -> Self {
        Self {
            agent_id: AGENT_ID,
            secret_key: SECRET_KEY,
            form_path: String::new(),
            pages,
            has_payin: false,
            has_qiwi_pay: false,
            has_admin: false,
        }
    }
}

/// A site with its server behind a reverse proxy on localhost, and the provider's sandbox on 127.0.0.1.
pub struct TestSite {
    /// The reverse proxy, which the browser connects to.
    pub proxy: ReverseProxy,
    options: SiteOptions,
    server: Option<Process>,
    sandbox: Process,
    sandbox_url: String,
    payin_url: Option<String>,
    qiwi_pay_url: Option<String>,
    http: reqwest::Client,
    folder: TempDir,
}

impl TestSite {
    /// Starts a site. The proxy starts first, because both programs need its address.
    pub fn open(options: SiteOptions) -> Self {
        let proxy = ReverseProxy::start();
        let sandbox = start_sandbox(proxy.port(), &options);
        let sandbox_url = sandbox
            .wait_for("listening on ")
            .unwrap_or_else(|| panic!("{}", sandbox.log()));
        let wait_for = |provider: &str| {
            let url = sandbox.wait_for(&format!("{provider} listening on "));
            url.unwrap_or_else(|| panic!("{}", sandbox.log()))
        };
        let payin_url = options.has_payin.then(|| wait_for("payin"));
        let qiwi_pay_url = options.has_qiwi_pay.then(|| wait_for("qiwi-pay"));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let mut site = Self {
            proxy,
            options,
            server: None,
            sandbox,
            sandbox_url,
            payin_url,
            qiwi_pay_url,
            http: client.build().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        site.start_server();
        site
    }

    /// Kills the server, as a power failure would.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    /// Starts the server on the same database as before.
    pub fn start_server(&mut self) {
        let server = start_server(self);
        let address = server
            .wait_for("listening on ")
            .unwrap_or_else(|| panic!("{}", server.log()));
        self.proxy.forward_to(&address);
        self.server = Some(server);
    }

    /// Returns the URL of a path of the site.
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.proxy.port())
    }

    /// Returns the address of the pages for operators, as the server says it in its log.
    pub fn admin_url(&self) -> String {
        let server = self.server.as_ref().unwrap();
        let url = server.wait_for("pages for operators at ");
        url.unwrap_or_else(|| panic!("{}", server.log()))
    }

    /// Returns the sandbox's origin.
    pub fn sandbox_url(&self) -> &str {
        &self.sandbox_url
    }

    /// Returns the origin of payin in the sandbox.
    pub fn payin_url(&self) -> &str {
        self.payin_url.as_deref().unwrap()
    }

    /// Returns the origin of qiwi-pay in the sandbox.
    pub fn qiwi_pay_url(&self) -> &str {
        self.qiwi_pay_url.as_deref().unwrap()
    }

    /// Creates a form for an order of 9.50 RUB, as the site's back end does.
    pub async fn create_qiwi_pay_form(&self, order_id: &str) -> Value {
        let amount = serde_json::json!({"value": "9.50", "currency": "RUB"});
        let body = serde_json::json!({"operation": "sale", "orderId": order_id, "amount": amount});
        let call = self.http.post(self.url("/v1/qiwi-pay/forms"));
        let answer = call.bearer_auth(API_KEY).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }

    /// Waits until the payment of an order is in this state.
    pub async fn qiwi_pay_in_state(&self, order_id: &str, state: &str) {
        let url = self.url(&format!("/v1/qiwi-pay/payments/{order_id}"));
        let came = async {
            loop {
                let call = self.http.get(&url).bearer_auth(API_KEY);
                let payment: Value = call.send().await.unwrap().json().await.unwrap();
                if payment["state"] == state {
                    return;
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        within(TIMEOUT, &format!("a payment that is {state}"), came).await;
    }

    /// Creates a card verification, as the site's back end does for a customer it knows.
    pub async fn create_verification(&self, body: &Value) -> Value {
        let call = self.http.post(self.url("/v1/payin/verifications"));
        let answer = call.bearer_auth(API_KEY).json(body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    }

    /// Returns the card verification as the site's back end reads it.
    pub async fn verification(&self, id: &str) -> Value {
        let call = self
            .http
            .get(self.url(&format!("/v1/payin/verifications/{id}")));
        let answer = call.bearer_auth(API_KEY).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Waits until the card verification is in this state.
    pub async fn verification_in_state(&self, id: &str, state: &str) {
        let came = async {
            while self.verification(id).await["state"] != state {
                tokio::time::sleep(INTERVAL).await;
            }
        };
        within(TIMEOUT, &format!("a verification that is {state}"), came).await;
    }

    /// Returns the session as the site's back end reads it.
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

    /// Waits until the session is in this state, and returns it.
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
        within(TIMEOUT, &format!("a session that is {state}"), came).await
    }

    /// Returns a form URL for a request id that the site's back end chooses.
    pub async fn sign_form_url(&self, request_id: &str) -> String {
        let body = serde_json::json!({"flow": "iframe", "requestId": request_id});
        let call = self.http.post(self.url("/v1/form-urls"));
        let answer = call.bearer_auth(API_KEY).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        answer["formUrl"].as_str().unwrap().to_owned()
    }

    /// Returns a client that does not follow redirects.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Returns all that the server and the sandbox have printed.
    pub fn logs(&self) -> (String, String) {
        (
            self.server.as_ref().map(Process::log).unwrap_or_default(),
            self.sandbox.log(),
        )
    }

    /// Returns the folder of the server's database.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

fn start_sandbox(site_port: u16, options: &SiteOptions) -> Process {
    let mut command = Command::new(binaries().join("pantoken-sandbox"));
    clear_settings(&mut command);
    // The other providers would take their own ports, which two sites cannot share.
    let payin = options.has_payin.then_some("payin");
    let qiwi_pay = options.has_qiwi_pay.then_some("qiwi-pay");
    for provider in ["a2c"].into_iter().chain(payin).chain(qiwi_pay) {
        let listen = format!("--{provider}-listen");
        command.args(["--only", provider, &listen, "127.0.0.1:0"]);
    }
    let notifications = format!("http://127.0.0.1:{site_port}/v1/qiwi-pay/notifications");
    command.args(["--qiwi-pay-notification-url", &notifications]);
    command
        .args([
            "--registered-host",
            &format!("http://localhost:{site_port}"),
        ])
        .env("PANTOKEN_AGENT_SECRET_KEY", SECRET_KEY);
    Process::start(&mut command)
}

fn start_server(site: &TestSite) -> Process {
    let TestSite {
        options, folder, ..
    } = site;
    let origin = site.url("");
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
            format!("{}{}", site.sandbox_url, options.form_path),
        )
        .env(
            "PANTOKEN_DATABASE_URL",
            format!("sqlite://{}", database.display()),
        )
        .env("PANTOKEN_LISTEN", "127.0.0.1:0")
        .env("PANTOKEN_PUBLIC_URL", &origin)
        .env("PANTOKEN_API_KEY", API_KEY)
        .env("PANTOKEN_PUBLIC_SESSIONS", "true")
        // The tests create sessions faster than customers do.
        .env("PANTOKEN_PUBLIC_SESSIONS_PER_ADDRESS", "10000")
        .env("PANTOKEN_PUBLIC_SESSIONS_PER_ORIGIN", "10000")
        .env("PANTOKEN_ALLOWED_ORIGINS", &origin)
        .env("PANTOKEN_RETURN_URLS", format!("{origin}/"));
    if options.has_admin {
        command
            .env("PANTOKEN_METRICS_LISTEN", "127.0.0.1:0")
            .env("PANTOKEN_ADMIN_KEY", ADMIN_KEY);
    }
    if let Some(payin) = &site.payin_url {
        command
            .env("PANTOKEN_PAYIN_SITE_ID", "site-01")
            .env("PANTOKEN_PAYIN_API_KEY", "pantoken-sandbox-payin-api-key")
            .env(
                "PANTOKEN_PAYIN_NOTIFICATION_KEY",
                "pantoken-sandbox-payin-notification-key",
            )
            .env(
                "PANTOKEN_PAYIN_BASE_URL",
                format!("{payin}/partner/payin/v1/sites"),
            )
            .env("PANTOKEN_PAYIN_FORM_ORIGINS", payin);
    }
    if let Some(qiwi_pay) = &site.qiwi_pay_url {
        command
            .env("PANTOKEN_QIWI_PAY_MERCHANT_SITE", "555")
            .env(
                "PANTOKEN_QIWI_PAY_SECRET_KEY",
                "pantoken-sandbox-qiwi-pay-secret-key",
            )
            .env(
                "PANTOKEN_QIWI_PAY_API_URL",
                format!("{qiwi_pay}/merchant/direct"),
            )
            .env(
                "PANTOKEN_QIWI_PAY_FORM_URL",
                format!("{qiwi_pay}/paypage/initial"),
            );
    }
    Process::start(&mut command)
}

/// Removes the developer's own settings from the command's environment.
pub fn clear_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PANTOKEN_") {
            command.env_remove(name);
        }
    }
}
