//! Checks to which pages the sandbox's form posts its result. The tests' proxy removes the content security
//! policy that would otherwise keep the form out of other pages.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, ReverseProxy, Tab, TestContext, TestSite};
use serde_json::json;

use crate::hostile_windows::other_site;

const LISTENER: &str = include_str!("../pages/hostile/listener.html");
const PAGE: &str = "/another.html";
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
            // Even if a customer could press the button, the page would receive no result.
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
            let listen = "addEventListener('message', () => document.body.dataset.received = '')";
            tab.run(listen).await;
            tab.leave_form().await;
            tab.find("#listener").await.enter_frame().await.unwrap();
            tab.run("parent.frames.form.postMessage('pantoken', '*')")
                .await;
            tab.leave_form().await;
            enter_form(tab).await;
            tab.find("body[data-received][data-state=waiting]").await;
            tab.leave_form().await;
            tab.run_as_page(ANSWER).await;
            enter_form(tab).await;
            assert_eq!(state(tab, "waiting").await, "ready");
        })
        .await;
}

/// The form's parent window shows another document than the one that replied to Ready. No browser lets a
/// page navigate and keep its frames, so the test replaces the form's `window.parent`.
pub(crate) async fn its_result_is_for_the_origin_that_answered_alone(context: TestContext) {
    let stage = Stage::open(&context).await;
    context
        .browse(async |tab| {
            stage.open_page(tab, &stage.site.url(PAGE)).await;
            let other_site = other_site(&stage.site);
            stage.insert_listener(tab, &other_site).await;
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

/// Has the page reply to each Ready, including earlier ones.
const ANSWER: &str = "
    const answer = () => window.frames.form.postMessage('pantoken', '*');
    addEventListener('message', ({ data }) => data.status === 'Ready' && answer());
    if (window.heard.includes('{\"status\":\"Ready\"}')) answer();";

/// The sandbox behind a proxy, and a page that the test provides.
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

    /// Adds a frame beside the form's that records the messages it receives.
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

/// Switches to the form's frame when it has posted Ready.
async fn enter_form(tab: &Tab) {
    let ready = json!(READY);
    tab.until(&format!("return window.heard.includes({ready})"))
        .await;
    tab.find("#form").await.enter_frame().await.unwrap();
}

/// Returns the form's state as soon as it is no longer `before`.
async fn state(tab: &Tab, before: &str) -> String {
    let state = "document.body.dataset.state";
    tab.until(&format!("return {state} !== {before:?}")).await;
    let state = tab.run(&format!("return {state}")).await;
    state.as_str().unwrap().to_owned()
}

/// Checks the messages that the current window has received, up to the last one.
async fn assert_heard(tab: &Tab, expected: &[&str]) {
    let end = json!(END);
    tab.until(&format!("return window.heard.includes({end})"))
        .await;
    assert_eq!(tab.run("return window.heard").await, json!(expected));
}
