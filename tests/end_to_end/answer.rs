//! Checks that the page's reply to Ready goes only to the form's origin, whatever document the frame shows by
//! then.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, TestContext};
use serde_json::json;

use crate::hostile_windows::{go_in_frame, other_site};
use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::{tampered_page, timeline};

const LATE: &str = include_str!("../pages/hostile/late.js");
const LISTENER: &str = include_str!("../pages/hostile/listener.html");

pub(crate) async fn another_document_in_the_forms_frame_gets_no_answer(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            tampered_page::open(tab, &site, PATIENT_PAGE, LATE).await;
            late_form::say_ready(tab).await;
            tab.until("return window.late.length === 1").await;
            let form_url = tab.form_url().await.form_url().to_text();
            let listener = PlannedResponse::Replaced(200, "text/html", LISTENER.to_owned());
            site.proxy.plan("/another.html", listener);
            go_in_frame(tab, &other_site(&site)).await;
            tab.until("return window.late.length === 2").await;
            // Only now does the page receive the form's Ready, and reply to it.
            let hand_on = "
        window.handOn();
        findDeep('iframe').contentWindow.postMessage('the end', '*');";
            tab.run_as_page(hand_on).await;
            timeline::wait_for(tab, 1).await;
            tab.find("iframe").await.enter_frame().await.unwrap();
            let end = json!("\"the end\"");
            tab.until(&format!("return window.heard.includes({end})"))
                .await;
            assert_eq!(tab.run("return window.heard").await, json!([end]));
            tab.leave_form().await;
            go_in_frame(tab, &form_url).await;
            late_form::say_ready(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["ready", "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}
