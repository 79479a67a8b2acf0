//! To whom the sandbox's form speaks, where no policy keeps it out of a page: the tests' proxy leaves
//! that policy out.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, ReverseProxy, Tab, TestContext, TestSite};
use serde_json::json;

use crate::hostile_windows::other_site;

const LISTENER: &str = include_str!("../pages/hostile/listener.html");
const PAGE: &str = "/stranger.html";
const READY: &str = r#"{"status":"Ready"}"#;
const END: &str = r#""the end""#;

pub(crate) async fn it_takes_no_card_for_a_page_that_is_not_registered(context: TestContext) {
    let stage = Stage::open(&context).await;
    context
        .browse(async |tab| {
            stage.open_page(tab, &other_site(&stage.site)).await;
            stage.insert_form(tab).await;
            tab.run_as_page(ANSWER).await;
            enter_form(tab).await;
            assert_eq!(state(tab, "waiting").await, "error");
            // Even where a customer could press the button, the page would learn nothing.
            tab.run("document.querySelector('#save').disabled = false")
                .await;
            tab.save(GOOD_NUMBER).await;
            tab.find("body[data-state=saved]").await;
            tab.run("parent.postMessage('the end', '*')").await;
            tab.leave_form().await;
            assert_heard(tab, &[READY, END]).await;
        })
        .await;
}

pub(crate) async fn an_answer_of_another_window_does_not_count(context: TestContext) {
    let stage = Stage::open(&context).await;
    context
        .browse(async |tab| {
            let registered = stage.site.url(PAGE);
            stage.open_page(tab, &registered).await;
            stage.insert_listener(tab, &registered).await;
            stage.insert_form(tab).await;
            enter_form(tab).await;
            let heed = "addEventListener('message', () => document.body.dataset.heard = '')";
            tab.run(heed).await;
            tab.leave_form().await;
            tab.find("#listener").await.enter_frame().await.unwrap();
            tab.run("parent.frames.form.postMessage('pantoken', '*')")
                .await;
            tab.leave_form().await;
            enter_form(tab).await;
            tab.find("body[data-heard][data-state=waiting]").await;
            tab.leave_form().await;
            tab.run_as_page(ANSWER).await;
            enter_form(tab).await;
            assert_eq!(state(tab, "waiting").await, "ready");
        })
        .await;
}

/// The window above the form shows another document than the one that has answered: no browser lets a
/// page leave its frames behind, so the form is given another window for the one above.
pub(crate) async fn its_result_is_for_the_origin_that_answered_alone(context: TestContext) {
    let stage = Stage::open(&context).await;
    context
        .browse(async |tab| {
            stage.open_page(tab, &stage.site.url(PAGE)).await;
            let stranger = other_site(&stage.site);
            stage.insert_listener(tab, &stranger).await;
            stage.insert_form(tab).await;
            tab.run_as_page(ANSWER).await;
            enter_form(tab).await;
            assert_eq!(state(tab, "waiting").await, "ready");
            tab.run_as_page("window.parent = window.parent.frames.listener")
                .await;
            tab.save(GOOD_NUMBER).await;
            tab.find("body[data-state=saved]").await;
            tab.run_as_page("window.parent.postMessage('the end', '*')")
                .await;
            tab.leave_form().await;
            tab.find("#listener").await.enter_frame().await.unwrap();
            assert_heard(tab, &[END]).await;
        })
        .await;
}

/// Has the page answer each Ready, those before too.
const ANSWER: &str = "
    const answer = () => window.frames.form.postMessage('pantoken', '*');
    addEventListener('message', ({ data }) => data.status === 'Ready' && answer());
    if (window.heard.includes('{\"status\":\"Ready\"}')) answer();";

/// The sandbox behind a proxy, and a page of the test's own.
struct Stage {
    site: TestSite,
    proxy: ReverseProxy,
    form_url: String,
}

impl Stage {
    async fn open(context: &TestContext) -> Self {
        let site = context.site();
        let proxy = ReverseProxy::start();
        proxy.forward_to(site.sandbox_url());
        let form_url = site.sign_form_url("12345678").await;
        let behind = format!("http://127.0.0.1:{}", proxy.port());
        let form_url = form_url.replace(site.sandbox_url(), &behind);
        Self {
            site,
            proxy,
            form_url,
        }
    }

    async fn open_page(&self, tab: &Tab, url: &str) {
        self.plan_listener();
        tab.go(url).await;
    }

    /// A frame beside the form's that keeps what it is told.
    async fn insert_listener(&self, tab: &Tab, url: &str) {
        self.plan_listener();
        insert(tab, "listener", url).await;
        tab.until("return window.heard.length === 1").await;
        tab.run_as_page("window.heard.length = 0").await;
    }

    fn plan_listener(&self) {
        let listener = PlannedResponse::Replaced(200, "text/html", LISTENER.to_owned());
        self.site.proxy.plan(PAGE, listener);
    }

    async fn insert_form(&self, tab: &Tab) {
        self.proxy.plan("/form", PlannedResponse::WithoutPolicy);
        insert(tab, "form", &self.form_url).await;
    }
}

async fn insert(tab: &Tab, name: &str, url: &str) {
    let insert = format!(
        "const frame = document.createElement('iframe');
         Object.assign(frame, {{ id: {name:?}, name: {name:?}, width: 400, height: 600, src: {url:?} }});
         document.body.append(frame);"
    );
    tab.run(&insert).await;
}

/// Turns to the form, when it has said Ready.
async fn enter_form(tab: &Tab) {
    let ready = json!(READY);
    tab.until(&format!("return window.heard.includes({ready})"))
        .await;
    tab.find("#form").await.enter_frame().await.unwrap();
}

/// Where the form is, once it is not there any more.
async fn state(tab: &Tab, before: &str) -> String {
    let state = "document.body.dataset.state";
    tab.until(&format!("return {state} !== {before:?}")).await;
    let state = tab.run(&format!("return {state}")).await;
    state.as_str().unwrap().to_owned()
}

/// The window that the test is in was told this, by when it was told the end.
async fn assert_heard(tab: &Tab, expected: &[&str]) {
    let end = json!(END);
    tab.until(&format!("return window.heard.includes({end})"))
        .await;
    assert_eq!(tab.run("return window.heard").await, json!(expected));
}
