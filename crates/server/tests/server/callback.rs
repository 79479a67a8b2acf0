use pantoken_server::AllowedOrigin;

use crate::support::{
    Answer, SESSION_SECONDS, Server, assert_golden, callback_path, server, server_with,
};

const TOKEN: &str = "1a77343a-dd8a-11eb-ba80-0242ac130004";

#[track_caller]
fn goes_to_the_shop(answer: &Answer, session: &Answer, status: &str) {
    let id = session.field("requestId");
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(
        answer.header("location"),
        format!("https://shop.kz/paid?order=7&requestId={id}&status={status}")
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn a_saved_card_is_recorded_once_and_the_customer_goes_on() {
    let server = server().await;
    let session = server.redirect_session().await;
    for result in [
        format!("panToken={TOKEN}"),
        format!("panToken={TOKEN}"),
        "panToken=another".into(),
        "errorCode=FORBIDDEN".into(),
    ] {
        let answer = server.come_back(&session, &result).await;
        goes_to_the_shop(&answer, &session, "saved");
        assert!(!answer.header("location").contains(TOKEN));
    }
    assert_eq!(server.session(&session).await.field("panToken"), TOKEN);
}

#[tokio::test]
async fn a_failure_is_recorded_and_a_token_can_follow() {
    let server = server().await;
    let session = server.redirect_session().await;
    let answer = server
        .come_back(&session, "errorCode=INVALID_PAN&errorMessage=no")
        .await;
    goes_to_the_shop(&answer, &session, "failed");
    let answer = server.come_back(&session, "panToken=token-1").await;
    goes_to_the_shop(&answer, &session, "saved");
}

#[tokio::test]
async fn a_late_card_is_saved_for_a_day_and_a_late_error_is_told_as_expired() {
    let server = server().await;
    let session = server.redirect_session().await;
    let other = server.redirect_session().await;
    server.clock.advance_seconds(SESSION_SECONDS);
    let answer = server.come_back(&session, "errorCode=FORBIDDEN").await;
    goes_to_the_shop(&answer, &session, "expired");
    assert_eq!(server.state(&session).await, "expired");
    let answer = server.come_back(&session, "panToken=token-1").await;
    goes_to_the_shop(&answer, &session, "saved");
    assert_eq!(server.session(&session).await.field("panToken"), "token-1");
    server.clock.advance_seconds(86_400);
    let answer = server.come_back(&other, "panToken=token-1").await;
    goes_to_the_shop(&answer, &other, "expired");
    assert_eq!(server.state(&other).await, "expired");
}

#[tokio::test]
async fn a_card_is_not_lost_for_a_parameter_that_the_provider_does_not_define() {
    let server = server().await;
    for excess in ["note=%CD%E5", "off=50%", "%FF=1"] {
        let session = server.redirect_session().await;
        let result = format!("panToken=token-1&{excess}");
        let answer = server.come_back(&session, &result).await;
        goes_to_the_shop(&answer, &session, "saved");
    }
}

#[tokio::test]
async fn a_forged_state_is_unknown_and_nothing_is_recorded() {
    let server = server().await;
    let session = server.redirect_session().await;
    let id = session.field("requestId");
    let other = callback_path(&server.redirect_session().await);
    let other_token = other.rsplit('.').next().unwrap();
    for state in [
        format!("{id}.{other_token}"),
        format!("{id}.{}", session.field("resultToken")),
        format!("1.{other_token}"),
        format!("{id}."),
        id.clone(),
        "x".to_owned(),
        "%FF".to_owned(),
        "%3Cscript%3E".to_owned(),
        "a".repeat(5000),
    ] {
        let path = format!("/v1/callback/{state}?requestId={id}&panToken={TOKEN}");
        let answer = server.get(&path).await;
        assert_eq!(answer.status, 404, "{state}");
        assert!(!answer.text.contains(TOKEN));
        assert_golden("callback-unknown.html", &answer);
    }
    assert_eq!(server.state(&session).await, "created");
}

#[tokio::test]
async fn an_unreadable_answer_is_explained_in_the_sessions_language() {
    let server = server().await;
    let session = server.redirect_session().await;
    let path = callback_path(&session);
    let id = session.field("requestId");
    for query in [
        String::new(),
        "?requestId=1&panToken=token-1".to_owned(),
        format!("?requestId={id}"),
        format!("?requestId={id}&panToken=a&panToken=b"),
        format!("?requestId={id}&panToken=a&errorCode=B"),
        format!("?requestId={id}&panToken=4111111111111111"),
    ] {
        let answer = server.get(&format!("{path}{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_golden("callback-unreadable.html", &answer);
    }
    assert_eq!(server.state(&session).await, "created");
}

#[tokio::test]
async fn an_unknown_link_is_explained_in_the_browsers_language() {
    let server = server().await;
    let table = [
        ("kk-KZ,ru;q=0.8", "kk"),
        ("de, EN-gb;q=0.5", "en"),
        ("ru", "ru"),
    ];
    for (accepted, lang) in table {
        let headers = [("accept-language", accepted)];
        let answer = server.call("GET", "/v1/callback/x", &headers, "").await;
        assert!(answer.text.contains(&format!("<html lang=\"{lang}\">")));
        assert_eq!(answer.text.matches("<section").count(), 1);
    }
}

#[tokio::test]
async fn the_page_runs_and_loads_nothing() {
    let server = server().await;
    let answer = server.get("/v1/callback/x").await;
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!answer.text.contains("<script") && !answer.text.contains("http"));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_store_that_is_down_asks_the_customer_to_reload() {
    let server = server().await;
    let session = server.redirect_session().await;
    server.store.close().await;
    let answer = server.come_back(&session, "panToken=token-1").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), "5");
    assert_golden("callback-unavailable.html", &answer);
}

const OWN_PAGE: &str = "https://pay.shop.kz";
const REDIRECT: &str =
    r#"{"flow":"redirect","language":"en","returnUrl":"https://shop.kz/paid?order=7"}"#;

async fn server_with_own_page() -> Server {
    server_with(|options| {
        let own = AllowedOrigin::parse(OWN_PAGE).unwrap();
        options.allowed_origins.push(own);
    })
    .await
}

async fn redirect_session_from(server: &Server, origin: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("origin", origin)];
    let answer = server
        .call("POST", "/v1/sessions", &headers, REDIRECT)
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer
}

#[tokio::test]
async fn the_browser_that_begins_on_the_servers_own_page_goes_to_the_shop() {
    let server = server_with_own_page().await;
    let session = redirect_session_from(&server, OWN_PAGE).await;
    let id = session.field("requestId");
    let cookie = session.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with(&format!("__Host-pantoken-{id}=")),
        "{cookie}"
    );
    for attribute in [
        "; Path=/",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Max-Age=88200",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let value = cookie.split(';').next().unwrap();
    let path = format!(
        "{}?requestId={id}&panToken={TOKEN}",
        callback_path(&session)
    );
    let cookies = format!("other=1; {value}");
    for _ in 0..2 {
        let answer = server.call("GET", &path, &[("cookie", &cookies)], "").await;
        goes_to_the_shop(&answer, &session, "saved");
        assert!(answer.header("set-cookie").contains("Max-Age=0"));
    }
}

#[tokio::test]
async fn another_browser_does_not_go_to_the_shop_and_the_card_is_recorded() {
    let server = server_with_own_page().await;
    let session = redirect_session_from(&server, OWN_PAGE).await;
    let id = session.field("requestId");
    let other = redirect_session_from(&server, OWN_PAGE).await;
    let others_value = other
        .header("set-cookie")
        .split(['=', ';'])
        .nth(1)
        .unwrap()
        .to_owned();
    let forged = format!("__Host-pantoken-{id}={others_value}");
    let path = format!(
        "{}?requestId={id}&panToken={TOKEN}",
        callback_path(&session)
    );
    for cookie in [
        "",
        "other=1",
        forged.as_str(),
        &format!("__Host-pantoken-{id}="),
    ] {
        let answer = server.call("GET", &path, &[("cookie", cookie)], "").await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        assert_eq!(answer.header("location"), "");
        assert!(!answer.text.contains(&id) && !answer.text.contains("shop.kz"));
        assert_golden("callback-another-browser.html", &answer);
    }
    assert_eq!(server.session(&session).await.field("panToken"), TOKEN);
}

#[tokio::test]
async fn a_session_of_another_page_or_of_the_back_end_has_no_cookie() {
    let server = server_with_own_page().await;
    for session in [
        redirect_session_from(&server, "https://shop.kz").await,
        server.redirect_session().await,
    ] {
        assert_eq!(session.header("set-cookie"), "");
        let answer = server.come_back(&session, "panToken=token-1").await;
        goes_to_the_shop(&answer, &session, "saved");
    }
    let headers = [("content-type", "application/json"), ("origin", OWN_PAGE)];
    let iframe = r#"{"flow":"iframe"}"#;
    let answer = server.call("POST", "/v1/sessions", &headers, iframe).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("set-cookie")),
        (201, "")
    );
}

#[tokio::test]
async fn a_nonce_in_the_return_url_comes_back_unchanged() {
    let server = server().await;
    let url = "https://shop.kz/paid?nonce=aB3-_~%2F%20x+y&empty=&flag";
    let body = format!(r#"{{"flow":"redirect","returnUrl":"{url}"}}"#);
    let session = server.post("/v1/sessions", &body).await;
    let answer = server.come_back(&session, "panToken=token-1").await;
    let id = session.field("requestId");
    assert_eq!(
        answer.header("location"),
        format!("{url}&requestId={id}&status=saved")
    );
}
