//! Gate: what it refuses, and what goes wrong with it.

use pantoken_jetpay::{Body, Error, StatusAnswer, UnknownCause, Variant};
use serde_json::{Value, json};

use super::{Sandbox, key, payment_id, payout, project_id};

impl Sandbox {
    /// Signs a payout as it is, and sends it.
    pub(super) async fn pay_out_signed(&self, mut body: Value) -> (u16, Value) {
        body["general"]["signature"] = Value::Null;
        let unsigned = Body::parse(body.to_string().as_bytes()).unwrap();
        let signature = key().sign_text(&unsigned.signed_text(Variant::PLATFORM));
        body["general"]["signature"] = json!(signature);
        self.post("/v2/payment/wallet/qiwi-kz/payout", &body.to_string())
            .await
    }

    async fn post(&self, path: &str, body: &str) -> (u16, Value) {
        self.call("POST", path, body).await
    }
}

fn body() -> Value {
    let bytes = payout("p-1", "77000000000").to_json(project_id(), &key());
    serde_json::from_slice(&bytes.unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_wrong_is_refused_as_the_platform_does() {
    let sandbox = Sandbox::alone().await;
    let path = "/v2/payment/wallet/qiwi-kz/payout";
    for text in ["", "[]", "{", "{\"a\":NaN}"] {
        assert_eq!(sandbox.post(path, text).await.0, 422, "{text}");
    }
    let long = "x".repeat(256);
    for (pointer, value, code) in [
        ("/general/project_id", json!(36), "2004"),
        ("/general/project_id", Value::Null, "2003"),
        ("/general/payment_id", json!(" p"), "3023"),
        ("/general/payment_id", json!(long), "2004"),
        ("/payment/amount", json!(0), "3024"),
        ("/payment/amount", json!("10"), "3024"),
        ("/payment/amount", json!(10.0), "3024"),
        ("/payment/currency", json!("RUB"), "2004"),
        ("/account/number", json!(7), "2004"),
        ("/account", json!({}), "2003"),
        ("/customer/email", Value::Null, "2003"),
        ("/customer/ip_address", json!("here"), "2004"),
    ] {
        let mut body = body();
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let (status, answer) = sandbox.pay_out_signed(body).await;
        assert_eq!(status, 400, "{pointer} {value}: {answer}");
        assert_eq!(answer["errors"][0]["code"], code, "{pointer} {value}");
        let field = answer["errors"][0]["field"].as_str().unwrap();
        let expected = pointer[1..].replace('/', ".");
        assert!(field.starts_with(&expected), "{field}");
    }
    for (signature, code) in [
        (Value::Null, "3262"),
        (json!("x"), "3261"),
        (json!(key().sign_text("another body")), "3261"),
    ] {
        let mut body = body();
        body["general"]["signature"] = signature;
        let (status, answer) = sandbox.post(path, &body.to_string()).await;
        assert_eq!((status, &answer["code"]), (400, &json!(code)));
    }
    assert_eq!(sandbox.executed().await, Vec::<String>::new());
    // An id that was refused can be used.
    assert_eq!(sandbox.post(path, &body().to_string()).await.0, 200);
}

#[tokio::test]
async fn an_id_pays_once_whatever_its_case() {
    let sandbox = Sandbox::alone().await;
    sandbox.pay_out("p-1", "77000000000").await.unwrap();
    for id in ["p-1", "P-1"] {
        let error = sandbox.pay_out(id, "77000000000").await.unwrap_err();
        assert_eq!(error, Error::Unknown(UnknownCause::Duplicate), "{id}");
    }
    assert_eq!(sandbox.executed().await, ["payout p-1"]);
}

#[tokio::test]
async fn a_payout_that_a_fault_hides_was_executed_once() {
    let sandbox = Sandbox::alone().await;
    for (index, fault) in [
        "drop-answer",
        "empty500",
        "error500",
        "html",
        "nothing",
        "half",
        "unavailable",
    ]
    .into_iter()
    .enumerate()
    {
        sandbox.set_faults(&json!([{"fault": fault}])).await;
        let id = format!("p-{index}");
        let error = sandbox.pay_out(&id, "77000000000").await.unwrap_err();
        assert!(matches!(error, Error::Unknown(_)), "{fault}: {error:?}");
        let asked = sandbox.client.status(&payment_id(&id)).await.unwrap();
        let was_executed = fault != "unavailable";
        let is_known = matches!(asked, StatusAnswer::Known(_));
        assert_eq!(is_known, was_executed, "{fault}");
        // The same request again, with the same id.
        let _ = sandbox.pay_out(&id, "77000000000").await;
        let executed = sandbox.executed().await;
        let times = executed.iter().filter(|it| **it == format!("payout {id}"));
        assert_eq!(times.count(), 1, "{fault}");
    }
}

#[tokio::test]
async fn gate_refuses_a_payout_without_executing_it() {
    let sandbox = Sandbox::alone().await;
    for (fault, expected) in [("forbidden", 403), ("unprocessable", 422), ("refused", 400)] {
        sandbox.set_faults(&json!([{"fault": fault}])).await;
        let (status, _) = sandbox.pay_out_signed(body()).await;
        assert_eq!(status, expected);
    }
    assert_eq!(sandbox.executed().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_status_is_absent_delayed_or_spoilt_for_so_many_questions() {
    let sandbox = Sandbox::alone().await;
    sandbox.pay_out("p-1", "77000000000").await.unwrap();
    let status = || async { sandbox.client.status(&payment_id("p-1")).await };
    let unknown = sandbox.client.status(&payment_id("p-2")).await.unwrap();
    assert_eq!(unknown, StatusAnswer::Absent);
    sandbox
        .set_faults(&json!([
            {"fault": "status-no-details", "times": 2},
            {"fault": "status-absent"},
            {"fault": "status-empty500"},
            {"fault": "status-wrong-signature"},
            {"fault": "status-signature-in-general"},
        ]))
        .await;
    for _ in 0..2 {
        assert_eq!(status().await.unwrap(), StatusAnswer::NoDetails);
    }
    assert_eq!(status().await.unwrap(), StatusAnswer::Absent);
    for _ in 0..2 {
        assert!(matches!(status().await, Err(Error::Unknown(_))));
    }
    assert!(matches!(status().await.unwrap(), StatusAnswer::Known(_)));
}

#[tokio::test]
async fn a_request_is_found_by_the_id_that_the_platform_gave() {
    let sandbox = Sandbox::alone().await;
    let accepted = sandbox.pay_out("p-1", "77000000000").await.unwrap();
    let signed = |request_id: &str| {
        let mut body = json!({"project_id": 35, "request_id": request_id});
        let unsigned = Body::parse(body.to_string().as_bytes()).unwrap();
        body["signature"] = json!(key().sign(&unsigned).unwrap());
        body.to_string()
    };
    let path = "/v2/payment/status/request";
    let body = signed(&accepted.request_id.unwrap());
    let (status, answer) = sandbox.post(path, &body).await;
    assert_eq!((status, &answer["payment_id"]), (200, &json!("p-1")));
    let answer = Body::parse(answer.to_string().as_bytes()).unwrap();
    assert!(key().verify(&answer).is_ok());
    assert_eq!(sandbox.post(path, &signed("nothing")).await.0, 404);
}

#[tokio::test]
async fn a_developer_can_have_a_signature_checked() {
    let sandbox = Sandbox::alone().await;
    let path = "/v2/info/check/signature";
    let mut body = json!({"b": {"c": 1}, "a": "x"});
    let unsigned = Body::parse(body.to_string().as_bytes()).unwrap();
    body["signature"] = json!(key().sign(&unsigned).unwrap());
    let (status, answer) = sandbox.post(path, &body.to_string()).await;
    assert_eq!((status, &answer["signed_text"]), (200, &json!("a:x;b:c:1")));
    body["a"] = json!("y");
    assert_eq!(sandbox.post(path, &body.to_string()).await.0, 400);
}

#[tokio::test]
async fn the_calls_of_both_sides_are_recorded() {
    let sandbox = Sandbox::alone().await;
    sandbox.set_faults(&json!([{"fault": "drop-answer"}])).await;
    let _ = sandbox.pay_out("p-1", "77000000000").await;
    let calls = sandbox.control("GET", "/sandbox/calls", &Value::Null).await;
    let call = &calls["calls"][0];
    assert_eq!(call["to"], "/v2/payment/wallet/qiwi-kz/payout");
    assert_eq!(call["status"], 200);
    let answer: Value = serde_json::from_str(call["answer"].as_str().unwrap()).unwrap();
    assert_eq!(answer["status"], "success");
}
