use axum::http::StatusCode;
use pantoken_a2c::Origin;
use pantoken_sandbox::a2c::{Settings, router};

use crate::support::{FixedRandom, get, iframe_url, path, sandbox, settings};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors";

#[tokio::test]
async fn the_form_may_be_framed_by_the_registered_hosts_only() {
    let hosts = |texts: &[&str]| -> Vec<Origin> {
        texts
            .iter()
            .map(|text| Origin::parse(text).unwrap())
            .collect()
    };
    for (registered_hosts, ancestors) in [
        (hosts(&["http://localhost:3019"]), "http://localhost:3019"),
        (
            hosts(&["https://a.kz", "https://b.kz:8443"]),
            "https://a.kz https://b.kz:8443",
        ),
        (hosts(&[]), "'none'"),
    ] {
        let sandbox = router(
            Settings {
                registered_hosts,
                ..settings()
            },
            FixedRandom,
        );
        let reply = get(&sandbox, &path(&iframe_url("1"))).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(
            reply.headers["content-security-policy"],
            format!("{POLICY} {ancestors}")
        );
    }
}

#[tokio::test]
async fn every_answer_has_the_same_security_headers() {
    let sandbox = sandbox();
    for (path, status) in [
        (path(&iframe_url("1")), StatusCode::OK),
        ("/form".to_owned(), StatusCode::BAD_REQUEST),
        ("/form.js".to_owned(), StatusCode::OK),
        ("/healthz".to_owned(), StatusCode::OK),
        ("/save".to_owned(), StatusCode::METHOD_NOT_ALLOWED),
        ("/nowhere".to_owned(), StatusCode::NOT_FOUND),
    ] {
        let reply = get(&sandbox, &path).await;
        assert_eq!(reply.status, status, "{path}");
        for (name, value) in [
            (
                "content-security-policy",
                format!("{POLICY} http://localhost:3019").as_str(),
            ),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.headers[name], value, "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn the_page_keeps_to_its_own_policy() {
    let sandbox = sandbox();
    for path in [path(&iframe_url("1")), "/form".to_owned()] {
        let page = get(&sandbox, &path).await.body;
        for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
            assert!(!page.contains(inline), "{inline}");
        }
        let scripts = page.matches("<script").count();
        let data_and_module = page.matches("<script type=\"application/json\"").count()
            + page
                .matches("<script type=\"module\" src=\"form.js\">")
                .count();
        assert_eq!((scripts, data_and_module), (2, 2));
    }
}
