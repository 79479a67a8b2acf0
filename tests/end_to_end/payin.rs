//! Verifies cards by payin's hosted form: in the page, and by redirect.

use pantoken_tests::{PlannedResponse, SiteOptions, Tab, TestContext, TestSite};
use serde_json::{Value, json};

use crate::{stage, timeline};

const CARD: &str = "4256000000000003";
/// A month of expiry whose cards are verified, and one whose cards are refused.
pub(crate) const GOOD_MONTH: &str = "12/34";
pub(crate) const BAD_MONTH: &str = "02/34";
/// A security code, and one that leads to the bank's page.
pub(crate) const CODE: &str = "123";
pub(crate) const CODE_OF_3DS: &str = "849";

fn site(context: &TestContext) -> TestSite {
    TestSite::open(SiteOptions {
        has_payin: true,
        ..context.page.options()
    })
}

/// Creates a verification that the page gets when it asks for its next session, and returns its id.
async fn plan(site: &TestSite) -> String {
    let new =
        json!({"customer": "customer-7", "language": "en", "returnUrl": site.url("/?lang=en")});
    let created = site.create_verification(&new).await;
    let answer = PlannedResponse::Replaced(201, "application/json", created.to_string());
    site.proxy.plan("/v1/sessions", answer);
    created["verificationId"].as_str().unwrap().to_owned()
}

async fn open(tab: &Tab, site: &TestSite) -> String {
    let id = plan(site).await;
    tab.open_ready(&site.url("/?lang=en")).await;
    id
}

/// Fills in the form, which is the current document, and presses its button.
pub(crate) async fn pay(tab: &Tab, month: &str, code: &str) {
    for (field, text) in [
        ("#card-number", CARD),
        ("#expiry", month),
        ("#security-code", code),
        ("#holder", "TEST CARD"),
    ] {
        let field = tab.find(field).await;
        field.click().await.unwrap();
        field.send_keys(text).await.unwrap();
    }
    tab.click("#pay:not([disabled])").await;
}

pub(crate) async fn enter(tab: &Tab) {
    tab.find("iframe").await.enter_frame().await.unwrap();
    tab.find("#pay:not([disabled])").await;
}

pub(crate) async fn pay_in_frame(tab: &Tab, month: &str, code: &str) {
    enter(tab).await;
    pay(tab, month, code).await;
    tab.leave_form().await;
}

/// Checks that the card is saved, that the server has its token, and that the page has none.
async fn assert_verified(tab: &Tab, site: &TestSite, id: &str) {
    tab.find_state("saved").await;
    assert_eq!(tab.text("#request-id").await, id);
    let verification = site.verification(id).await;
    assert_eq!(verification["state"], "verified");
    let token = verification["token"]["paymentToken"].as_str().unwrap();
    let page = tab.run("return document.documentElement.outerHTML").await;
    assert!(!page.as_str().unwrap().contains(token));
    let shown = tab
        .run("return document.querySelector('#pan-token')?.textContent ?? ''")
        .await;
    assert_eq!(shown, "");
}

pub(crate) async fn a_verified_card_is_saved_and_its_token_is_the_servers_alone(
    context: TestContext,
) {
    let site = site(&context);
    context
        .browse(async |tab| {
            let id = open(tab, &site).await;
            let frame = tab.find("iframe").await;
            assert_eq!(
                frame.attr("allow").await.unwrap().as_deref(),
                Some("payment")
            );
            pay_in_frame(tab, GOOD_MONTH, CODE).await;
            assert_verified(tab, &site, &id).await;
            assert_eq!(timeline::events(tab).await, ["ready", "saved"]);
        })
        .await;
}

pub(crate) async fn a_card_is_verified_after_the_banks_page(context: TestContext) {
    let site = site(&context);
    context
        .browse(async |tab| {
            let id = open(tab, &site).await;
            enter(tab).await;
            pay(tab, GOOD_MONTH, CODE_OF_3DS).await;
            tab.click("#confirm").await;
            tab.leave_form().await;
            assert_verified(tab, &site, &id).await;
            assert_eq!(timeline::events(tab).await, ["ready", "saved"]);
        })
        .await;
}

pub(crate) async fn a_refused_card_is_told_and_another_may_be_tried(context: TestContext) {
    let site = site(&context);
    context
        .browse(async |tab| {
            let id = open(tab, &site).await;
            pay_in_frame(tab, BAD_MONTH, CODE).await;
            tab.find("#timeline [data-code=CARD_REFUSED]").await;
            tab.find_state("failed").await;
            assert_eq!(site.verification(&id).await["state"], "refused");
            let status = tab.text(".pantoken-status, [part~=status]").await;
            assert_eq!(
                status,
                "The card was not accepted. Please try another card."
            );
            assert_eq!(tab.run("return findAllDeep('iframe').length").await, 0);

            let id = plan(&site).await;
            tab.click(".pantoken-retry, [part~=retry]").await;
            tab.find_state("ready").await;
            pay_in_frame(tab, GOOD_MONTH, CODE).await;
            assert_verified(tab, &site, &id).await;
        })
        .await;
}

/// What payin's form may say.
const MESSAGES: &str =
    "['PAYMENT_SUCCEEDED', 'SUCCESS_REDIRECT', 'PAYMENT_FAILED', 'INITIALIZATION_FAILED']";

pub(crate) async fn what_another_window_says_saves_nothing(context: TestContext) {
    let site = site(&context);
    context
        .browse(async |tab| {
            let id = open(tab, &site).await;
            let other = format!("{}/validation/card?invoiceUid=another", site.payin_url());
            let insert = format!(
                "const frame = document.createElement('iframe');
                 frame.id = 'another';
                 frame.onload = () => frame.dataset.loaded = '';
                 frame.src = {other:?};
                 document.body.append(frame);
                 window.heard = 0;
                 addEventListener('message', ({{ data }}) => window.heard += {MESSAGES}.includes(data));
                 for (const message of {MESSAGES}) postMessage(message, '*');"
            );
            tab.run(&insert).await;
            let frame = tab.find("#another[data-loaded]").await;
            frame.enter_frame().await.unwrap();
            let say = format!("for (const message of {MESSAGES}) parent.postMessage(message, '*')");
            tab.run(&say).await;
            tab.leave_form().await;
            tab.until("return window.heard >= 8").await;
            assert_eq!(timeline::events(tab).await, ["ready"]);
            assert_eq!(site.verification(&id).await["state"], "created");

            pay_in_frame(tab, GOOD_MONTH, CODE).await;
            assert_verified(tab, &site, &id).await;
            assert_eq!(timeline::events(tab).await, ["ready", "saved"]);
        })
        .await;
}

pub(crate) async fn what_the_form_says_without_the_providers_agreement_saves_nothing(
    context: TestContext,
) {
    let site = site(&context);
    context
        .browse(async |tab| {
            let id = open(tab, &site).await;
            enter(tab).await;
            for _ in 0..3 {
                tab.run("parent.postMessage('PAYMENT_SUCCEEDED', '*')")
                    .await;
            }
            tab.leave_form().await;
            // One question at once, and one that follows its answer.
            site.proxy.wait_for("/result", 2).await;
            tab.find_state("ready").await;
            assert_eq!(timeline::events(tab).await, ["ready"]);
            assert_eq!(site.verification(&id).await["state"], "created");

            pay_in_frame(tab, GOOD_MONTH, CODE).await;
            assert_verified(tab, &site, &id).await;
        })
        .await;
}

pub(crate) async fn a_card_is_verified_though_the_form_says_nothing(context: TestContext) {
    let site = site(&context);
    context
        .browse(async |tab| {
            let id = open(tab, &site).await;
            let src = tab.find("iframe").await.attr("src").await.unwrap().unwrap();
            let (_, invoice) = src.split_once("invoiceUid=").unwrap();
            let invoice = invoice.split('&').next().unwrap();
            let card = json!({"invoiceUid": invoice, "pan": CARD, "expiryDate": GOOD_MONTH, "cvv2": CODE,
                "holderName": "TEST CARD"});
            let url = format!("{}/form/card", site.payin_url());
            let paid = site.http().post(url).json(&card).send().await.unwrap();
            let paid: Value = paid.json().await.unwrap();
            assert_eq!(paid["state"], "succeeded");
            assert_verified(tab, &site, &id).await;
        })
        .await;
}

pub(crate) async fn the_customer_verifies_a_card_by_redirect_and_returns(context: TestContext) {
    let site = site(&context);
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let id = plan(&site).await;
            tab.run("insertForm('form', { 'session-url': '/v1/sessions', flow: 'redirect', language: 'en' })")
                .await;
            tab.click("[part~=redirect]").await;
            tab.find("body[data-state=ready]").await;
            let address = tab.driver.current_url().await.unwrap();
            let form = format!("{}/validation/card?", site.payin_url());
            assert!(address.as_str().starts_with(&form), "{address}");
            pay(tab, GOOD_MONTH, CODE).await;
            let back = site.url("/?lang=en");
            tab.until(&format!("return location.href === {back:?}")).await;
            site.verification_in_state(&id, "verified").await;
        })
        .await;
}

pub(crate) async fn a_verification_that_a_back_end_made_is_shown(context: TestContext) {
    let site = site(&context);
    context
        .browse(async |tab| {
            let created = site
                .create_verification(&json!({"customer": "customer-7"}))
                .await;
            stage::open(tab, &site).await;
            let attributes = json!({"session": created.to_string(), "token": "page"});
            tab.run(&format!("insertForm('form', {attributes})")).await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            pay_in_frame(tab, GOOD_MONTH, CODE).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            let id = &created["verificationId"];
            let expected = ["pantoken-ready", "pantoken-saved"]
                .map(|name| json!({"id": "form", "type": name, "requestId": id}));
            assert_eq!(stage::events(tab, "form").await, expected);
        })
        .await;
}

pub(crate) async fn a_form_of_an_unknown_kind_is_refused(context: TestContext) {
    let site = site(&context);
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let mut session = site.create_verification(&json!({})).await;
            session["form"] = "another".into();
            let attributes = json!({"session": session.to_string()});
            tab.run(&format!("insertForm('form', {attributes})")).await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            let error = &stage::events(tab, "form").await[0];
            assert_eq!(error["code"], "SESSION_FAILED");
            assert_eq!(stage::frames(tab).await, 0);
            let console = tab.console().await.join("\n");
            assert!(console.contains("must be a2c or payin"), "{console}");
        })
        .await;
}
