//! To whom the sandbox's form speaks, where no policy keeps it out of a page: the tests' front leaves
//! that policy out.

use pantoken_tests::{Answer, Customer, Front, GOOD_NUMBER, Scene, Shop};
use serde_json::json;

use crate::hostile_windows::other_site;

const LISTENER: &str = include_str!("../pages/hostile/listener.html");
const PAGE: &str = "/stranger.html";
const READY: &str = r#"{"status":"Ready"}"#;
const END: &str = r#""the end""#;

pub(crate) async fn it_takes_no_card_for_a_page_that_is_not_registered(scene: Scene) {
    let stage = Stage::open(&scene).await;
    scene
        .browse(async |customer| {
            stage.open_page(customer, &other_site(&stage.shop)).await;
            stage.insert_form(customer).await;
            customer.run_as_page(ANSWER).await;
            enter_form(customer).await;
            assert_eq!(state(customer, "waiting").await, "error");
            // Even where a customer could press the button, the page would learn nothing.
            customer
                .run("document.querySelector('#save').disabled = false")
                .await;
            customer.save(GOOD_NUMBER).await;
            customer.find("body[data-state=saved]").await;
            customer.run("parent.postMessage('the end', '*')").await;
            customer.leave_form().await;
            assert_heard(customer, &[READY, END]).await;
        })
        .await;
}

pub(crate) async fn an_answer_of_another_window_does_not_count(scene: Scene) {
    let stage = Stage::open(&scene).await;
    scene
        .browse(async |customer| {
            let registered = stage.shop.url(PAGE);
            stage.open_page(customer, &registered).await;
            stage.insert_listener(customer, &registered).await;
            stage.insert_form(customer).await;
            enter_form(customer).await;
            let heed = "addEventListener('message', () => document.body.dataset.heard = '')";
            customer.run(heed).await;
            customer.leave_form().await;
            customer
                .find("#listener")
                .await
                .enter_frame()
                .await
                .unwrap();
            customer
                .run("parent.frames.form.postMessage('pantoken', '*')")
                .await;
            customer.leave_form().await;
            enter_form(customer).await;
            customer.find("body[data-heard][data-state=waiting]").await;
            customer.leave_form().await;
            customer.run_as_page(ANSWER).await;
            enter_form(customer).await;
            assert_eq!(state(customer, "waiting").await, "ready");
        })
        .await;
}

/// The window above the form shows another document than the one that has answered: no browser lets a
/// page leave its frames behind, so the form is given another window for the one above.
pub(crate) async fn its_result_is_for_the_origin_that_answered_alone(scene: Scene) {
    let stage = Stage::open(&scene).await;
    scene
        .browse(async |customer| {
            stage.open_page(customer, &stage.shop.url(PAGE)).await;
            let stranger = other_site(&stage.shop);
            stage.insert_listener(customer, &stranger).await;
            stage.insert_form(customer).await;
            customer.run_as_page(ANSWER).await;
            enter_form(customer).await;
            assert_eq!(state(customer, "waiting").await, "ready");
            customer
                .run_as_page("window.parent = window.parent.frames.listener")
                .await;
            customer.save(GOOD_NUMBER).await;
            customer.find("body[data-state=saved]").await;
            customer
                .run_as_page("window.parent.postMessage('the end', '*')")
                .await;
            customer.leave_form().await;
            customer
                .find("#listener")
                .await
                .enter_frame()
                .await
                .unwrap();
            assert_heard(customer, &[END]).await;
        })
        .await;
}

/// Has the page answer each Ready, those before too.
const ANSWER: &str = "
    const answer = () => window.frames.form.postMessage('pantoken', '*');
    addEventListener('message', ({ data }) => data.status === 'Ready' && answer());
    if (window.heard.includes('{\"status\":\"Ready\"}')) answer();";

/// The sandbox behind a front, and a page of the test's own.
struct Stage {
    shop: Shop,
    front: Front,
    form_url: String,
}

impl Stage {
    async fn open(scene: &Scene) -> Self {
        let shop = scene.shop();
        let front = Front::open();
        front.lead_to(shop.sandbox_url());
        let form_url = shop.sign_form_url("12345678").await;
        let behind = format!("http://127.0.0.1:{}", front.port());
        let form_url = form_url.replace(shop.sandbox_url(), &behind);
        Self {
            shop,
            front,
            form_url,
        }
    }

    async fn open_page(&self, customer: &Customer, url: &str) {
        self.plan_listener();
        customer.go(url).await;
    }

    /// A frame beside the form's that keeps what it is told.
    async fn insert_listener(&self, customer: &Customer, url: &str) {
        self.plan_listener();
        insert(customer, "listener", url).await;
        customer.until("return window.heard.length === 1").await;
        customer.run_as_page("window.heard.length = 0").await;
    }

    fn plan_listener(&self) {
        let listener = Answer::Instead(200, "text/html", LISTENER.to_owned());
        self.shop.front.plan(PAGE, listener);
    }

    async fn insert_form(&self, customer: &Customer) {
        self.front.plan("/form", Answer::WithoutPolicy);
        insert(customer, "form", &self.form_url).await;
    }
}

async fn insert(customer: &Customer, name: &str, url: &str) {
    let insert = format!(
        "const frame = document.createElement('iframe');
         Object.assign(frame, {{ id: {name:?}, name: {name:?}, width: 400, height: 600, src: {url:?} }});
         document.body.append(frame);"
    );
    customer.run(&insert).await;
}

/// Turns to the form, when it has said Ready.
async fn enter_form(customer: &Customer) {
    let ready = json!(READY);
    customer
        .until(&format!("return window.heard.includes({ready})"))
        .await;
    customer.find("#form").await.enter_frame().await.unwrap();
}

/// Where the form is, once it is not there any more.
async fn state(customer: &Customer, before: &str) -> String {
    let state = "document.body.dataset.state";
    customer
        .until(&format!("return {state} !== {before:?}"))
        .await;
    let state = customer.run(&format!("return {state}")).await;
    state.as_str().unwrap().to_owned()
}

/// The window that the test is in was told this, by when it was told the end.
async fn assert_heard(customer: &Customer, expected: &[&str]) {
    let end = json!(END);
    customer
        .until(&format!("return window.heard.includes({end})"))
        .await;
    assert_eq!(customer.run("return window.heard").await, json!(expected));
}
