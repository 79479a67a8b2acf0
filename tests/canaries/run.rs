use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use pantoken_a2c::{CallbackUrl, SignedRequest};
use pantoken_tests::{Process, binaries, clear_settings};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::evidence::Evidence;
use crate::{AGENT_SECRET, API_KEY, STORE_KEY, WEBHOOK_SECRET};

const PAGE: &str = "https://shop.kz";
const RETURN_URL: &str = "https://shop.kz/paid";

/// The real server and the real sandbox, with a folder for their files. Every response is collected as
/// evidence.
pub(crate) struct Run {
    pub(crate) evidence: Arc<Evidence>,
    pub(crate) folder: TempDir,
    client: Client,
    server: Process,
    server_url: String,
    metrics_url: String,
    sandbox: Process,
    sandbox_url: String,
}

impl Run {
    pub(crate) fn start(evidence: &Arc<Evidence>, webhook_url: &str, log_format: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = start_sandbox();
        let sandbox_url = listening(&sandbox, "listening on ");
        let server = start_server(folder.path(), &sandbox_url, webhook_url, log_format);
        let server_url = listening(&server, "listening on ");
        let metrics_url = listening(&server, "metrics at ");
        // In JSON the log message ends with a quote.
        let (metrics_url, _) = metrics_url.split_once('"').unwrap_or((&metrics_url, ""));
        let metrics_url = metrics_url.to_owned();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            evidence: Arc::clone(evidence),
            folder,
            client: client.build().unwrap(),
            server,
            server_url,
            metrics_url,
            sandbox,
            sandbox_url,
        }
    }

    /// Calls the server, and collects the headers and the body of the response.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        bearer: &str,
        body: &str,
    ) -> String {
        let url = format!("{}{path}", self.server_url);
        let call = self.client.request(method, url);
        let call = call
            .bearer_auth(bearer)
            .header("content-type", "application/json")
            .header("origin", PAGE)
            .body(body.to_owned());
        self.collect("server", path, call.send().await.unwrap())
            .await
    }

    pub(crate) async fn post(&self, path: &str, bearer: &str, body: &Value) -> Value {
        let answer = self
            .call(Method::POST, path, bearer, &body.to_string())
            .await;
        serde_json::from_str(&answer).unwrap()
    }

    async fn collect(&self, who: &str, path: &str, response: Response) -> String {
        let route = path.split('?').next().unwrap();
        let head = format!("{} {:?}", response.status(), response.headers());
        self.evidence.add(format!("{who} headers of {route}"), head);
        let body = response.text().await.unwrap();
        self.evidence
            .add(format!("{who} body of {route}"), body.clone());
        body
    }

    pub(crate) async fn create(&self, flow: &str) -> Value {
        let body = match flow {
            "redirect" => json!({"flow": flow, "returnUrl": RETURN_URL, "customer": "order 7"}),
            _ => json!({"flow": flow, "customer": "order 7"}),
        };
        self.post("/v1/sessions", API_KEY, &body).await
    }

    /// Opens the form and saves this card, as the form's own script does.
    pub(crate) async fn save_card(&self, session: &Value, card_number: &str) -> String {
        let form_url = session["formUrl"].as_str().unwrap();
        let form = self.client.get(form_url).send().await.unwrap();
        self.collect("sandbox", "/form", form).await;
        let signed = SignedRequest::parse(form_url).unwrap();
        let request = signed.request();
        let callback_url = request.callback_url().map(CallbackUrl::as_str);
        let body = json!({
            "agentId": request.agent_id().as_str(),
            "requestId": request.request_id().to_text(),
            "agentCallbackUrl": callback_url,
            "agentSign": signed.signature().as_str(),
            "pan": card_number,
        });
        let url = format!("{}/save", self.sandbox_url);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        let answer = self.collect("sandbox", "/save", answer).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["panToken"].as_str().unwrap_or_default().to_owned()
    }

    /// Calls the callback with this query, as the customer's browser does.
    pub(crate) async fn come_back(&self, session: &Value, query: &str) {
        let signed = SignedRequest::parse(session["formUrl"].as_str().unwrap()).unwrap();
        let callback = signed.request().callback_url().unwrap().as_str().to_owned();
        let (_, path) = callback.split_once("/v1/").unwrap();
        let id = session["requestId"].as_str().unwrap();
        let path = format!("/v1/{path}?requestId={id}&{query}");
        self.call(Method::GET, &path, "", "").await;
    }

    pub(crate) async fn read_metrics(&self) {
        let metrics = self.client.get(&self.metrics_url).send().await.unwrap();
        self.evidence.add("metrics", metrics.text().await.unwrap());
    }

    /// Collects the output of the operator's commands.
    pub(crate) fn run_commands(&self) {
        for arguments in [
            &["webhooks", "list"][..],
            &["webhooks", "list", "--state", "delivered"],
            &["key", "list"],
            &["sessions", "list"],
            &["sessions", "list", "--json"],
            &["doctor"],
            &["verify", "https://a2c-test.qiwi.kz/form?agentId=a"],
            &[
                "sign",
                "--form-host",
                "https://a2c-test.qiwi.kz",
                "--agent-id",
                "agent-01",
                "--request-id",
                "7",
            ],
            &["serve", "--listen", "nowhere"],
        ] {
            let mut command = pantoken(self.folder.path(), &self.sandbox_url);
            let output = command.args(arguments).output().unwrap();
            let text = [output.stdout, output.stderr].concat();
            self.evidence.add(format!("command {arguments:?}"), text);
        }
    }

    /// Collects the database with its journal while the server runs, and the arguments of the
    /// processes, which every user of the machine can read.
    pub(crate) fn collect_files_and_arguments(&self) {
        self.evidence.add_files("database", self.folder.path());
        for (name, process) in [("server", &self.server), ("sandbox", &self.sandbox)] {
            let path = format!("/proc/{}/cmdline", process.id());
            self.evidence.add(
                format!("arguments of the {name}"),
                std::fs::read(path).unwrap(),
            );
        }
    }

    /// Kills the server, and collects the files that are left and the logs.
    pub(crate) fn kill(mut self) {
        self.server.kill();
        let (server_log, sandbox_log) = (self.server.log(), self.sandbox.log());
        self.evidence
            .add_files("database after a kill", self.folder.path());
        self.evidence.add("server log", server_log);
        self.evidence.add("sandbox log", sandbox_log);
    }
}

fn listening(process: &Process, words: &str) -> String {
    let url = process.wait_for(words);
    url.unwrap_or_else(|| panic!("{}", process.log()))
}

fn start_sandbox() -> Process {
    let mut command = Command::new(binaries().join("pantoken-sandbox"));
    clear_settings(&mut command);
    command
        .args(["--listen", "127.0.0.1:0", "--registered-host", PAGE])
        .env("PANTOKEN_AGENT_SECRET_KEY", AGENT_SECRET);
    Process::start(&mut command)
}

fn start_server(folder: &Path, form_host: &str, webhook_url: &str, log_format: &str) -> Process {
    let mut command = pantoken(folder, form_host);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(["--metrics-listen", "127.0.0.1:0"])
        .args(["--log-format", log_format])
        .env("PANTOKEN_WEBHOOK_URL", webhook_url)
        .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true");
    Process::start(&mut command)
}

/// Returns the command `pantoken` with every secret in its environment.
fn pantoken(folder: &Path, form_host: &str) -> Command {
    let mut command = Command::new(binaries().join("pantoken"));
    clear_settings(&mut command);
    command
        .current_dir(folder)
        .env("PANTOKEN_AGENT_ID", "agent-01")
        .env("PANTOKEN_FORM_HOST", form_host)
        .env("PANTOKEN_RETURN_URLS", RETURN_URL)
        .env("PANTOKEN_ALLOWED_ORIGINS", PAGE)
        .env("PANTOKEN_PUBLIC_SESSIONS", "true")
        .env("PANTOKEN_AGENT_SECRET_KEY", AGENT_SECRET)
        .env("PANTOKEN_API_KEY", API_KEY)
        .env("PANTOKEN_WEBHOOK_SECRET", WEBHOOK_SECRET)
        .env("PANTOKEN_STORE_KEY", STORE_KEY);
    command
}
