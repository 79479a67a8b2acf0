use pantoken_store::OperationStore;

use super::operator::{
    FORM, HOST, KEY, ORIGIN, Operator, PEER, create_payment, form_token, present, server_with_pages,
};
use crate::support::server;

const PAGES: [&str; 7] = [
    "/admin",
    "/admin/sessions",
    "/admin/sessions/7136560807448576",
    "/admin/operations",
    "/admin/operations/1",
    "/admin/webhooks",
    "/admin/no-such-page",
];
const BUTTONS: [&str; 3] = [
    "/admin/operations/1/retry",
    "/admin/webhooks/1/retry",
    "/admin/sign-out",
];

#[tokio::test]
async fn without_a_key_in_the_settings_there_are_no_pages() {
    let server = server().await;
    for path in PAGES.iter().chain(&["/admin/sign-in", "/admin/style.css"]) {
        let answer = server.call_metrics("GET", path).await;
        answer.is_problem(404, "NOT_FOUND", None);
    }
}

#[tokio::test]
async fn the_pages_are_not_at_the_address_of_the_api() {
    let server = server_with_pages().await;
    let operator = Operator::sign_in(&server).await;
    let headers = [HOST, ORIGIN, FORM, ("cookie", operator.cookie.as_str())];
    for path in PAGES.iter().chain(&["/admin/sign-in", "/admin/style.css"]) {
        let answer = server.call("GET", path, &headers, "").await;
        answer.is_problem(404, "NOT_FOUND", None);
    }
    for path in BUTTONS.iter().chain(&["/admin/sign-in"]) {
        let answer = server.call("POST", path, &headers, "").await;
        answer.is_problem(404, "NOT_FOUND", None);
    }
    assert_eq!(server.call_metrics("GET", "/metrics").await.status, 200);
}

#[tokio::test]
async fn without_a_pass_every_page_leads_to_the_form_and_no_button_works() {
    let server = server_with_pages().await;
    let payment = create_payment(&server, "order-7", "customer-7", "token").await;
    let operator = Operator::sign_in(&server).await;
    let (claim, _) = operator.cookie.rsplit_once('.').unwrap();
    let (name, _) = operator.cookie.split_once('=').unwrap();
    let key = format!("{name}={KEY}");
    let empty = format!("{name}=");
    let unsigned = format!("{claim}.AAAA");
    let html = operator.page("/admin").await;
    let body = format!("form_token={}", form_token(&html));
    for cookie in ["", &empty, &key, claim, &unsigned] {
        let headers = [HOST, ORIGIN, FORM, ("cookie", cookie)];
        for path in PAGES {
            let answer = server
                .call_metrics_from(PEER, "GET", path, &headers, "")
                .await;
            assert_eq!(answer.status, 303, "{path}");
            let form = format!("/admin/sign-in?next={}", path.replace('/', "%2F"));
            assert_eq!(answer.header("location"), form);
            assert_eq!(answer.text, "");
        }
        for path in BUTTONS {
            let answer = server
                .call_metrics_from(PEER, "POST", path, &headers, &body)
                .await;
            assert_eq!(answer.status, 403, "{path}");
        }
    }
    let heard = server.store.operation_inbox(payment.id).await.unwrap();
    assert!(heard.is_empty(), "{heard:?}");
}

#[tokio::test]
async fn the_right_key_leads_to_the_page_that_was_asked_for_and_to_no_other_server() {
    let server = server_with_pages().await;
    for (next, expected) in [
        ("%2Fadmin%2Foperations%2F17", "/admin/operations/17"),
        ("", "/admin"),
        ("https%3A%2F%2Fevil.example%2F", "/admin"),
        ("%2F%2Fevil.example", "/admin"),
    ] {
        let answer = present(&server, PEER, KEY, next).await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header("location"), expected);
    }
}

#[tokio::test]
async fn the_cookie_is_not_the_key_and_ends_after_eight_hours() {
    let server = server_with_pages().await;
    let answer = present(&server, PEER, KEY, "").await;
    let cookie = answer.header("set-cookie");
    assert!(!cookie.contains(KEY), "{cookie}");
    let attributes = "; Path=/admin; Max-Age=28800; HttpOnly; SameSite=Strict";
    assert!(cookie.ends_with(attributes), "{cookie}");
    let secure = [HOST, ("origin", "https://localhost:3029"), FORM];
    let body = format!("key={KEY}");
    let answer = server
        .call_metrics_from(PEER, "POST", "/admin/sign-in", &secure, &body)
        .await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; SameSite=Strict; Secure"), "{cookie}");

    let operator = Operator::sign_in(&server).await;
    server.clock.advance_seconds(8 * 3600 - 1);
    operator.page("/admin").await;
    server.clock.advance_seconds(1);
    assert_eq!(operator.get("/admin").await.status, 303);
}

#[tokio::test]
async fn wrong_keys_are_refused_and_limited_and_the_right_one_is_not() {
    let server = server_with_pages().await;
    for number in 0..10 {
        let answer = present(&server, PEER, &format!("{KEY}{number}"), "").await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.header("set-cookie"), "");
        assert!(!answer.text.contains(KEY));
    }
    let answer = present(&server, PEER, "another-wrong-key", "").await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), "61");
    let answer = present(&server, "198.51.100.1:1", "another-wrong-key", "").await;
    assert_eq!(answer.status, 403);
    assert_eq!(present(&server, PEER, KEY, "").await.status, 303);
}

#[tokio::test]
async fn a_form_of_another_page_changes_nothing() {
    let server = server_with_pages().await;
    let payment = create_payment(&server, "order-7", "customer-7", "token").await;
    let operator = Operator::sign_in(&server).await;
    let another = Operator::sign_in(&server).await;
    let page = format!("/admin/operations/{}", payment.id);
    let retry = format!("{page}/retry");
    let own = form_token(&operator.page(&page).await);
    let others = form_token(&another.page(&page).await);
    assert_ne!(own, others);
    for origin in ["null", "http://localhost:3019", "https://evil.example"] {
        let answer = operator
            .send(&retry, &[("origin", origin), FORM], &own)
            .await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    assert_eq!(operator.send(&retry, &[FORM], &own).await.status, 403);
    let cross = [ORIGIN, FORM, ("sec-fetch-site", "same-site")];
    assert_eq!(operator.send(&retry, &cross, &own).await.status, 403);
    for form_token in ["", "AAAA", &others] {
        let answer = operator.send(&retry, &[ORIGIN, FORM], form_token).await;
        assert_eq!(answer.status, 403, "{form_token}");
    }
    let json = [ORIGIN, ("content-type", "application/json")];
    assert_eq!(operator.send(&retry, &json, &own).await.status, 403);
    assert_eq!(operator.get(&retry).await.status, 405);
    let heard = server.store.operation_inbox(payment.id).await.unwrap();
    assert!(heard.is_empty(), "{heard:?}");

    let foreign = [HOST, ("origin", "https://evil.example"), FORM];
    let body = format!("key={KEY}");
    let answer = server
        .call_metrics_from(PEER, "POST", "/admin/sign-in", &foreign, &body)
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("set-cookie")),
        (403, "")
    );
}

#[tokio::test]
async fn an_operator_signs_out() {
    let server = server_with_pages().await;
    let operator = Operator::sign_in(&server).await;
    let (name, _) = operator.cookie.split_once('=').unwrap();
    let answer = operator.press("/admin", "/admin/sign-out").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/admin/sign-in");
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with(&format!("{name}=; Path=/admin; Max-Age=0")),
        "{cookie}"
    );
}

#[tokio::test]
async fn every_page_has_a_strict_policy_and_is_not_kept() {
    let server = server_with_pages().await;
    let operator = Operator::sign_in(&server).await;
    for path in PAGES.iter().chain(&["/admin/sign-in"]) {
        let answer = operator.get(path).await;
        let policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
        for (header, value) in [
            ("content-security-policy", policy),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(header), value, "{path}");
        }
        assert!(!answer.text.contains("<script") && !answer.text.contains("style="));
        // A browser keeps these files, so their addresses have to change with them. Who is signed in is led away
        // from the page to sign in.
        for file in ["/admin/style.css", "/admin/icon.svg"] {
            let (all, versioned) = (format!("\"{file}"), format!("\"{file}?v="));
            let count = answer.text.matches(&all).count();
            assert_eq!(count > 0, answer.status != 303, "{path}: {file}");
            assert_eq!(count, answer.text.matches(&versioned).count(), "{path}");
        }
    }
    let style = server.call_metrics("GET", "/admin/style.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}
