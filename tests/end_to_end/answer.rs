//! The page's answer to Ready is for the form's origin alone, whatever document its frame shows by then.

use pantoken_tests::{Answer, GOOD_NUMBER, Scene};
use serde_json::json;

use crate::hostile_windows::{go_in_frame, other_site};
use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::{tampered_page, timeline};

const LATE: &str = include_str!("../pages/hostile/late.js");
const LISTENER: &str = include_str!("../pages/hostile/listener.html");

pub(crate) async fn another_document_in_the_forms_frame_gets_no_answer(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            tampered_page::open(customer, &shop, PATIENT_PAGE, LATE).await;
            late_form::say_ready(customer).await;
            customer.until("return window.late.length === 1").await;
            let form_url = customer.form_url().await.form_url().to_text();
            let listener = Answer::Instead(200, "text/html", LISTENER.to_owned());
            shop.front.plan("/stranger.html", listener);
            go_in_frame(customer, &other_site(&shop)).await;
            customer.until("return window.late.length === 2").await;
            // The form's Ready is only now heard, and answered.
            let hand_on = "
        window.handOn();
        document.querySelector('iframe').contentWindow.postMessage('the end', '*');";
            customer.run_as_page(hand_on).await;
            timeline::wait_for(customer, 1).await;
            customer.find("iframe").await.enter_frame().await.unwrap();
            let end = json!("\"the end\"");
            customer
                .until(&format!("return window.heard.includes({end})"))
                .await;
            assert_eq!(customer.run("return window.heard").await, json!([end]));
            customer.leave_form().await;
            go_in_frame(customer, &form_url).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}
