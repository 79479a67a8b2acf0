//! The calls to a session endpoint, with a `fetch` that answers what the test says and a
//! `setTimeout` that does not wait.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used)]
#![cfg(target_family = "wasm")]

mod endpoint;
mod hands;
#[allow(dead_code)]
mod page;

use endpoint::Endpoint;
use hands::ShownHands;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SESSION: &str = r#"{"formUrl":"url","requestId":"12","resultToken":"token","more":1}"#;

async fn done(call: js_sys::Promise) {
    JsFuture::from(call).await.unwrap();
}

/// Hands with a session.
async fn with_session(endpoint: &Endpoint) -> ShownHands {
    let hands = ShownHands::new();
    endpoint.answer(201, SESSION);
    done(hands.hands.create("/v1/sessions", "iframe", "en", "")).await;
    endpoint.forget();
    hands.told.borrow_mut().clear();
    hands
}

#[wasm_bindgen_test]
async fn asks_for_a_session_and_tells_its_fields() {
    let (endpoint, hands) = (Endpoint::new(), ShownHands::new());
    endpoint.answer(201, SESSION);
    done(hands.hands.create("/v1/sessions", "iframe", "en", "")).await;
    assert_eq!(
        endpoint.asked(),
        [
            r#"POST /v1/sessions {"content-type":"application/json"} {"flow":"iframe","language":"en"}"#
        ]
    );
    assert_eq!(*hands.told.borrow(), ["created\n\nsurl\ns12\nstoken"]);
}

#[wasm_bindgen_test]
async fn says_where_a_redirect_leads_back_to() {
    let (endpoint, hands) = (Endpoint::new(), ShownHands::new());
    endpoint.answer(201, SESSION);
    let return_url = "https://shop.kz/done";
    done(hands.hands.create("/pay", "redirect", "kz", return_url)).await;
    assert_eq!(
        endpoint.asked(),
        [
            r#"POST /pay {"content-type":"application/json"} {"flow":"redirect","language":"kz","returnUrl":"https://shop.kz/done"}"#
        ]
    );
}

#[wasm_bindgen_test]
async fn an_answer_that_cannot_be_had_or_read_has_no_fields() {
    let long = format!("{SESSION:16385}");
    for (status, text, told) in [
        (0, "", "created\nno answer\n?\n?\n?"),
        (503, "", "created\nthe session endpoint answered 503\n\n\n"),
        (200, "<!doctype html>", "created\n\n\n\n"),
        (200, "[]", "created\n\n\n\n"),
        (200, "null", "created\n\n?\n?\n?"),
        (201, &long, "created\n\n?\n?\n?"),
        (
            404,
            r#"{"formUrl":5,"requestId":{},"resultToken":null}"#,
            "created\nthe session endpoint answered 404\nn5\n?\n",
        ),
    ] {
        let (endpoint, hands) = (Endpoint::new(), ShownHands::new());
        endpoint.answer(status, text);
        done(hands.hands.create("/v1/sessions", "iframe", "en", "")).await;
        assert_eq!(*hands.told.borrow(), [told], "{text}");
        assert_eq!(
            endpoint.asked().len(),
            1,
            "the customer is the one to try again"
        );
    }
}

#[wasm_bindgen_test]
async fn what_an_earlier_call_still_brings_is_not_wanted() {
    let (endpoint, hands) = (Endpoint::new(), ShownHands::new());
    endpoint.answer_later(201, SESSION);
    let earlier = hands.hands.create("/v1/sessions", "iframe", "en", "");
    endpoint.answer(201, &SESSION.replace("12", "34"));
    done(hands.hands.create("/v1/sessions", "iframe", "kz", "")).await;
    endpoint.answer_now();
    done(earlier).await;
    assert_eq!(*hands.told.borrow(), ["created\n\nsurl\ns34\nstoken"]);
    endpoint.forget();
    endpoint.answer(200, "{}");
    done(hands.hands.report("tok-1")).await;
    assert!(endpoint.asked()[0].contains("/v1/sessions/34/result"));
}

#[wasm_bindgen_test]
async fn reports_a_card_with_the_sessions_token() {
    let endpoint = Endpoint::new();
    let hands = with_session(&endpoint).await;
    endpoint.answer(200, "{}");
    done(hands.hands.report("tok-1")).await;
    assert_eq!(
        endpoint.asked(),
        [concat!(
            "POST /v1/sessions/12/result ",
            r#"{"content-type":"application/json","authorization":"Bearer token"} "#,
            r#"{"panToken":"tok-1"}"#
        )]
    );
    assert_eq!(*hands.told.borrow(), ["kept\n"]);
    assert!(endpoint.waits().is_empty());
}

#[wasm_bindgen_test]
async fn a_slash_at_the_endpoints_end_is_not_doubled() {
    let (endpoint, hands) = (Endpoint::new(), ShownHands::new());
    endpoint.answer(201, SESSION);
    done(
        hands
            .hands
            .create("https://shop.kz/pay/", "iframe", "en", ""),
    )
    .await;
    endpoint.forget();
    endpoint.answer(200, "{}");
    done(hands.hands.report("tok-1")).await;
    assert!(endpoint.asked()[0].starts_with("POST https://shop.kz/pay/12/result "));
}

#[wasm_bindgen_test]
async fn a_report_that_may_fare_better_later_is_repeated_ever_more_seldom() {
    let endpoint = Endpoint::new();
    let hands = with_session(&endpoint).await;
    let passing = [0, 408, 425, 429, 500, 502, 503, 504];
    for status in passing {
        endpoint.answer(status, "");
    }
    endpoint.answer(200, "{}");
    done(hands.hands.report("tok-1")).await;
    assert_eq!(endpoint.asked().len(), passing.len() + 1);
    assert_eq!(
        endpoint.waits(),
        [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]
    );
    assert_eq!(*hands.told.borrow(), ["kept\n"]);
}

#[wasm_bindgen_test]
async fn a_report_that_is_refused_is_not_repeated() {
    for status in [400, 401, 403, 404, 409, 410, 413, 422] {
        let endpoint = Endpoint::new();
        let hands = with_session(&endpoint).await;
        endpoint.answer(status, "{}");
        done(hands.hands.report("tok-1")).await;
        assert_eq!(
            *hands.told.borrow(),
            [format!("kept\nthe session endpoint answered {status}")]
        );
        assert!(endpoint.waits().is_empty());
    }
}

#[wasm_bindgen_test]
async fn a_report_goes_on_when_the_form_is_gone() {
    let endpoint = Endpoint::new();
    let hands = with_session(&endpoint).await;
    endpoint.answer_later(503, "");
    endpoint.answer(200, "{}");
    let report = hands.hands.report("tok-1");
    hands.hands.let_go();
    endpoint.answer_now();
    done(report).await;
    assert_eq!(endpoint.asked().len(), 2);
    assert_eq!(*hands.told.borrow(), ["end"]);
}

#[wasm_bindgen_test]
async fn an_error_is_mentioned_once_whatever_comes_of_it() {
    for status in [0, 200, 503] {
        let endpoint = Endpoint::new();
        let hands = with_session(&endpoint).await;
        endpoint.answer(status, "");
        hands.hands.mention("INVALID_PAN", "Wrong number");
        // A later call that was answered: the mention's answer has had its turn.
        endpoint.answer(200, "{}");
        done(hands.hands.report("tok-1")).await;
        let mention = concat!(
            "POST /v1/sessions/12/result ",
            r#"{"content-type":"application/json","authorization":"Bearer token"} "#,
            r#"{"errorCode":"INVALID_PAN","errorMessage":"Wrong number"}"#
        );
        let report = mention.replace(
            r#""errorCode":"INVALID_PAN","errorMessage":"Wrong number""#,
            r#""panToken":"tok-1""#,
        );
        assert_eq!(endpoint.asked(), [mention, &report]);
        assert!(endpoint.waits().is_empty());
        assert_eq!(*hands.told.borrow(), ["kept\n"]);
    }
}

#[wasm_bindgen_test]
async fn a_call_outlives_the_page_and_has_a_limit() {
    let endpoint = Endpoint::new();
    with_session(&endpoint).await;
    assert!(endpoint.all_calls_are_kept_alive_and_limited());
}
