//! The button `<pantoken-redirect>`: to a2c's page and back, and to a page that takes a form by `POST`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawForm, State};
use axum::http::HeaderMap;
use axum::response::Html;
use axum::routing::post;
use pantoken_tests::{GOOD_NUMBER, PlannedResponse, SiteOptions, Tab, TestContext, TestSite};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::sync::watch;

use crate::stage;

const CREATE: &str = "POST /v1/sessions";
/// What the customer sees of the button: its label, its state, and whether it can be pressed.
const SEEN: &str = "
    const button = pay.shadowRoot.querySelector('button');
    const label = button.querySelector('slot').hidden ? button.innerText : pay.innerText;
    const { innerText: status } = pay.shadowRoot.querySelector('[role=status]');
    return [label, pay.state, status, button.ariaDisabled ?? button.getAttribute('aria-disabled')];";

/// Opens an empty page, and adds a button to it.
async fn open(tab: &Tab, site: &TestSite, attributes: &Value) {
    stage::open_at(tab, &site.url("/stage.html?cart=5#pay")).await;
    insert(tab, attributes).await;
}

async fn insert(tab: &Tab, attributes: &Value) {
    tab.run(&format!(
        "const button = document.createElement('pantoken-redirect');
         button.id = 'pay';
         button.textContent = 'Pay';
         for (const [name, value] of Object.entries({attributes})) button.setAttribute(name, value);
         button.addEventListener('pantoken-error', ({{ type, detail }}) => emitted.push({{ id: 'pay', type, ...detail }}));
         document.querySelector('main').append(button);"
    ))
    .await;
}

/// Presses the button as the keyboard does: a driver takes a label that is slotted for something in its way.
async fn press(tab: &Tab) {
    tab.run("pay.focus()").await;
    // To whatever has the focus: Firefox's driver sends no keys to an element whose button is in a shadow root.
    let keys = tab.driver.action_chain().send_keys(Key::Enter + "");
    keys.perform().await.unwrap();
}

pub(crate) async fn it_leads_to_the_providers_page_and_back(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let attributes = json!({ "session-url": "/v1/sessions", "language": "en" });
            open(tab, &site, &attributes).await;
            assert_eq!(tab.run(SEEN).await, json!(["Pay", "idle", "", "false"]));
            assert_eq!(site.proxy.count(CREATE), 0);
            press(tab).await;
            tab.find("body[data-state=ready]").await;
            assert_eq!(site.proxy.count(CREATE), 1);
            tab.save(GOOD_NUMBER).await;
            tab.until("return location.pathname === '/stage.html'")
                .await;
            let address = tab.driver.current_url().await.unwrap();
            let query = address.query().unwrap();
            assert!(query.contains("status=saved"), "{address}");
            assert!(!address.as_str().contains("cart"), "{address}");
        })
        .await;
}

/// By the keyboard: the button keeps the focus while it is busy, and a press of it then does nothing.
pub(crate) async fn a_failure_is_told_in_each_language_and_a_press_tries_again(
    context: TestContext,
) {
    let site = context.site();
    let texts = [
        ("ru", "Попробовать снова", "Сейчас сохранить карту нельзя."),
        ("en", "Try again", "The card cannot be saved right now."),
        ("kz", "Қайталап көру", "Картаны қазір сақтау мүмкін емес."),
    ];
    context
        .browse(async |tab| {
            for (language, retry, text) in texts {
                let attributes = json!({ "session-url": "/v1/sessions", "language": language });
                open(tab, &site, &attributes).await;
                let down = json!({ "code": "DOWN", "detail": "later" }).to_string();
                let down = PlannedResponse::Replaced(503, "application/problem+json", down);
                site.proxy.plan("/v1/sessions", down);
                let before = site.proxy.count(CREATE);
                press(tab).await;
                stage::wait_for(tab, "pay", "pantoken-error", 1).await;
                let error = &stage::events(tab, "pay").await[0];
                assert_eq!(
                    (&error["code"], &error["problem"]["status"]),
                    (&"SESSION_FAILED".into(), &503.into())
                );
                let seen = tab.run(SEEN).await;
                assert_eq!((&seen[0], &seen[1]), (&retry.into(), &"failed".into()));
                assert!(seen[2].as_str().unwrap().starts_with(text), "{seen}");
                assert_eq!(seen[3], "false");
                let focused = "return pay.shadowRoot.activeElement?.localName";
                assert_eq!(tab.run(focused).await, "button");
                press(tab).await;
                tab.find("body[data-state=ready]").await;
                assert_eq!(site.proxy.count(CREATE), before + 2);
            }
        })
        .await;
}

pub(crate) async fn a_page_from_the_back_forward_cache_has_a_button_that_works(
    context: TestContext,
) {
    let site = context.site();
    let restore = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    context
        .browse(async |tab| {
            let attributes = json!({ "session-url": "/v1/sessions", "language": "en" });
            open(tab, &site, &attributes).await;
            let gate = pantoken_tests::Gate::closed();
            site.proxy
                .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
            press(tab).await;
            site.proxy.wait_for(CREATE, 1).await;
            let busy = tab.run(SEEN).await;
            assert_eq!((&busy[1], &busy[3]), (&"loading".into(), &"true".into()));
            press(tab).await;
            tab.run(restore).await;
            assert_eq!(tab.run(SEEN).await, json!(["Pay", "idle", "", "false"]));
            gate.open();
            press(tab).await;
            tab.find("body[data-state=ready]").await;
            assert_eq!(site.proxy.count(CREATE), 2);
            // The real way back, by the cache or by a new load.
            tab.driver.back().await.unwrap();
            tab.until("return 'makeForm' in window").await;
        })
        .await;
}

/// What arrives at the provider's page: the content type, and the fields in their order.
type Arrived = (String, Vec<u8>);

/// The provider's page.
async fn provider() -> (String, watch::Receiver<Option<Arrived>>) {
    let (sender, receiver) = watch::channel(None);
    let arrive = async |State(sender): State<Arc<watch::Sender<Option<Arrived>>>>,
                        headers: HeaderMap,
                        RawForm(body): RawForm| {
        let kind = headers["content-type"].to_str().unwrap().to_owned();
        sender.send_replace(Some((kind, body.to_vec())));
        Html("<body data-state=ready>Paid")
    };
    let router = Router::new()
        .route("/paypage/initial", post(arrive))
        .with_state(Arc::new(sender));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    (format!("http://{address}/paypage/initial"), receiver)
}

fn qiwi_pay(form_url: &str) -> Value {
    json!({
        "form": "qiwi-pay",
        "requestId": "order-1",
        "method": "POST",
        "formUrl": form_url,
        // In the order of their names, and with those of a form's own properties.
        "fields": {
            "action": "1",
            "amount": "10.00",
            "append": "a+b/c==",
            "email": "",
            "product_name": "Чай «Ассам» & <b> %41",
            "remove": "+",
            "submit": "9c87",
        },
    })
}

pub(crate) async fn a_form_arrives_with_exactly_its_fields(context: TestContext) {
    let site = context.site();
    let (form_url, mut arrived) = provider().await;
    let answer = qiwi_pay(&form_url);
    let expected = "action=1&amount=10.00&append=a%2Bb%2Fc%3D%3D&email=\
        &product_name=%D0%A7%D0%B0%D0%B9+%C2%AB%D0%90%D1%81%D1%81%D0%B0%D0%BC%C2%BB+%26+%3Cb%3E+%2541\
        &remove=%2B&submit=9c87";
    context
        .browse(async |tab| {
            for attributes in [
                json!({ "session-url": "/pay" }),
                json!({ "session": answer.to_string() }),
            ] {
                site.proxy
                    .plan("/stage.html", PlannedResponse::WithoutPolicy);
                let created = answer.to_string();
                let created = PlannedResponse::Replaced(201, "application/json", created);
                site.proxy.plan("/pay", created);
                open(tab, &site, &attributes).await;
                press(tab).await;
                tab.find("body[data-state=ready]").await;
                arrived.changed().await.unwrap();
                let (kind, body) = arrived.borrow_and_update().clone().unwrap();
                assert_eq!(kind, "application/x-www-form-urlencoded");
                assert_eq!(String::from_utf8(body).unwrap(), expected);
            }
        })
        .await;
}

/// The pages of a server without qiwi-pay may post no form anywhere.
pub(crate) async fn a_policy_that_forbids_its_form_is_an_error(context: TestContext) {
    let site = context.site();
    let (form_url, arrived) = provider().await;
    context
        .browse(async |tab| {
            let session = qiwi_pay(&form_url).to_string();
            open(tab, &site, &json!({ "session": session })).await;
            press(tab).await;
            stage::wait_for(tab, "pay", "pantoken-error", 1).await;
            let error = &stage::events(tab, "pay").await[0];
            assert_eq!(
                (&error["code"], &error["requestId"]),
                (&"FRAME_BLOCKED".into(), &"order-1".into())
            );
            assert!(arrived.borrow().is_none());
            tab.until("return !pay.shadowRoot.querySelector('input')")
                .await;
        })
        .await;
}

/// Fills a test card into the form of the sandbox, and pays.
async fn pay_with(tab: &Tab, test_card: &str) {
    tab.find("body[data-state=ready]").await;
    tab.click("#test-cards summary").await;
    tab.click(test_card).await;
    tab.click("#pay").await;
}

/// On pages of `pantoken serve`, with the policy that it sends: from the button over the sandbox's form to an order that
/// is paid, in two attempts of which one is declined and the other asks for 3-D Secure.
pub(crate) async fn a_customer_pays_by_the_form_of_qiwi_pay(context: TestContext) {
    let site = TestSite::open(SiteOptions {
        has_qiwi_pay: true,
        ..context.page.options()
    });
    context
        .browse(async |tab| {
            let form = site.create_qiwi_pay_form("order-7").await;
            let created = PlannedResponse::Replaced(201, "application/json", form.to_string());
            site.proxy.plan("/pay", created);
            let attributes = json!({ "session-url": "/pay", "language": "en" });
            open(tab, &site, &attributes).await;
            press(tab).await;
            tab.find("#card-number").await;
            let address = tab.driver.current_url().await.unwrap();
            assert!(
                address.as_str().starts_with(site.qiwi_pay_url()),
                "{address}"
            );
            tab.go(&format!("{address}&lang=en")).await;
            tab.find("body[data-state=ready]").await;
            assert!(tab.text("#comment").await.contains("order-7"));
            pay_with(tab, "[data-expiry='02/34']").await;
            tab.find("body[data-state=error]").await;
            assert!(tab.text("#message").await.contains("declined"));
            tab.click("#again").await;
            pay_with(tab, "[data-holder='unknown name']").await;
            tab.click("#confirm").await;
            tab.find("body[data-state=saved]").await;
            assert_eq!(tab.text("#message").await, "Paid");
            assert_eq!(tab.text("#amount").await, "9.50 ₽");
            site.qiwi_pay_in_state("order-7", "captured").await;
        })
        .await;
}

pub(crate) async fn it_goes_to_no_other_scheme_and_no_other_origin(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let addresses = [
                "javascript:document.title='evil'",
                "data:text/html,evil",
                "http://evil.example/",
                "https://evil.example/",
            ];
            for address in addresses {
                for form in ["a2c", "payin", "qiwi-pay"] {
                    let mut answer = qiwi_pay(address);
                    answer["form"] = form.into();
                    let answer = answer.to_string();
                    let planned = PlannedResponse::Replaced(201, "application/json", answer);
                    site.proxy.plan("/pay", planned);
                    tab.run("emitted.length = 0; document.querySelector('#pay')?.remove()")
                        .await;
                    insert(tab, &json!({ "session-url": "/pay" })).await;
                    press(tab).await;
                    stage::wait_for(tab, "pay", "pantoken-error", 1).await;
                    let error = &stage::events(tab, "pay").await[0];
                    assert_eq!(error["code"], "INVALID_FORM_URL", "{form} {address}");
                }
            }
            assert_eq!(tab.run("return document.title").await, "pantoken");
            assert_eq!(tab.run("return location.pathname").await, "/stage.html");
        })
        .await;
}

/// Nothing is said before the customer wants to go; then a press loads the module again.
pub(crate) async fn without_its_module_it_says_so_when_it_is_pressed(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let gone = || PlannedResponse::Replaced(404, "text/plain", String::new());
            let module = stage::REDIRECT_MODULE;
            stage::open(tab, &site).await;
            site.proxy.plan(module, gone());
            insert(
                tab,
                &json!({ "session-url": "/v1/sessions", "language": "en" }),
            )
            .await;
            site.proxy.wait_for(module, 1).await;
            assert_eq!(tab.run(SEEN).await, json!(["Pay", "idle", "", "false"]));
            site.proxy.plan(module, gone());
            press(tab).await;
            stage::wait_for(tab, "pay", "pantoken-error", 1).await;
            assert_eq!(stage::events(tab, "pay").await[0]["code"], "LOAD_FAILED");
            let seen = tab.run(SEEN).await;
            assert_eq!(
                (&seen[0], &seen[1], &seen[3]),
                (&"Try again".into(), &"failed".into(), &"false".into())
            );
            press(tab).await;
            tab.find("body[data-state=ready]").await;
        })
        .await;
}
