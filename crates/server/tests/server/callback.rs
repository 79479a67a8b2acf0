use crate::support::{Answer, SESSION_SECONDS, assert_golden, callback_path, server};

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
    pantoken_store::SqliteStore::close(&server.store).await;
    let answer = server.come_back(&session, "panToken=token-1").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), "5");
    assert_golden("callback-unavailable.html", &answer);
}
