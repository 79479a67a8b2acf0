use axum::body::Body;
use axum::http::{Request, StatusCode};
use pantoken_a2c::{FormMessage, FormResult, RawMessage};
use pantoken_core::{Random, RandomError};
use pantoken_sandbox::a2c::router;
use serde_json::{Value, json};

use crate::support::{
    CARD, TOKEN, iframe_url, redirect_url, sandbox, save, save_body, send, settings,
};

fn read(body: &str) -> FormMessage {
    FormMessage::from_raw(&serde_json::from_str::<RawMessage<String>>(body).unwrap()).unwrap()
}

#[tokio::test]
async fn a_saved_card_is_answered_with_its_token() {
    let reply = save(&sandbox(), &save_body(&iframe_url("12345678"), CARD)).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, include_str!("golden/saved.json").trim_end());
    let FormMessage::Result {
        request_id,
        result: FormResult::Saved(pan_token),
    } = read(&reply.body)
    else {
        panic!("{}", reply.body)
    };
    assert_eq!(request_id.to_string(), "12345678");
    assert_eq!(pan_token.as_str(), TOKEN);
}

#[tokio::test]
async fn a_refused_card_is_answered_with_a_code_and_a_message() {
    let reply = save(&sandbox(), &save_body(&iframe_url("12345678"), "4111")).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, include_str!("golden/failed.json").trim_end());
    assert!(matches!(
        read(&reply.body),
        FormMessage::Result {
            result: FormResult::Failed { .. },
            ..
        }
    ));
}

#[tokio::test]
async fn the_redirect_flow_saves_too() {
    let form_url = redirect_url("9223372036854775807", "https://agent.site.kz/back");
    let reply = save(&sandbox(), &save_body(&form_url, CARD)).await;
    assert_eq!(
        reply.json(),
        json!({"requestId": "9223372036854775807", "panToken": TOKEN})
    );
}

#[tokio::test]
async fn each_card_number_has_its_answer() {
    let sandbox = sandbox();
    let form_url = iframe_url("1");
    for (pan, code) in [
        ("", "INVALID_PAN"),
        ("4111111111111112", "INVALID_PAN"),
        ("411111111111", "INVALID_PAN"),
        ("41111111111111111115", "INVALID_PAN"),
        ("4111 1111 1111 1111", "INVALID_PAN"),
        ("４１１１１１１１１１１１１１１１", "INVALID_PAN"),
        ("4000000000000002", "FORBIDDEN"),
        ("4000000000000069", "INVALID_SESSION"),
    ] {
        let reply = save(&sandbox, &save_body(&form_url, pan)).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.json()["errorCode"], code, "{pan:?}");
        assert_eq!(reply.json()["requestId"], "1");
    }
    // None of these gave the request a card.
    let reply = save(&sandbox, &save_body(&form_url, "4222222222222")).await;
    assert_eq!(reply.json()["panToken"], TOKEN);
}

#[tokio::test]
async fn a_request_gets_one_card() {
    let sandbox = sandbox();
    save(&sandbox, &save_body(&iframe_url("1"), CARD)).await;
    for pan in [CARD, "5555555555554444", "4111111111111112"] {
        let reply = save(&sandbox, &save_body(&iframe_url("1"), pan)).await;
        assert_eq!(reply.json()["errorCode"], "PAN_IS_EXISTS_FOR_REQUEST");
    }
    let other = save(&sandbox, &save_body(&iframe_url("2"), CARD)).await;
    assert_eq!(other.json()["panToken"], TOKEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_gets_one_card_whatever_races() {
    let sandbox = sandbox();
    let racers: Vec<_> = (0..32)
        .map(|_| {
            let sandbox = sandbox.clone();
            tokio::spawn(async move { save(&sandbox, &save_body(&iframe_url("1"), CARD)).await })
        })
        .collect();
    let mut saved = 0;
    for racer in racers {
        let answer = racer.await.unwrap().json();
        if answer["panToken"] == TOKEN {
            saved += 1;
        } else {
            assert_eq!(answer["errorCode"], "PAN_IS_EXISTS_FOR_REQUEST");
        }
    }
    assert_eq!(saved, 1);
}

#[tokio::test]
async fn the_signature_is_checked_again() {
    let sandbox = sandbox();
    let good = save_body(&redirect_url("12345678", "https://agent.site.kz"), CARD);
    for (name, value, code) in [
        ("agentId", json!("agent-02"), "AGENT_NOT_FOUND"),
        ("agentId", json!(""), "PARSE_REQUEST_ERROR"),
        ("requestId", json!("12345679"), "AGENT_SIGN_INVALID"),
        (
            "agentCallbackUrl",
            json!("https://thief.kz"),
            "AGENT_SIGN_INVALID",
        ),
        ("agentCallbackUrl", Value::Null, "AGENT_SIGN_INVALID"),
        (
            "agentCallbackUrl",
            json!("javascript:alert(1)"),
            "PARSE_REQUEST_ERROR",
        ),
        ("agentSign", json!("0".repeat(64)), "AGENT_SIGN_INVALID"),
        ("agentSign", json!(""), "AGENT_SIGN_INVALID"),
    ] {
        let mut body = good.clone();
        body[name] = value;
        let reply = save(&sandbox, &body).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.json()["errorCode"], code, "{body}");
    }
    let mut body = good.clone();
    body["requestId"] = json!("012");
    let answer = save(&sandbox, &body).await.json();
    assert_eq!(
        (&answer["requestId"], &answer["errorCode"]),
        (&json!(""), &json!("PARSE_REQUEST_ERROR"))
    );
    assert_eq!(save(&sandbox, &good).await.json()["panToken"], TOKEN);
}

#[tokio::test]
async fn a_malformed_body_is_refused() {
    let sandbox = sandbox();
    let good = save_body(&iframe_url("1"), CARD);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body.to_string()
    };
    let json_type = "application/json";
    for (content_type, body, status) in [
        (json_type, String::new(), StatusCode::BAD_REQUEST),
        (json_type, "{".to_owned(), StatusCode::BAD_REQUEST),
        (json_type, "{}".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json_type,
            with("cvc", json!("123")),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json_type,
            with("requestId", json!(1)),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json_type,
            with("pan", json!("4".repeat(16 * 1024))),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (
            "text/plain",
            good.to_string(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
    ] {
        let request = Request::post("/save")
            .header("content-type", content_type)
            .body(Body::from(body))
            .unwrap();
        let reply = send(&sandbox, request).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(reply.json()["requestId"], "");
        assert_eq!(reply.json()["errorCode"], "PARSE_REQUEST_ERROR");
    }
    assert_eq!(save(&sandbox, &good).await.json()["panToken"], TOKEN);
}

#[tokio::test]
async fn without_randomness_nothing_is_saved() {
    struct Broken;
    impl Random for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), RandomError> {
            Err(RandomError)
        }
    }
    let sandbox = router(settings(), Broken);
    for _ in 0..2 {
        let reply = save(&sandbox, &save_body(&iframe_url("1"), CARD)).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(reply.body, "");
    }
}
