//! Other windows post everything that a form posts: before the form is ready, after that, and after a card
//! is saved. All of it is ignored, and the card that the customer saves is reported once.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, Tab, TestContext, TestSite};
use serde_json::{Value, json};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::timeline;

const FORGE: &str = include_str!("../pages/hostile/forge.js");
const MAKE_UP: &str = include_str!("../pages/hostile/make-up.js");
const ANOTHER_PAGE: &str = include_str!("../pages/hostile/another.html");
/// The number of messages in [`FORGE`] and in [`MAKE_UP`].
const MESSAGES: usize = 7;

pub(crate) async fn a_frame_of_another_site_is_not_heard(context: TestContext) {
    let other_site = |site: &TestSite| vec![frame(&other_site(site))];
    is_not_heard(&context, other_site).await;
}

pub(crate) async fn a_frame_of_the_pages_own_origin_is_not_heard(context: TestContext) {
    let own = |site: &TestSite| vec![frame(&site.url("/another.html"))];
    is_not_heard(&context, own).await;
}

pub(crate) async fn another_frame_of_the_forms_origin_is_not_heard(context: TestContext) {
    let form = |site: &TestSite| vec![frame(&format!("{}/healthz", site.sandbox_url()))];
    is_not_heard(&context, form).await;
}

pub(crate) async fn a_frame_without_an_origin_is_not_heard(context: TestContext) {
    let opaque = |site: &TestSite| {
        let form = format!("{}/healthz", site.sandbox_url());
        vec![
            Sender::Frame(json!({"src": form, "sandbox": "allow-scripts"})),
            frame("data:text/html,<title>data</title>"),
            Sender::Frame(json!({"srcdoc": "<title>srcdoc</title>", "sandbox": "allow-scripts"})),
        ]
    };
    is_not_heard(&context, opaque).await;
}

pub(crate) async fn a_popup_is_not_heard(context: TestContext) {
    let popup = |site: &TestSite| vec![Sender::Popup(other_site(site))];
    is_not_heard(&context, popup).await;
}

pub(crate) async fn a_popup_of_the_forms_origin_is_not_heard(context: TestContext) {
    let popup = |site: &TestSite| vec![Sender::Popup(format!("{}/healthz", site.sandbox_url()))];
    is_not_heard(&context, popup).await;
}

pub(crate) async fn the_page_itself_is_not_heard(context: TestContext) {
    is_not_heard(&context, |_| vec![Sender::Page]).await;
}

/// A script of the page can create an event with the form's window as its source, but the browser does not
/// mark such an event as trusted.
pub(crate) async fn events_that_a_script_made_up_are_not_read(context: TestContext) {
    is_not_heard(&context, |_| vec![Sender::MakesUp]).await;
}

/// The window is still the form's, but its origin is not.
pub(crate) async fn the_forms_frame_gone_to_another_site_is_not_heard(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open(tab, &site).await;
            late_form::say_ready(tab).await;
            tab.find_state("ready").await;
            let form_url = tab.form_url().await;
            let request_id = form_url.request().request_id().to_string();
            let count = "
                window.forged = 0;
                addEventListener('message', () => window.forged++);";
            tab.run_as_page(count).await;
            plan_another_page(&site);
            go_in_frame(tab, &other_site(&site)).await;
            tab.find_state("loading").await;
            let forge = FORGE.replace("REQUEST_ID", &request_id);
            run_in_frame(tab, "iframe", &forge).await;
            let received = format!("return window.forged === {MESSAGES}");
            tab.until(&received).await;
            go_in_frame(tab, &form_url.form_url().to_text()).await;
            late_form::say_ready(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["ready", "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// Opens the page without a policy, so that it may have any frames and scripts.
async fn open(tab: &Tab, site: &TestSite) {
    site.proxy.plan("/", PlannedResponse::WithoutPolicy);
    tab.go(&site.url(PATIENT_PAGE)).await;
}

/// Has the document in the form's frame navigate to this URL.
pub(crate) async fn go_in_frame(tab: &Tab, url: &str) {
    let go = format!("setTimeout(() => location.assign({url:?}))");
    run_in_frame(tab, "iframe", &go).await;
}

/// A window that posts what only the form may post.
enum Sender {
    /// A frame with these properties, beside the form's.
    Frame(Value),
    /// A window that the page has opened at this URL.
    Popup(String),
    /// The page's own window.
    Page,
    /// The page's own window, with events that a script created.
    MakesUp,
}

/// Returns a frame at this URL.
fn frame(src: &str) -> Sender {
    Sender::Frame(json!({ "src": src }))
}

/// Returns the URL of a page on another site than the shop's, which is on localhost.
pub(crate) fn other_site(site: &TestSite) -> String {
    site.url("/another.html").replace("localhost", "127.0.0.1")
}

/// Has the proxy answer the next request with the other page.
fn plan_another_page(site: &TestSite) {
    let page = PlannedResponse::Replaced(200, "text/html", ANOTHER_PAGE.to_owned());
    site.proxy.plan("/another.html", page);
}

async fn is_not_heard(context: &TestContext, senders: impl Fn(&TestSite) -> Vec<Sender>) {
    let site = late_form::site(context);
    context
        .browse(async |tab| {
            open(tab, &site).await;
            let senders = Senders::arrive(tab, &site, senders(&site)).await;
            senders.forge(tab).await;
            late_form::say_ready(tab).await;
            tab.find_state("ready").await;
            senders.forge(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find_state("saved").await;
            senders.forge(tab).await;
            senders.leave(tab).await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// Windows that know everything that the page knows about its form.
struct Senders {
    senders: Vec<Sender>,
    request_id: String,
}

impl Senders {
    async fn arrive(tab: &Tab, site: &TestSite, senders: Vec<Sender>) -> Self {
        late_form::wait_for(tab).await;
        let count = "
            window.forged = 0;
            addEventListener('message', (event) => {
                if (!event.isTrusted || event.source !== findDeep('iframe').contentWindow)
                    window.forged++;
            });";
        tab.run_as_page(count).await;
        for (number, sender) in senders.iter().enumerate() {
            sender.arrive(tab, site, number).await;
        }
        let form_url = tab.form_url().await;
        Self {
            senders,
            request_id: form_url.request().request_id().to_string(),
        }
    }

    /// Has each window post all messages, and waits until the page has received them.
    async fn forge(&self, tab: &Tab) {
        tab.run_as_page("window.forged = 0").await;
        for (number, sender) in self.senders.iter().enumerate() {
            sender.forge(tab, number, &self.request_id).await;
        }
        let all = MESSAGES * self.senders.len();
        let received = format!("return window.forged === {all}");
        tab.until(&received).await;
        let reads = tab.run("return window.reads ?? 0").await;
        assert_eq!(reads, 0, "an event that a script created was read");
    }

    async fn leave(&self, tab: &Tab) {
        for sender in &self.senders {
            if matches!(sender, Sender::Popup(_)) {
                close_popup(tab).await;
            }
        }
    }
}

impl Sender {
    async fn arrive(&self, tab: &Tab, site: &TestSite, number: usize) {
        match self {
            Self::Frame(properties) => {
                plan_another_page(site);
                let insert = format!(
                    "const frame = document.createElement('iframe');
                     frame.id = 'sender-{number}';
                     frame.onload = () => frame.dataset.loaded = '';
                     Object.assign(frame, {properties});
                     document.body.append(frame);"
                );
                tab.run(&insert).await;
                let loaded = format!("#sender-{number}[data-loaded]");
                tab.find(&loaded).await;
            }
            Self::Popup(url) => {
                plan_another_page(site);
                let link = format!(
                    "const link = document.createElement('a');
                     Object.assign(link, {{ id: 'open', rel: 'opener', target: '_blank' }});
                     link.href = {url:?};
                     link.textContent = 'open';
                     document.body.prepend(link);"
                );
                tab.run(&link).await;
                tab.click("#open").await;
                tab.run("document.querySelector('#open').remove()").await;
                let page = tab.enter_popup().await;
                let loaded = format!("return location.href === {url:?}");
                tab.until(&loaded).await;
                tab.driver.switch_to_window(page).await.unwrap();
            }
            Self::Page | Self::MakesUp => {}
        }
    }

    async fn forge(&self, tab: &Tab, number: usize, request_id: &str) {
        let forge = FORGE.replace("REQUEST_ID", request_id);
        match self {
            Self::Frame(_) => {
                run_in_frame(tab, &format!("#sender-{number}"), &forge).await;
            }
            Self::Popup(_) => {
                let page = tab.enter_popup().await;
                tab.run(&forge).await;
                tab.driver.switch_to_window(page).await.unwrap();
            }
            Self::Page => tab.run_as_page(&format!("{{ {forge} }}")).await,
            Self::MakesUp => {
                let make_up = MAKE_UP.replace("REQUEST_ID", request_id);
                tab.run_as_page(&make_up).await;
            }
        }
    }
}

async fn run_in_frame(tab: &Tab, selector: &str, script: &str) {
    tab.find(selector).await.enter_frame().await.unwrap();
    tab.run(script).await;
    tab.leave_form().await;
}

async fn close_popup(tab: &Tab) {
    let page = tab.enter_popup().await;
    tab.driver.close_window().await.unwrap();
    tab.driver.switch_to_window(page).await.unwrap();
}
