//! A session endpoint that is down, confused or refuses, when it is asked for a session and when a
//! result is reported to it.

use pantoken_tests::{Answer, GOOD_NUMBER, Gate, Scene};

pub(crate) async fn without_a_session_the_page_says_why_and_a_retry_helps(scene: Scene) {
    let json = |status, body: &str| Answer::Instead(status, "application/json", body.to_owned());
    let form_url = "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&language=en\
        &agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";
    let of_another_request =
        format!(r#"{{"requestId":"1","formUrl":"{form_url}","resultToken":"t"}}"#);
    let html = Answer::Instead(200, "text/html", "<!doctype html><p>Hello".to_owned());
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            for (answer, reason) in [
                (html, "no session"),
                (json(201, "{}"), "no session"),
                (json(201, &of_another_request), "no session"),
                (json(404, r#"{"code":"NOT_FOUND"}"#), "answered 404"),
                (json(503, "{}"), "answered 503"),
                (Answer::Cut, "no answer"),
            ] {
                shop.front.plan("/v1/sessions", answer);
                customer.go(&shop.url("/?lang=en")).await;
                customer.find("#timeline [data-code=SESSION_FAILED]").await;
                customer.find_state("failed").await;
                let told = customer.text("#timeline").await;
                assert!(told.contains(reason), "{reason}: {told}");
                let frames = "return document.querySelectorAll('iframe').length";
                assert_eq!(customer.run(frames).await, 0);
                customer.press("Try again").await;
                customer.find_state("ready").await;
            }
        })
        .await;
}

pub(crate) async fn a_card_is_reported_until_the_report_is_acknowledged(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            let busy = Answer::Instead(503, "text/plain", "come again".to_owned());
            let gate = Gate::shut();
            for answer in [busy, Answer::Cut, Answer::Held(gate.clone())] {
                shop.front.plan("/result", answer);
            }
            customer.save_in_frame(GOOD_NUMBER).await;
            shop.front.wait_for("/result", 3).await;
            let saved = "return document.querySelectorAll('[data-step=saved]').length";
            assert_eq!(customer.run(saved).await, 0);
            gate.open();
            customer.find_state("saved").await;
            let request_id = customer.text("#request-id").await;
            let session = shop.session(&request_id).await;
            assert_eq!(session["panToken"], customer.text("#pan-token").await);
            assert_eq!(customer.run(saved).await, 1);
            assert_eq!(shop.front.asked("/result"), 3);
        })
        .await;
}

pub(crate) async fn a_report_that_is_refused_is_told(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=en")).await;
            let refusal = r#"{"code":"RESULT_CONFLICT"}"#.to_owned();
            let refused = Answer::Instead(409, "application/problem+json", refusal);
            shop.front.plan("/result", refused);
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.find("#timeline [data-code=RESULT_REJECTED]").await;
            customer.find_state("failed").await;
            let tokens = "return document.querySelectorAll('#pan-token').length";
            assert_eq!(customer.run(tokens).await, 0);
            assert_eq!(shop.front.asked("/result"), 1);
        })
        .await;
}
