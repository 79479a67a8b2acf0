use std::path::Path;
use std::process::Command;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::routing::get;
use tokio::net::TcpListener;

const SECRET: &str = "canary-agent-secret-key";
const API_KEY: &str = "canary-api-key-0123456789";

/// `pantoken doctor` with these variables beside those that every server needs.
fn doctor(form_host: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let migrated = Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .arg("migrate")
        .env_clear()
        .current_dir(folder.path())
        .output();
    assert!(migrated.unwrap().status.success());
    doctor_in(folder.path(), form_host, variables)
}

fn doctor_in(folder: &Path, form_host: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pantoken"))
        .arg("doctor")
        .env_clear()
        .env("PANTOKEN_FORM_HOST", form_host)
        .env("PANTOKEN_AGENT_ID", "agent-01")
        .env("PANTOKEN_AGENT_SECRET_KEY", SECRET)
        .env("PANTOKEN_API_KEY", API_KEY)
        .envs(variables.iter().copied())
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!text.contains(SECRET) && !text.contains(API_KEY), "{text}");
    (output.status.code(), text)
}

/// A form host that says this is the time, or the right time.
async fn form_host(date: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // The server writes the right time where there is none.
    let date = date.map(|date| (header::DATE, HeaderValue::from_static(date)));
    let form = get(async move || date.into_iter().collect::<HeaderMap>());
    let router = Router::new().route("/form", form);
    tokio::spawn(async { axum::serve(listener, router).await });
    url
}

/// A port that nobody listens on.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_configuration_passes_and_the_policy_is_printed() {
    let host = form_host(None).await;
    let (code, text) = doctor(
        &host,
        &[
            ("PANTOKEN_PUBLIC_URL", "https://pay.shop.kz/cards"),
            ("PANTOKEN_STORE_KEY", &"0123456789abcdef".repeat(4)),
        ],
    );
    assert_eq!(code, Some(0), "{text}");
    assert!(
        !text.contains("warning") && !text.contains("error "),
        "{text}"
    );
    says(
        &text,
        &[
            "ok       configuration: ",
            "ok       store: ",
            "ok       form host: ",
            "ok       clock: ",
            "script-src 'self' 'wasm-unsafe-eval';\n",
            "connect-src 'self' https://pay.shop.kz;\n",
            &format!("frame-src {host};\n"),
            "base-uri 'none';\n",
            "frame-ancestors 'none'\n",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_questionable_setting_is_a_warning() {
    let host = form_host(Some("Sun, 01 Jun 2025 12:00:00 GMT")).await;
    let (code, text) = doctor(
        &host,
        &[
            ("PANTOKEN_PUBLIC_SESSIONS", "true"),
            ("PANTOKEN_ALLOWED_ORIGINS", "https://shop.kz"),
            ("PANTOKEN_WEBHOOK_URL", "http://backend/hook"),
            ("PANTOKEN_WEBHOOK_SECRET", "0123456789abcdef"),
            ("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true"),
        ],
    );
    assert_eq!(code, Some(0), "{text}");
    says(
        &text,
        &[
            "warning  PANTOKEN_STORE_KEY: ",
            "warning  PANTOKEN_PUBLIC_SESSIONS: ",
            "warning  PANTOKEN_TRUSTED_PROXIES: ",
            "warning  PANTOKEN_PUBLIC_URL: ",
            "warning  PANTOKEN_WEBHOOK_URL: ",
            "warning  clock: it differs",
        ],
    );
}

#[tokio::test]
async fn a_form_host_that_does_not_respond_is_a_warning() {
    let (code, text) = doctor(&nobody().await, &[]);
    assert_eq!(code, Some(0), "{text}");
    says(
        &text,
        &[
            "warning  form host: ",
            "customers' browsers",
            "warning  clock: ",
        ],
    );
}

#[tokio::test]
async fn an_error_is_reported_and_exits_with_1() {
    let host = nobody().await;
    let (code, text) = doctor(
        &host,
        &[("PANTOKEN_LISTEN", "x"), ("PANTOKEN_API_KEY", "a b")],
    );
    assert_eq!(code, Some(1), "{text}");
    says(
        &text,
        &["error    PANTOKEN_LISTEN ", "error    PANTOKEN_API_KEY "],
    );
    let (code, text) = doctor(
        &host,
        &[("PANTOKEN_DATABASE_URL", "sqlite://no/such/folder/db")],
    );
    assert_eq!(code, Some(1), "{text}");
    says(
        &text,
        &["error    PANTOKEN_DATABASE_URL: ", "no/such/folder"],
    );
    let (code, text) = doctor(&host, &[("PANTOKEN_API_KEY", "")]);
    assert_eq!(code, Some(1), "{text}");
    says(&text, &["error    API key: ", "pantoken key add NAME"]);
    let (code, text) = doctor(&host, &[("PANTOKEN_PAGES", "nowhere")]);
    assert_eq!(code, Some(1), "{text}");
    says(&text, &["error    PANTOKEN_PAGES: "]);
}

#[tokio::test]
async fn a_missing_database_is_a_warning_and_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = doctor_in(folder.path(), &nobody().await, &[]);
    assert_eq!(code, Some(0), "{text}");
    let file = folder.path().join("pantoken.db");
    says(
        &text,
        &["warning  store: ", file.to_str().unwrap(), "does not exist"],
    );
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guessable_api_key_is_refused() {
    let host = form_host(None).await;
    let (code, text) = doctor(&host, &[("PANTOKEN_API_KEY", "0123456789abcde")]);
    assert_eq!(code, Some(1), "{text}");
    says(
        &text,
        &[
            "error    PANTOKEN_API_KEY",
            "16 to 256 visible ASCII characters",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_to_postgres_that_is_not_verified_is_a_warning() {
    let host = form_host(None).await;
    // Nobody answers there; the warning comes before.
    for (query, is_warned) in [("", false), ("?sslmode=require", true)] {
        let url = format!("postgres://0.0.0.0:1/cards{query}");
        let (code, text) = doctor(&host, &[("PANTOKEN_DATABASE_URL", &url)]);
        assert_eq!(code, Some(1), "{text}");
        let warning = "warning  PANTOKEN_DATABASE_URL: its sslmode is weaker than verify-full";
        assert_eq!(text.contains(warning), is_warned, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_or_refuses_the_key_is_named() {
    let host = form_host(None).await;
    let payin = |base_url: &str| {
        doctor(
            &host,
            &[
                ("PANTOKEN_PAYIN_SITE_ID", "site-01"),
                ("PANTOKEN_PAYIN_API_KEY", "canary-key-of-the-site"),
                ("PANTOKEN_PAYIN_NOTIFICATION_KEY", "canary-notification-key"),
                ("PANTOKEN_PAYIN_BASE_URL", base_url),
            ],
        )
    };
    let (code, text) = payin(&nobody().await);
    assert_eq!(code, Some(1));
    says(
        &text,
        &["PANTOKEN_PAYIN_BASE_URL: ", "no connection to the provider"],
    );
    for (status, expected, words) in [
        (
            401,
            Some(1),
            "PANTOKEN_PAYIN_API_KEY: the provider refuses the key",
        ),
        (
            404,
            Some(0),
            "payin: the provider answers, and accepts the key",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let status = axum::http::StatusCode::from_u16(status).unwrap();
        let router = Router::new().fallback(async move || status);
        tokio::spawn(async { axum::serve(listener, router).await });
        let (code, text) = payin(&url);
        says(&text, &[words]);
        assert_eq!(code, expected, "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_certificate_and_the_api_of_qiwi_pay_are_checked() {
    const PEM: &str = include_str!("../../../providers/qiwi-pay/tests/golden/client.pem");
    const OTHER: &str = include_str!("../../../providers/qiwi-pay/tests/golden/other-client.pem");
    const PRIVATE: &str = "-----BEGIN PRIVATE KEY";
    let (certificate, _) = PEM.split_once(PRIVATE).unwrap();
    let (_, key) = OTHER.split_once(PRIVATE).unwrap();
    let mixed = format!("{certificate}{PRIVATE}{key}");
    let host = form_host(None).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("client.pem");
    let is_valid =
        "ok       qiwi-pay: the client certificate has its own key, and is valid until 2126-";
    for (pem, error_code, code, words) in [
        (
            PEM,
            "8022",
            0,
            [
                is_valid,
                "ok       qiwi-pay: the provider answers, and accepts the key",
            ],
        ),
        (
            PEM,
            "8054",
            1,
            [
                is_valid,
                "PANTOKEN_QIWI_PAY_SECRET_KEY: the provider refuses the key",
            ],
        ),
        (
            mixed.as_str(),
            "8022",
            1,
            [
                "PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE: ",
                "the private key does not belong to",
            ],
        ),
    ] {
        std::fs::write(&file, pem).unwrap();
        let body = format!(r#"{{"error_code":{error_code},"error_message":"no"}}"#);
        let router = Router::new().fallback(async move || body);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/merchant/direct", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        let variables = [
            ("PANTOKEN_QIWI_PAY_MERCHANT_SITE", "555"),
            ("PANTOKEN_QIWI_PAY_SECRET_KEY", "canary-key-of-the-site"),
            (
                "PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE",
                file.to_str().unwrap(),
            ),
            ("PANTOKEN_QIWI_PAY_API_URL", url.as_str()),
        ];
        let (ended, text) = doctor(&host, &variables);
        assert_eq!(ended, Some(code), "{text}");
        says(&text, &words);
        assert!(
            !text.contains("canary") && !text.contains("PRIVATE"),
            "{text}"
        );
    }
}

/// Starts a back end that answers questions for accounts like this, and a Gate that signs with this key.
async fn jetpay(account: &'static str, key: &str) -> String {
    use axum::routing::post;
    let body = serde_json::json!({
        "project_id": 35, "payment": {"id": "pantoken-doctor", "status": "error"}, "errors": [{"code": "3061"}],
    });
    let text = pantoken_jetpay::Body::parse(body.to_string().as_bytes()).unwrap();
    let text = text.signed_text(pantoken_jetpay::Variant::PLATFORM);
    let mut body = body;
    let key = pantoken_jetpay::SecretKey::parse(key).unwrap();
    body["signature"] = key.sign_text(&text).into();
    let router = Router::new()
        .route("/accounts", post(async move || account))
        .route("/v2/payment/status", post(async move || body.to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_end_and_the_gate_of_jetpay_are_asked() {
    const KEY: &str = "secret-key-of-project-35";
    let host = form_host(None).await;
    for (account, key, code, words) in [
        (
            r#"{"exists":false}"#,
            KEY,
            0,
            [
                "ok       jetpay: your back end answers",
                "ok       jetpay: Gate answers, and accepts the key",
            ],
        ),
        (
            r#"{"exists":true}"#,
            KEY,
            1,
            [
                "PANTOKEN_JETPAY_ACCOUNTS_URL: your back end says that",
                "ok       jetpay: Gate answers",
            ],
        ),
        (
            "no JSON",
            "another-key-of-project-35",
            1,
            [
                "PANTOKEN_JETPAY_ACCOUNTS_URL: answered no JSON",
                "PANTOKEN_JETPAY_GATE_URL: it is not known",
            ],
        ),
    ] {
        let url = jetpay(account, key).await;
        let accounts = format!("{url}/accounts");
        let variables = [
            ("PANTOKEN_JETPAY_PROJECT_ID", "35"),
            ("PANTOKEN_JETPAY_SECRET_KEY", KEY),
            ("PANTOKEN_JETPAY_GATE_URL", url.as_str()),
            ("PANTOKEN_JETPAY_ACCOUNTS_URL", accounts.as_str()),
            ("PANTOKEN_WEBHOOK_SECRET", "0123456789abcdef"),
        ];
        let (ended, text) = doctor(&host, &variables);
        assert_eq!(ended, Some(code), "{text}");
        says(&text, &words);
        assert!(!text.contains(KEY), "{text}");
    }
}
