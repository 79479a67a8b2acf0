use crate::support::{API_KEY, PAGE, assert_golden, server};

#[tokio::test]
async fn a_new_session_is_described() {
    let server = server().await;
    let body = r#"{"flow":"iframe","customer":"customer 7"}"#;
    let session = server.post("/v1/sessions", body).await;
    assert_golden(
        "session-state-created.json",
        &server.session(&session).await,
    );
}

#[tokio::test]
async fn a_saved_session_has_its_token() {
    let server = server().await;
    let session = server.redirect_session().await;
    server.clock.advance_seconds(90);
    let _ = server
        .post_result(&session, r#"{"panToken":"token-1"}"#)
        .await;
    assert_golden("session-state-saved.json", &server.session(&session).await);
}

#[tokio::test]
async fn a_failed_session_has_its_error() {
    let server = server().await;
    let session = server.iframe_session().await;
    let body = r#"{"errorCode":"FORBIDDEN","errorMessage":"Try later"}"#;
    let _ = server.post_result(&session, body).await;
    assert_golden("session-state-failed.json", &server.session(&session).await);
}

#[tokio::test]
async fn an_expired_session_says_so() {
    let server = server().await;
    let session = server.iframe_session().await;
    server.clock.advance_seconds(3600);
    assert_golden(
        "session-state-expired.json",
        &server.session(&session).await,
    );
}

#[tokio::test]
async fn only_the_agent_reads_a_session() {
    let server = server().await;
    let session = server.iframe_session().await;
    let path = format!("/v1/sessions/{}", session.field("requestId"));
    let result_token = format!("Bearer {}", session.field("resultToken"));
    for headers in [
        &[][..],
        &[("origin", PAGE)],
        &[("authorization", result_token.as_str())],
    ] {
        let answer = server.call("GET", &path, headers, "").await;
        answer.is_problem(401, "API_KEY_REQUIRED", None);
    }
}

#[tokio::test]
async fn an_unknown_session_is_not_found() {
    let server = server().await;
    let key = format!("Bearer {API_KEY}");
    for id in [
        "1",
        "007",
        "x",
        "%FF",
        "4111111111111111",
        "9223372036854775808",
    ] {
        let path = format!("/v1/sessions/{id}");
        let answer = server
            .call("GET", &path, &[("authorization", &key)], "")
            .await;
        answer.is_problem(404, "SESSION_NOT_FOUND", None);
        assert_golden("session-not-found.json", &answer);
    }
}

/// The store does not interpret these values, so the server checks them.
#[tokio::test]
async fn an_edited_session_is_reported_as_unreadable() {
    use sqlx::{Connection, Executor, SqliteConnection};
    let server = server().await;
    let session = server.redirect_session().await;
    let url = format!("sqlite://{}", server.database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let edits = [
        "UPDATE sessions SET language = 'kk'",
        "UPDATE sessions SET language = 'kz', finished_at = 1, \
         pan_token = CAST('4111111111111111' AS BLOB)",
        "UPDATE sessions SET pan_token = NULL, error_code = '', error_message = ''",
    ];
    for edit in edits {
        connection.execute(edit).await.unwrap();
        let answer = server.session(&session).await;
        answer.is_problem(503, "STORE_UNAVAILABLE", None);
        assert!(!answer.text.contains("4111"), "{}", answer.text);
    }
    connection.execute(edits[0]).await.unwrap();
    let answer = server.come_back(&session, "panToken=token-1").await;
    assert_eq!(answer.status, 503, "{}", answer.text);
}

async fn get(server: &crate::support::Server, path: &str) -> crate::support::Answer {
    let key = format!("Bearer {}", crate::support::API_KEY);
    server
        .call("GET", path, &[("authorization", &key)], "")
        .await
}

#[tokio::test]
async fn a_session_is_found_for_its_own_customer_alone() {
    let server = server().await;
    let body = r#"{"flow":"iframe","customer":"customer 7"}"#;
    let session = server.post("/v1/sessions", body).await;
    let path = format!("/v1/sessions/{}", session.field("requestId"));
    for (query, found) in [
        ("", true),
        ("?customer=customer+7", true),
        ("?customer=customer%207", true),
        ("?customer=customer+8", false),
        ("?customer=Customer+7", false),
    ] {
        let answer = get(&server, &format!("{path}{query}")).await;
        match found {
            true => assert_eq!(answer.field("customer"), "customer 7"),
            false => answer.is_problem(404, "SESSION_NOT_FOUND", None),
        }
    }
    let nobodys = server.iframe_session().await.field("requestId");
    let answer = get(
        &server,
        &format!("/v1/sessions/{nobodys}?customer=customer+7"),
    )
    .await;
    answer.is_problem(404, "SESSION_NOT_FOUND", None);
    // A misspelled filter is none.
    let answer = get(&server, &format!("{path}?custmer=customer+8")).await;
    answer.is_problem(400, "UNKNOWN_FIELD", Some("custmer"));
    let answer = get(&server, &format!("{path}?customer=")).await;
    answer.is_problem(400, "INVALID_FIELD", Some("customer"));
}

#[tokio::test]
async fn sessions_are_listed_without_their_pan_tokens() {
    let server = server().await;
    let mut ids = Vec::new();
    for customer in ["a", "b", "a"] {
        server.clock.advance_seconds(1);
        let body = format!(r#"{{"flow":"iframe","customer":"{customer}"}}"#);
        let session = server.post("/v1/sessions", &body).await;
        ids.push(session.field("requestId"));
        if customer == "b" {
            server
                .post_result(&session, r#"{"panToken":"token-1"}"#)
                .await;
        }
    }
    let list = async |query: &str| {
        let answer = get(&server, &format!("/v1/sessions{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains("token-1"), "{}", answer.text);
        let json = answer.json();
        let sessions = json["sessions"].as_array().unwrap().clone();
        let found = sessions
            .iter()
            .map(|one| one["requestId"].as_str().unwrap().to_owned());
        (
            found.collect::<Vec<_>>(),
            json["next"].as_str().map(str::to_owned),
        )
    };
    let newest_first = vec![ids[2].clone(), ids[1].clone(), ids[0].clone()];
    assert_eq!(list("").await, (newest_first.clone(), None));
    assert_eq!(
        list("?customer=a").await.0,
        [ids[2].clone(), ids[0].clone()]
    );
    assert_eq!(list("?state=saved").await.0, [ids[1].clone()]);
    assert_eq!(
        list("?customer=a&state=saved").await.0,
        Vec::<String>::new()
    );
    let (first, next) = list("?limit=2").await;
    assert_eq!(
        (first.as_slice(), next.as_deref()),
        (&newest_first[..2], Some(ids[1].as_str()))
    );
    let after = format!("?limit=2&after={}", next.unwrap());
    assert_eq!(list(&after).await, (vec![ids[0].clone()], None));
    for (query, field) in [
        ("state=none", "state"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=x", "after"),
    ] {
        let answer = get(&server, &format!("/v1/sessions?{query}")).await;
        answer.is_problem(400, "INVALID_FIELD", Some(field));
    }
    server
        .get("/v1/sessions")
        .await
        .is_problem(401, "API_KEY_REQUIRED", None);
}

/// A card must not be filed under whoever opens a link, so each recipe asks for the session of the customer who is
/// logged in.
#[test]
fn every_recipe_names_the_customer_who_is_logged_in() {
    const READS: &str = "/v1/sessions/{requestId}";
    let mut count = 0;
    for text in [
        include_str!("../../../../README.md"),
        include_str!("../../../../docs/embedding.md"),
        include_str!("../../../../examples/README.md"),
        include_str!("../../../../web/element/README.md"),
    ] {
        for after in text.split(READS).skip(1) {
            assert!(after.starts_with("?customer="), "{READS}{after:.80}");
            count += 1;
        }
    }
    assert!(count >= 4, "{count}");
    let back_ends = [
        (
            include_str!("../../../../examples/back-end/node/server.mjs"),
            "session.customer !== customer",
        ),
        (
            include_str!("../../../../examples/back-end/php/index.php"),
            "($session['customer'] ?? null) !== $customer",
        ),
        (
            include_str!("../../../../examples/back-end/python/server.py"),
            "session.get(\"customer\") != customer",
        ),
    ];
    for (program, comparison) in back_ends {
        assert!(program.contains(comparison), "{comparison}");
    }
}
