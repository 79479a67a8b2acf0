//! Windows that are not the form's say all that a form says: before it is ready, after that, and after
//! a card is saved. None of it is heard, and the card that the customer saves is told once.

use pantoken_tests::{Answer, Customer, GOOD_NUMBER, Scene, Shop};
use serde_json::{Value, json};

use crate::iframe_flow::assert_saved;
use crate::late_form::{self, PATIENT_PAGE};
use crate::timeline;

const FORGE: &str = include_str!("../pages/hostile/forge.js");
const MAKE_UP: &str = include_str!("../pages/hostile/make-up.js");
const STRANGER: &str = include_str!("../pages/hostile/stranger.html");
/// How many messages [`FORGE`] and [`MAKE_UP`] have.
const MESSAGES: usize = 7;

pub(crate) async fn a_frame_of_another_site_is_not_heard(scene: Scene) {
    let other_site = |shop: &Shop| vec![frame(&other_site(shop))];
    is_not_heard(&scene, other_site).await;
}

pub(crate) async fn a_frame_of_the_pages_own_origin_is_not_heard(scene: Scene) {
    let own = |shop: &Shop| vec![frame(&shop.url("/stranger.html"))];
    is_not_heard(&scene, own).await;
}

pub(crate) async fn another_frame_of_the_forms_origin_is_not_heard(scene: Scene) {
    let form = |shop: &Shop| vec![frame(&format!("{}/healthz", shop.sandbox_url()))];
    is_not_heard(&scene, form).await;
}

pub(crate) async fn a_frame_without_an_origin_is_not_heard(scene: Scene) {
    let opaque = |shop: &Shop| {
        let form = format!("{}/healthz", shop.sandbox_url());
        vec![
            Stranger::Frame(json!({"src": form, "sandbox": "allow-scripts"})),
            frame("data:text/html,<title>data</title>"),
            Stranger::Frame(json!({"srcdoc": "<title>srcdoc</title>", "sandbox": "allow-scripts"})),
        ]
    };
    is_not_heard(&scene, opaque).await;
}

pub(crate) async fn a_popup_is_not_heard(scene: Scene) {
    let popup = |shop: &Shop| vec![Stranger::Popup(other_site(shop))];
    is_not_heard(&scene, popup).await;
}

pub(crate) async fn a_popup_of_the_forms_origin_is_not_heard(scene: Scene) {
    let popup = |shop: &Shop| vec![Stranger::Popup(format!("{}/healthz", shop.sandbox_url()))];
    is_not_heard(&scene, popup).await;
}

pub(crate) async fn the_page_itself_is_not_heard(scene: Scene) {
    is_not_heard(&scene, |_| vec![Stranger::Page]).await;
}

/// A script of the page's own can name the form's window as an event's source, but not have the
/// browser vouch for it.
pub(crate) async fn events_that_a_script_made_up_are_not_read(scene: Scene) {
    is_not_heard(&scene, |_| vec![Stranger::MakesUp]).await;
}

/// The window is the form's, and its origin no longer is.
pub(crate) async fn the_forms_frame_gone_to_another_site_is_not_heard(scene: Scene) {
    let shop = late_form::shop(&scene);
    scene
        .browse(async |customer| {
            open(customer, &shop).await;
            late_form::say_ready(customer).await;
            customer.find_state("ready").await;
            let form_url = customer.form_url().await;
            let request_id = form_url.request().request_id().to_string();
            let heed = "
                window.forged = 0;
                addEventListener('message', () => window.forged++);";
            customer.run_as_page(heed).await;
            plan_stranger(&shop);
            go_in_frame(customer, &other_site(&shop)).await;
            customer.find_state("loading").await;
            let forge = FORGE.replace("REQUEST_ID", &request_id);
            run_in_frame(customer, "iframe", &forge).await;
            let heard = format!("return window.forged === {MESSAGES}");
            customer.until(&heard).await;
            go_in_frame(customer, &form_url.form_url().to_text()).await;
            late_form::say_ready(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            timeline::assert_all(customer, &["ready", "ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

/// Opens the page, with frames and scripts of any kind.
async fn open(customer: &Customer, shop: &Shop) {
    shop.front.plan("/", Answer::WithoutPolicy);
    customer.go(&shop.url(PATIENT_PAGE)).await;
}

/// Has the form's frame leave for this address by itself.
pub(crate) async fn go_in_frame(customer: &Customer, url: &str) {
    let go = format!("setTimeout(() => location.assign({url:?}))");
    run_in_frame(customer, "iframe", &go).await;
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
pub(crate) fn other_site(shop: &Shop) -> String {
    shop.url("/stranger.html").replace("localhost", "127.0.0.1")
}

/// Has the front show the stranger's page to the next that asks.
fn plan_stranger(shop: &Shop) {
    let page = Answer::Instead(200, "text/html", STRANGER.to_owned());
    shop.front.plan("/stranger.html", page);
}

async fn is_not_heard(scene: &Scene, strangers: impl Fn(&Shop) -> Vec<Stranger>) {
    let shop = late_form::shop(scene);
    scene
        .browse(async |customer| {
            open(customer, &shop).await;
            let strangers = Strangers::arrive(customer, &shop, strangers(&shop)).await;
            strangers.forge(customer).await;
            late_form::say_ready(customer).await;
            customer.find_state("ready").await;
            strangers.forge(customer).await;
            customer.save_in_frame(GOOD_NUMBER).await;
            customer.find_state("saved").await;
            strangers.forge(customer).await;
            strangers.leave(customer).await;
            timeline::assert_all(customer, &["ready", "saved"]).await;
            assert_saved(customer, &shop).await;
        })
        .await;
}

/// Strangers that know all that the page knows of its form.
struct Strangers {
    strangers: Vec<Stranger>,
    request_id: String,
}

impl Strangers {
    async fn arrive(customer: &Customer, shop: &Shop, strangers: Vec<Stranger>) -> Self {
        late_form::wait_for(customer).await;
        let count = "
            window.forged = 0;
            addEventListener('message', (event) => {
                if (!event.isTrusted || event.source !== document.querySelector('iframe').contentWindow)
                    window.forged++;
            });";
        customer.run_as_page(count).await;
        for (number, stranger) in strangers.iter().enumerate() {
            stranger.arrive(customer, shop, number).await;
        }
        let form_url = customer.form_url().await;
        Self {
            strangers,
            request_id: form_url.request().request_id().to_string(),
        }
    }

    /// Each says everything, and the page has heard it when this is over.
    async fn forge(&self, customer: &Customer) {
        customer.run_as_page("window.forged = 0").await;
        for (number, stranger) in self.strangers.iter().enumerate() {
            stranger.forge(customer, number, &self.request_id).await;
        }
        let all = MESSAGES * self.strangers.len();
        let heard = format!("return window.forged === {all}");
        customer.until(&heard).await;
        let reads = customer.run("return window.reads ?? 0").await;
        assert_eq!(reads, 0, "what a script made up was read");
    }

    async fn leave(&self, customer: &Customer) {
        for stranger in &self.strangers {
            if matches!(stranger, Stranger::Popup(_)) {
                close_popup(customer).await;
            }
        }
    }
}

impl Stranger {
    async fn arrive(&self, customer: &Customer, shop: &Shop, number: usize) {
        match self {
            Self::Frame(properties) => {
                plan_stranger(shop);
                let insert = format!(
                    "const frame = document.createElement('iframe');
                     frame.id = 'stranger-{number}';
                     frame.onload = () => frame.dataset.loaded = '';
                     Object.assign(frame, {properties});
                     document.body.append(frame);"
                );
                customer.run(&insert).await;
                let loaded = format!("#stranger-{number}[data-loaded]");
                customer.find(&loaded).await;
            }
            Self::Popup(url) => {
                plan_stranger(shop);
                let link = format!(
                    "const link = document.createElement('a');
                     Object.assign(link, {{ id: 'open', rel: 'opener', target: '_blank' }});
                     link.href = {url:?};
                     link.textContent = 'open';
                     document.body.prepend(link);"
                );
                customer.run(&link).await;
                customer.click("#open").await;
                customer
                    .run("document.querySelector('#open').remove()")
                    .await;
                let page = customer.enter_popup().await;
                let loaded = format!("return location.href === {url:?}");
                customer.until(&loaded).await;
                customer.driver.switch_to_window(page).await.unwrap();
            }
            Self::Page | Self::MakesUp => {}
        }
    }

    async fn forge(&self, customer: &Customer, number: usize, request_id: &str) {
        let forge = FORGE.replace("REQUEST_ID", request_id);
        match self {
            Self::Frame(_) => {
                run_in_frame(customer, &format!("#stranger-{number}"), &forge).await;
            }
            Self::Popup(_) => {
                let page = customer.enter_popup().await;
                customer.run(&forge).await;
                customer.driver.switch_to_window(page).await.unwrap();
            }
            Self::Page => customer.run_as_page(&format!("{{ {forge} }}")).await,
            Self::MakesUp => {
                let make_up = MAKE_UP.replace("REQUEST_ID", request_id);
                customer.run_as_page(&make_up).await;
            }
        }
    }
}

async fn run_in_frame(customer: &Customer, selector: &str, script: &str) {
    customer.find(selector).await.enter_frame().await.unwrap();
    customer.run(script).await;
    customer.leave_form().await;
}

async fn close_popup(customer: &Customer) {
    let page = customer.enter_popup().await;
    customer.driver.close_window().await.unwrap();
    customer.driver.switch_to_window(page).await.unwrap();
}
