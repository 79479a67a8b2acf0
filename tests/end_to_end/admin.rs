//! The pages for operators, in a browser.

use pantoken_core::Secret;
use pantoken_store::{
    Database, DatabaseUrl, Digest, Fact, NewEvent, NewOperation, OperationChange,
    OperationCreation, OperationStore, Outbox, Progress, StoreOptions,
};
use pantoken_tests::{ADMIN_KEY, API_KEY, Screen, SiteOptions, Tab, TestContext, TestSite};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::accessibility::{axe, check};
use crate::layout::picture;

/// 2025-06-01T12:00:00Z
const LONG_AGO: i64 = 1_748_779_200_000;

pub(crate) async fn axe_finds_nothing_and_nothing_is_wider_than_the_screen(context: TestContext) {
    let axe = axe();
    let mut site = open(&context);
    look(&context, &site, &axe, "empty").await;
    fill(&mut site).await;
    look(&context, &site, &axe, "full").await;
}

/// Looks at every page on screens of each size, in each language, in light and dark.
async fn look(context: &TestContext, site: &TestSite, axe: &str, name: &str) {
    let admin = site.admin_url();
    for (width, prefers_dark, language) in [
        (320, false, "ru"),
        (320, true, "kz"),
        (768, false, "kz"),
        (768, true, "en"),
        (1280, false, "en"),
        (1280, true, "ru"),
    ] {
        let screen = Screen {
            width,
            height: 900,
            prefers_dark,
        };
        let looked = context.browse_on(screen, async |tab| {
            let dark = if prefers_dark { "-dark" } else { "" };
            let see = async |page: &str| {
                let place = format!("admin-{name}-{width}-{language}{dark}-{page}");
                tab.find("h1").await;
                check(tab, axe, &place).await;
                assert_fits(tab, &place).await;
                picture(tab, &place).await;
            };
            tab.go(&format!("{admin}?lang={language}")).await;
            see("sign-in").await;
            sign_in(tab, "a-wrong-key").await;
            tab.find("[role=alert]").await;
            see("wrong-key").await;
            sign_in(tab, ADMIN_KEY).await;
            tab.find(".tiles").await;
            see("overview").await;
            for (page, path) in [
                ("sessions", "/sessions"),
                ("sessions-filtered", "/sessions?state=failed"),
                ("operations", "/operations"),
                ("webhooks", "/webhooks"),
                ("webhooks-pending", "/webhooks?state=pending"),
                ("not-found", "/no-such-page"),
            ] {
                tab.go(&format!("{admin}{path}")).await;
                see(page).await;
            }
            if name == "full" {
                for (page, list) in [("session", "/sessions"), ("operation", "?")] {
                    tab.go(&format!("{admin}{list}")).await;
                    tab.click("tbody a").await;
                    tab.find("dl").await;
                    see(page).await;
                }
            }
            tab.driver.delete_all_cookies().await.unwrap();
        });
        looked.await;
    }
}

pub(crate) async fn an_operator_needs_no_mouse(context: TestContext) {
    let mut site = open(&context);
    fill(&mut site).await;
    let admin = site.admin_url();
    let used = context.browse(async |tab| {
        tab.go(&format!("{admin}/webhooks?lang=en")).await;
        tab.find("#key").await.focus().await.unwrap();
        tab.type_keys(ADMIN_KEY).await;
        tab.type_keys(Key::Enter).await;
        // The page that was asked for, with the one webhook that was given up.
        focus_by_keys(tab, "td button").await;
        tab.type_keys(Key::Enter).await;
        let told = tab.text("[role=status]").await;
        assert!(
            told.starts_with("The webhook will be sent again."),
            "{told}"
        );
        tab.find(".empty").await;

        tab.go(&admin).await;
        focus_by_keys(tab, "tbody a").await;
        tab.type_keys(Key::Enter).await;
        focus_by_keys(tab, ".act button").await;
        tab.type_keys(Key::Enter).await;
        let told = tab.text("[role=status]").await;
        assert!(told.starts_with("The provider will be asked"), "{told}");
        let heard = tab.text(".history").await;
        assert!(
            heard.contains("operator") && heard.contains("retried at"),
            "{heard}"
        );

        focus_by_keys(tab, "header button").await;
        tab.type_keys(Key::Enter).await;
        tab.find("#key").await;
        tab.go(&admin).await;
        tab.find("#key").await;
        assert_eq!(tab.console().await, Vec::<String>::new());
    });
    used.await;
}

/// Presses the tabulator until this element has the focus.
async fn focus_by_keys(tab: &Tab, selector: &str) {
    tab.find(selector).await;
    let has_focus = format!("return document.activeElement.matches({selector:?})");
    for _ in 0..60 {
        if tab.run(&has_focus).await == true {
            return;
        }
        tab.type_keys(Key::Tab).await;
    }
    panic!("{selector} is not reached by the keyboard");
}

fn open(context: &TestContext) -> TestSite {
    TestSite::open(SiteOptions {
        has_admin: true,
        has_payin: true,
        ..context.page.options()
    })
}

async fn sign_in(tab: &Tab, key: &str) {
    tab.find("#key").await.send_keys(key).await.unwrap();
    tab.click("main button").await;
}

async fn assert_fits(tab: &Tab, place: &str) {
    let widths = "return [document.documentElement.scrollWidth, innerWidth]";
    let page = tab.run(widths).await;
    assert!(page[0].as_u64() <= page[1].as_u64(), "{place}: {page}");
}

/// Fills the database with what there is to look at. Operations and webhooks are written while no server runs, which
/// would ask about them.
async fn fill(site: &mut TestSite) {
    let failed = create_session(site, &json!({"flow": "iframe", "customer": "order 7"})).await;
    let error = json!({"errorCode": "INVALID_PAN", "errorMessage": "wrong"});
    report(site, &failed, &error).await;
    let saved = create_session(site, &json!({"flow": "iframe", "customer": "order 8"})).await;
    report(site, &saved, &json!({"panToken": "pan-token-of-tests"})).await;
    create_session(site, &json!({"flow": "iframe"})).await;
    site.kill_server();
    let file = site.folder().join("pantoken.db");
    let url = DatabaseUrl::parse(&format!("sqlite://{}", file.display())).unwrap();
    let options = StoreOptions {
        outbox: true,
        ..StoreOptions::default()
    };
    let store = Database::open(&url, options).await.unwrap();
    for (id, state, attention) in [
        ("order-2025-06-01-000117", "captured", None),
        ("order-2025-06-01-000118", "pending", Some("DEADLINE")),
        (
            "order-2025-06-01-000119",
            "declined",
            Some("AMOUNT_MISMATCH"),
        ),
    ] {
        create_payment(&store, id, state, attention).await;
    }
    let mut due = store
        .claim_deliveries(LONG_AGO, LONG_AGO, 10)
        .await
        .unwrap();
    let (given_up, later) = (due.pop().unwrap(), due.pop().unwrap());
    let reason = || "answered 500".to_owned();
    assert!(store.mark_dead(given_up.claim(), reason()).await.unwrap());
    let postponed = store.reschedule_delivery(later.claim(), LONG_AGO + 60_000, reason());
    assert!(postponed.await.unwrap());
    store.close().await;
    site.start_server();
}

async fn create_session(site: &TestSite, body: &Value) -> Value {
    let call = site.http().post(site.url("/v1/sessions"));
    let answer = call.bearer_auth(API_KEY).json(body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

async fn report(site: &TestSite, session: &Value, result: &Value) {
    let id = session["requestId"].as_str().unwrap();
    let call = site
        .http()
        .post(site.url(&format!("/v1/sessions/{id}/result")));
    let token = session["resultToken"].as_str().unwrap();
    let answer = call.bearer_auth(token).json(result).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// Creates a payment that nobody asks about, and what was heard and told of it.
async fn create_payment(store: &Database, id: &str, state: &str, attention: Option<&str>) {
    let data = json!({
        "customer": "customer-7", "paymentToken": "payment-token-of-tests",
        "amount": {"value": "12500.00", "currency": "RUB"}, "capture": true, "comment": null,
        "state": state, "reason": null, "captured": 0, "refunded": 0,
    });
    let progress = Progress::new(state, Secret::new(&data.to_string()));
    let new = NewOperation {
        kind: "payin.payment".to_owned(),
        key: id.to_owned(),
        parent: None,
        customer: Some("customer-7".to_owned()),
        created_by: None,
        fingerprint: Digest::of(id.as_bytes()),
        progress: progress.clone(),
        created_at: LONG_AGO,
        leased_until: None,
        deadline_at: None,
    };
    let created = store.create_operation(new).await.unwrap();
    let OperationCreation::Created(operation) = created else {
        panic!("{id}: {created:?}");
    };
    let kind = if attention.is_some() {
        "attention"
    } else {
        state
    };
    let change = OperationChange {
        id: operation.id,
        kind: operation.kind.clone(),
        key: operation.key.clone(),
        version: operation.version,
        progress: Progress {
            is_final: state != "pending",
            attention: attention.map(str::to_owned),
            ..progress
        },
        is_progress: true,
        fact: Some(Fact {
            source: "provider".to_owned(),
            text: format!("the provider says {state}"),
        }),
        events: vec![NewEvent {
            id: format!("event-{id}"),
            kind: format!("payin.payment.{kind}"),
            body: Secret::new("{}"),
        }],
        creates: Vec::new(),
        wakes: Vec::new(),
        now: LONG_AGO,
    };
    assert!(store.change_operation(change).await.unwrap().is_some());
}
