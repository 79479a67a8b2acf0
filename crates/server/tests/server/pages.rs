use pantoken_core::Origin;
use pantoken_server::{ApiOptions, QiwiPayOptions};
use tempfile::TempDir;

use crate::support::{Server, server_with};
use crate::{payin_shop, qiwi_pay_shop};

async fn server_of_pages() -> (TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("dist")).unwrap();
    for (name, text) in [
        ("dist/index.html", "<p>demo</p>"),
        ("dist/demo.wasm", "\0asm"),
        ("secret.txt", "secret"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let dist = folder.path().join("dist");
    let server = server_with(|options| options.pages = Some(dist)).await;
    (folder, server)
}

#[tokio::test]
async fn a_page_may_show_the_form_and_nothing_else() {
    let (_folder, server) = server_of_pages().await;
    let answer = server.get("/").await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (200, "<p>demo</p>")
    );
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
         frame-src https://a2c-test.qiwi.kz; base-uri 'none'; style-src 'self'; \
         img-src 'self' data:; object-src 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    assert_eq!(answer.header("referrer-policy"), "strict-origin");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert!(!answer.header("last-modified").is_empty());
}

/// Returns the Content-Security-Policy of the pages of a server with these options.
async fn policy(change: impl FnOnce(&mut ApiOptions)) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>demo</p>").unwrap();
    let pages = folder.path().to_owned();
    let server = server_with(|options| {
        options.pages = Some(pages);
        change(options);
    });
    let answer = server.await.get("/").await;
    answer.header("content-security-policy").to_owned()
}

#[tokio::test]
async fn a_page_posts_a_form_to_qiwi_pay_alone() {
    let qiwi_pay = || QiwiPayOptions::new(qiwi_pay_shop::site(), true);
    for (options, origin) in [
        (qiwi_pay(), "https://pay.qiwi.com"),
        (
            qiwi_pay().with_form_url("http://127.0.0.1:3023/paypage/initial"),
            "http://127.0.0.1:3023",
        ),
        (
            qiwi_pay().with_form_url("https://PAY.example:443/a;b?c"),
            "https://pay.example",
        ),
        // A setting that is no address allows nothing.
        (qiwi_pay().with_form_url("*; script-src *"), "'none'"),
    ] {
        let policy = policy(|all| all.qiwi_pay = Some(options)).await;
        assert!(
            policy.contains(&format!("; form-action {origin}; ")),
            "{policy}"
        );
    }
}

/// A bank has its page anywhere, and payin's form leads there within its frame.
#[tokio::test]
async fn the_frame_of_payins_form_may_lead_to_a_bank() {
    for (origin, sources) in [
        ("https://oplata.qiwi.com", "https://oplata.qiwi.com https:"),
        // The sandbox plays the bank on its own origin.
        ("http://127.0.0.1:3021", "http://127.0.0.1:3021"),
    ] {
        let payin = payin_shop::options_of("127.0.0.1:3021");
        let payin = payin.with_form_origins(vec![Origin::parse(origin).unwrap()]);
        let policy = policy(|all| all.payin = Some(payin)).await;
        assert!(
            policy.contains(&format!(" {sources}; base-uri")),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn web_assembly_has_its_type() {
    let (_folder, server) = server_of_pages().await;
    assert_eq!(
        server.get("/demo.wasm").await.header("content-type"),
        "application/wasm"
    );
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let (_folder, server) = server_of_pages().await;
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/missing",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text.contains("secret"));
    }
}

#[tokio::test]
async fn the_api_stays_itself_beside_pages() {
    let (_folder, server) = server_of_pages().await;
    server
        .get("/v1/unknown")
        .await
        .is_problem(404, "NOT_FOUND", None);
    assert_eq!(server.iframe_session().await.status, 201);
    let answer = server.call("POST", "/index.html", &[], "").await;
    answer.is_problem(404, "NOT_FOUND", None);
}

#[tokio::test]
async fn pages_that_bring_the_element_along_keep_theirs() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("pantoken")).unwrap();
    std::fs::write(folder.path().join("pantoken/element.js"), "// theirs").unwrap();
    let pages = folder.path().to_owned();
    let server = server_with(|options| options.pages = Some(pages)).await;
    let answer = server.get("/pantoken/element.js").await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (200, "// theirs")
    );
}
