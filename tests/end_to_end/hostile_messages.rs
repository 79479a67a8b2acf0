//! What the form's own window, or another, may say in any number: what is no message of the form's is
//! a warning each, the page goes on, and the card that the customer saves is told once.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Scene};
use serde_json::json;

use crate::iframe_flow::assert_saved;
use crate::timeline;

const PAGE: &str = "/?lang=en";
const UNREADABLE: &str = "warning UNREADABLE_MESSAGE";

pub(crate) async fn what_no_form_says_is_a_warning_each(scene: Scene) {
    let babble = include_str!("../pages/hostile/babble.js");
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            let request_id = customer.request_id().await;
            customer.enter_form().await;
            customer
                .run(&babble.replace("REQUEST_ID", &request_id))
                .await;
            let said = customer.run("return window.said").await.as_u64().unwrap();
            assert!(said > 40);
            customer.leave_form().await;
            let mut expected = vec!["ready"];
            expected.resize(1 + usize::try_from(said).unwrap(), UNREADABLE);
            timeline::wait_for(customer, expected.len()).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            expected.push("saved");
            timeline::assert_all(customer, &expected).await;
            assert_saved(customer, &shop).await;
            let polluted = "return 'status' in {} || 'panToken' in {} || 'requestId' in {}";
            assert_eq!(customer.run(polluted).await, false);
        })
        .await;
}

/// What is wrong with an error's words does not make it another error.
pub(crate) async fn half_a_character_in_an_errors_words_is_replaced(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            let request_id = customer.request_id().await;
            customer.enter_form().await;
            let error = format!(
                "parent.postMessage({{
                    requestId: '{request_id}', errorCode: 'INVALID_PAN', errorMessage: 'a\\ud800b'
                }}, '*')"
            );
            customer.run(&error).await;
            customer.leave_form().await;
            timeline::assert_all(customer, &["ready", "error INVALID_PAN"]).await;
            let told = customer.text("#timeline").await;
            assert!(told.contains("a\u{fffd}b"), "{told}");
        })
        .await;
}

pub(crate) async fn ten_thousand_messages_of_another_window_are_not_heard(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            shop.front.plan("/", Answer::WithoutPolicy);
            customer.open_ready(&shop.url(PAGE)).await;
            let request_id = customer.request_id().await;
            let forged = json!({"requestId": request_id, "panToken": "forged"});
            let insert = format!(
                "window.forged = 0;
                 addEventListener('message', ({{ data }}) => {{
                     if (data.panToken === 'forged') window.forged++;
                 }});
                 const frame = document.createElement('iframe');
                 frame.sandbox = 'allow-scripts';
                 frame.srcdoc = `<script>{FLOOD}</` + 'script>';
                 document.body.append(frame);"
            );
            let insert = insert.replace("MESSAGE", &forged.to_string());
            customer.run_as_page(&insert).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.until("return window.forged === 10000").await;
            assert_paints(customer).await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

pub(crate) async fn ten_thousand_messages_of_the_form_do_not_hide_its_result(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url(PAGE)).await;
            customer.enter_form().await;
            customer
                .run(&FLOOD.replace("MESSAGE", "{ status: 'What?' }"))
                .await;
            customer.save(GOOD_NUMBER).await;
            customer.leave_form().await;
            customer.find_state("saved").await;
            timeline::wait_for(customer, 10_002).await;
            assert_paints(customer).await;
            let events = timeline::events(customer).await;
            let count = |name: &str| events.iter().filter(|event| *event == name).count();
            assert_eq!(events.len(), 10_002);
            assert_eq!(
                (count("ready"), count(UNREADABLE), count("saved")),
                (1, 10_000, 1)
            );
            assert_saved(customer, &shop).await;
        })
        .await;
}

const FLOOD: &str = "for (let time = 0; time < 10000; time++) parent.postMessage(MESSAGE, '*');";

/// The page comes to draw its next picture.
async fn assert_paints(customer: &Customer) {
    let painted = "
        const done = arguments[arguments.length - 1];
        requestAnimationFrame(() => done(true));";
    let answer = customer.driver.execute_async(painted, Vec::new()).await;
    assert_eq!(*answer.unwrap().json(), true);
}
