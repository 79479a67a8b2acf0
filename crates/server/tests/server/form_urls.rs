use crate::support::{PAGE, assert_golden, server};

#[tokio::test]
async fn the_published_iframe_vector_is_signed() {
    let server = server().await;
    let body = r#"{"flow":"iframe","requestId":"123456789"}"#;
    let answer = server.post("/v1/form-urls", body).await;
    assert_eq!(answer.status, 200);
    assert_golden("form-url.json", &answer);
    assert!(
        answer.field("formUrl").ends_with(
            "agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725"
        )
    );
}

#[tokio::test]
async fn the_published_redirect_vector_is_signed() {
    let server = server().await;
    let body =
        r#"{"flow":"redirect","requestId":"12345678","callbackUrl":"https://agent.site.kz"}"#;
    let answer = server.post("/v1/form-urls", body).await;
    assert!(
        answer.field("formUrl").ends_with(
            "agentSign=bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901"
        )
    );
}

#[tokio::test]
async fn a_request_id_that_is_a_json_number_is_explained() {
    let server = server().await;
    let answer = server
        .post(
            "/v1/form-urls",
            r#"{"flow":"iframe","requestId":9007199254740993}"#,
        )
        .await;
    answer.is_problem(400, "INVALID_FIELD", Some("requestId"));
    assert_golden("request-id-number.json", &answer);
}

#[tokio::test]
async fn every_field_has_its_rule_and_the_answer_names_it() {
    let server = server().await;
    let table = [
        (r#"{"requestId":"1"}"#, "MISSING_FIELD", "flow"),
        (r#"{"flow":"iframe"}"#, "MISSING_FIELD", "requestId"),
        (
            r#"{"flow":"iframe","requestId":"007"}"#,
            "INVALID_FIELD",
            "requestId",
        ),
        (
            r#"{"flow":"iframe","requestId":"9223372036854775808"}"#,
            "INVALID_FIELD",
            "requestId",
        ),
        (
            r#"{"flow":"iframe","requestId":"1","language":"de"}"#,
            "INVALID_FIELD",
            "language",
        ),
        (
            r#"{"flow":"redirect","requestId":"1"}"#,
            "MISSING_FIELD",
            "callbackUrl",
        ),
        (
            r#"{"flow":"iframe","requestId":"1","callbackUrl":"https://shop.kz"}"#,
            "INVALID_FIELD",
            "callbackUrl",
        ),
        (
            r#"{"flow":"redirect","requestId":"1","callbackUrl":"http://shop.kz"}"#,
            "INVALID_FIELD",
            "callbackUrl",
        ),
        (
            r#"{"flow":"redirect","requestId":"1","callbackUrl":"https://shop.kz/4111111111111111"}"#,
            "CARD_NUMBER_REFUSED",
            "callbackUrl",
        ),
        (
            r#"{"flow":"iframe","requestId":"1","customer":"x"}"#,
            "UNKNOWN_FIELD",
            "customer",
        ),
    ];
    for (body, code, field) in table {
        let answer = server.post("/v1/form-urls", body).await;
        answer.is_problem(400, code, Some(field));
    }
}

#[tokio::test]
async fn only_the_agent_gets_a_form_url_signed() {
    let server = server().await;
    let headers = [("origin", PAGE), ("content-type", "application/json")];
    let body = r#"{"flow":"iframe","requestId":"1"}"#;
    let answer = server.call("POST", "/v1/form-urls", &headers, body).await;
    answer.is_problem(401, "API_KEY_REQUIRED", None);
}
