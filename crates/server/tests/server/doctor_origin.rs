//! `pantoken doctor --origin`: would a page there be able to show the form?

use std::process::Command;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::routing::{get, options};
use serde_json::Value;
use tokio::net::TcpListener;

const GOOD_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
                           frame-src http://127.0.0.1:*; connect-src 'self' http://localhost:*";

/// A form host, a server and a page, of which the tests change one thing.
struct Site {
    form_headers: Vec<(&'static str, String)>,
    /// What the running server allows; the settings may already say something else.
    server_allows: Option<String>,
    page_headers: Vec<(&'static str, String)>,
    html: String,
    settings: Vec<(&'static str, String)>,
    page: String,
    page_listener: TcpListener,
}

impl Site {
    /// A site on which all is well.
    async fn new() -> Self {
        let page_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let page = format!(
            "http://localhost:{}",
            page_listener.local_addr().unwrap().port()
        );
        let policy = format!("default-src 'none'; frame-ancestors {page} https://shop.kz");
        Self {
            form_headers: vec![("content-security-policy", policy)],
            server_allows: Some(page.clone()),
            page_headers: vec![("content-security-policy", GOOD_POLICY.to_owned())],
            html: "<!doctype html>".to_owned(),
            settings: vec![
                ("PANTOKEN_ALLOWED_ORIGINS", page.clone()),
                ("PANTOKEN_PUBLIC_SESSIONS", "true".to_owned()),
                ("PANTOKEN_RETURN_URLS", page.clone()),
            ],
            page,
            page_listener,
        }
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
    }

    /// Returns the exit code, and the findings as lines.
    async fn doctor(self) -> (Option<i32>, Vec<String>) {
        let form = serve("/form", self.form_headers, String::new()).await;
        let allows = self.server_allows.into_iter();
        let allows = allows.map(|origin| ("access-control-allow-origin", origin));
        let server = serve("/v1/sessions", allows.collect(), String::new()).await;
        let (headers, html) = (self.page_headers, self.html);
        let router = Router::new().route("/pay", answer(headers, html));
        tokio::spawn(async { axum::serve(self.page_listener, router).await });

        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_pantoken"))
            .args(["doctor", "--json", "--origin"])
            .arg(format!("{}/pay", self.page))
            .env_clear()
            .env("PANTOKEN_FORM_HOST", form)
            .env("PANTOKEN_AGENT_ID", "agent-01")
            .env("PANTOKEN_AGENT_SECRET_KEY", "22f3b3cc2ae84451")
            .env(
                "PANTOKEN_PUBLIC_URL",
                server.replace("127.0.0.1", "localhost"),
            )
            .envs(self.settings)
            .current_dir(folder.path())
            .output()
            .unwrap();
        // It looks, and creates nothing.
        assert!(folder.path().read_dir().unwrap().next().is_none());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
        let lines = findings.map(|it| format!("{} {}", text(it, "level"), text(it, "text")));
        (output.status.code(), lines.collect())
    }
}

async fn serve(path: &str, headers: Vec<(&'static str, String)>, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route(path, answer(headers, body));
    tokio::spawn(async { axum::serve(listener, router).await });
    url
}

fn answer(headers: Vec<(&'static str, String)>, body: String) -> axum::routing::MethodRouter {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        map.append(name, HeaderValue::from_str(&value).unwrap());
    }
    let respond = async move || (map, body);
    get(respond.clone()).merge(options(respond))
}

/// Asserts that there is exactly one error, which contains these words.
#[track_caller]
fn one_error((code, lines): (Option<i32>, Vec<String>), words: &[&str]) {
    assert_eq!(code, Some(1), "{lines:#?}");
    let errors: Vec<_> = lines.iter().filter(|it| it.starts_with("error")).collect();
    assert_eq!(errors.len(), 1, "{lines:#?}");
    for words in words {
        assert!(errors[0].contains(words), "{words:?} is not in {errors:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_on_which_all_is_set_would_work() {
    let (code, lines) = Site::new().await.doctor().await;
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(
        lines.iter().all(|line| line.starts_with("ok ")),
        "{lines:#?}"
    );
    assert_eq!(lines.len(), 6, "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_that_the_settings_do_not_list_is_named_with_the_list_to_set() {
    let mut site = Site::new().await;
    let list = format!("PANTOKEN_ALLOWED_ORIGINS=https://shop.kz,{}", site.page);
    site.set("PANTOKEN_ALLOWED_ORIGINS", "https://shop.kz");
    one_error(site.doctor().await, &[&list]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_that_does_not_allow_the_page_is_told_from_its_settings() {
    let mut site = Site::new().await;
    site.server_allows = None;
    one_error(site.doctor().await, &["server: ", "restart it"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_public_sessions_the_page_needs_a_session_of_the_back_end() {
    let mut site = Site::new().await;
    site.set("PANTOKEN_PUBLIC_SESSIONS", "false");
    let (code, lines) = site.doctor().await;
    assert_eq!(code, Some(0), "{lines:#?}");
    let warning = lines.iter().find(|line| line.starts_with("warning"));
    assert!(warning.unwrap().contains("`session`"), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_registered_with_the_provider_is_named() {
    for header in [
        ("content-security-policy", "frame-ancestors https://shop.kz"),
        ("content-security-policy", "frame-ancestors 'none'"),
        ("x-frame-options", "DENY"),
        ("x-frame-options", "sameorigin"),
    ] {
        let mut site = Site::new().await;
        site.form_headers = vec![(header.0, header.1.to_owned())];
        one_error(site.doctor().await, &["form: ", "register this host"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_directive_that_forbids_the_form_is_named() {
    for (from, to, missing) in [
        (
            "'wasm-unsafe-eval'",
            "",
            "add 'wasm-unsafe-eval' to script-src",
        ),
        ("http://127.0.0.1:*", "'none'", "to frame-src"),
        ("http://localhost:*", "", "to connect-src"),
    ] {
        let mut site = Site::new().await;
        let policy = GOOD_POLICY.replace(from, to);
        site.page_headers = vec![("content-security-policy", policy.clone())];
        one_error(site.doctor().await, &["page: ", missing]);
        // The same in the page's own text.
        let mut site = Site::new().await;
        site.html = format!("<META content=\"{policy}\" http-equiv='Content-Security-Policy'>");
        one_error(site.doctor().await, &["page: ", missing]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_url_that_is_not_listed_and_an_isolated_page_are_warned_of() {
    let mut site = Site::new().await;
    site.set("PANTOKEN_RETURN_URLS", "https://shop.kz");
    let isolation = ("cross-origin-embedder-policy", "require-corp".to_owned());
    site.page_headers.push(isolation);
    let (code, lines) = site.doctor().await;
    assert_eq!(code, Some(0), "{lines:#?}");
    let warnings = lines.iter().filter(|line| line.starts_with("warning"));
    let warnings: Vec<_> = warnings.collect();
    assert!(warnings[0].contains("PANTOKEN_RETURN_URLS"), "{lines:#?}");
    assert!(warnings[1].contains("isolated"), "{lines:#?}");
}

#[test]
fn an_address_that_is_no_page_is_refused() {
    for text in ["shop.kz", "ftp://shop.kz", "http://shop.kz", "data:,x"] {
        let output = Command::new(env!("CARGO_BIN_EXE_pantoken"))
            .args(["doctor", "--origin", text])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
    }
}
