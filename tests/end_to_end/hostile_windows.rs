//! Windows that are not the form's say all that a form says: before it is ready, after that, and after
//! a card is saved. None of it is heard, and the card that the customer saves is told once.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, Tab, TestContext, TestSite};
use serde_json::{Value, json};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::timeline;

const FORGE: &str = include_str!("../pages/hostile/forge.js");
const MAKE_UP: &str = include_str!("../pages/hostile/make-up.js");
const STRANGER: &str = include_str!("../pages/hostile/stranger.html");
/// How many messages [`FORGE`] and [`MAKE_UP`] have.
const MESSAGES: usize = 7;

pub(crate) async fn a_frame_of_another_site_is_not_heard(context: TestContext) {
    let other_site = |site: &TestSite| vec![frame(&other_site(site))];
    is_not_heard(&context, other_site).await;
}

pub(crate) async fn a_frame_of_the_pages_own_origin_is_not_heard(context: TestContext) {
    let own = |site: &TestSite| vec![frame(&site.url("/stranger.html"))];
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
            Stranger::Frame(json!({"src": form, "sandbox": "allow-scripts"})),
            frame("data:text/html,<title>data</title>"),
            Stranger::Frame(json!({"srcdoc": "<title>srcdoc</title>", "sandbox": "allow-scripts"})),
        ]
    };
    is_not_heard(&context, opaque).await;
}

pub(crate) async fn a_popup_is_not_heard(context: TestContext) {
    let popup = |site: &TestSite| vec![Stranger::Popup(other_site(site))];
    is_not_heard(&context, popup).await;
}

pub(crate) async fn a_popup_of_the_forms_origin_is_not_heard(context: TestContext) {
    let popup = |site: &TestSite| vec![Stranger::Popup(format!("{}/healthz", site.sandbox_url()))];
    is_not_heard(&context, popup).await;
}

pub(crate) async fn the_page_itself_is_not_heard(context: TestContext) {
    is_not_heard(&context, |_| vec![Stranger::Page]).await;
}

/// A script of the page's own can name the form's window as an event's source, but not have the
/// browser vouch for it.
pub(crate) async fn events_that_a_script_made_up_are_not_read(context: TestContext) {
    is_not_heard(&context, |_| vec![Stranger::MakesUp]).await;
}

/// The window is the form's, and its origin no longer is.
pub(crate) async fn the_forms_frame_gone_to_another_site_is_not_heard(context: TestContext) {
    let site = late_form::site(&context);
    context
        .browse(async |tab| {
            open(tab, &site).await;
            late_form::say_ready(tab).await;
            tab.find_state("ready").await;
            let form_url = tab.form_url().await;
            let request_id = form_url.request().request_id().to_string();
            let heed = "
                window.forged = 0;
                addEventListener('message', () => window.forged++);";
            tab.run_as_page(heed).await;
            plan_stranger(&site);
            go_in_frame(tab, &other_site(&site)).await;
            tab.find_state("loading").await;
            let forge = FORGE.replace("REQUEST_ID", &request_id);
            run_in_frame(tab, "iframe", &forge).await;
            let heard = format!("return window.forged === {MESSAGES}");
            tab.until(&heard).await;
            go_in_frame(tab, &form_url.form_url().to_text()).await;
            late_form::say_ready(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(tab, &["ready", "ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// Opens the page, with frames and scripts of any kind.
async fn open(tab: &Tab, site: &TestSite) {
    site.proxy.plan("/", PlannedResponse::WithoutPolicy);
    tab.go(&site.url(PATIENT_PAGE)).await;
}

/// Has the form's frame leave for this address by itself.
pub(crate) async fn go_in_frame(tab: &Tab, url: &str) {
    let go = format!("setTimeout(() => location.assign({url:?}))");
    run_in_frame(tab, "iframe", &go).await;
}

/// Who says what only the form may say.
enum Stranger {
    /// A frame with these properties beside the form's.
    Frame(Value),
    /// A window that the page has opened at this address.
    Popup(String),
    /// The page's own window.
    Page,
    /// The page's own window, as if the form had.
    MakesUp,
}

/// A stranger whose frame is at this address.
fn frame(src: &str) -> Stranger {
    Stranger::Frame(json!({ "src": src }))
}

/// A page of another site than the shop's, which is on localhost.
pub(crate) fn other_site(site: &TestSite) -> String {
    site.url("/stranger.html").replace("localhost", "127.0.0.1")
}

/// Has the front show the stranger's page to the next that asks.
fn plan_stranger(site: &TestSite) {
    let page = PlannedResponse::Replaced(200, "text/html", STRANGER.to_owned());
    site.proxy.plan("/stranger.html", page);
}

async fn is_not_heard(context: &TestContext, strangers: impl Fn(&TestSite) -> Vec<Stranger>) {
    let site = late_form::site(context);
    context
        .browse(async |tab| {
            open(tab, &site).await;
            let strangers = Strangers::arrive(tab, &site, strangers(&site)).await;
            strangers.forge(tab).await;
            late_form::say_ready(tab).await;
            tab.find_state("ready").await;
            strangers.forge(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find_state("saved").await;
            strangers.forge(tab).await;
            strangers.leave(tab).await;
            timeline::assert_all(tab, &["ready", "saved"]).await;
            assert_saved(tab, &site).await;
        })
        .await;
}

/// Strangers that know all that the page knows of its form.
struct Strangers {
    strangers: Vec<Stranger>,
    request_id: String,
}

impl Strangers {
    async fn arrive(tab: &Tab, site: &TestSite, strangers: Vec<Stranger>) -> Self {
        late_form::wait_for(tab).await;
        let count = "
            window.forged = 0;
            addEventListener('message', (event) => {
                if (!event.isTrusted || event.source !== document.querySelector('iframe').contentWindow)
                    window.forged++;
            });";
        tab.run_as_page(count).await;
        for (number, stranger) in strangers.iter().enumerate() {
            stranger.arrive(tab, site, number).await;
        }
        let form_url = tab.form_url().await;
        Self {
            strangers,
            request_id: form_url.request().request_id().to_string(),
        }
    }

    /// Each says everything, and the page has heard it when this is over.
    async fn forge(&self, tab: &Tab) {
        tab.run_as_page("window.forged = 0").await;
        for (number, stranger) in self.strangers.iter().enumerate() {
            stranger.forge(tab, number, &self.request_id).await;
        }
        let all = MESSAGES * self.strangers.len();
        let heard = format!("return window.forged === {all}");
        tab.until(&heard).await;
        let reads = tab.run("return window.reads ?? 0").await;
        assert_eq!(reads, 0, "what a script made up was read");
    }

    async fn leave(&self, tab: &Tab) {
        for stranger in &self.strangers {
            if matches!(stranger, Stranger::Popup(_)) {
                close_popup(tab).await;
            }
        }
    }
}

impl Stranger {
    async fn arrive(&self, tab: &Tab, site: &TestSite, number: usize) {
        match self {
            Self::Frame(properties) => {
                plan_stranger(site);
                let insert = format!(
                    "const frame = document.createElement('iframe');
                     frame.id = 'stranger-{number}';
                     frame.onload = () => frame.dataset.loaded = '';
                     Object.assign(frame, {properties});
                     document.body.append(frame);"
                );
                tab.run(&insert).await;
                let loaded = format!("#stranger-{number}[data-loaded]");
                tab.find(&loaded).await;
            }
            Self::Popup(url) => {
                plan_stranger(site);
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
                run_in_frame(tab, &format!("#stranger-{number}"), &forge).await;
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
