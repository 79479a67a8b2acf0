//! The demo's tab of JetPay: the kiosk beside the account that it fills, and payouts.

use pantoken_tests::{Shop, Tab, TestContext};
use serde_json::json;
use thirtyfour::prelude::*;

use crate::demo_tabs::{find_webhook, webhooks};

async fn open(tab: &Tab, shop: &Shop) {
    tab.go(&shop.url("/jetpay.html?lang=en")).await;
    assert_balance(tab, "0").await;
}

/// Waits until the account has this many tenge.
async fn assert_balance(tab: &Tab, tenge: &str) {
    let has = format!("return document.querySelector('#balance').textContent == '{tenge}\\u00a0₸'");
    tab.until(&has).await;
}

/// Types the account into the kiosk, which is the current document.
async fn type_account(tab: &Tab, account: &str) {
    tab.click("#merchant").await;
    let field = tab.find("#account").await;
    field.click().await.unwrap();
    field.send_keys(account).await.unwrap();
    tab.click("#check:not([disabled])").await;
}

/// Inserts a note into the kiosk of the page.
pub(crate) async fn deposit(tab: &Tab, note: u32) {
    tab.find("#kiosk").await.enter_frame().await.unwrap();
    type_account(tab, "customer-7").await;
    tab.find("#cash:not([hidden])").await;
    tab.click(&format!("#notes button[value='{note}']")).await;
    tab.click("#pay:not([disabled])").await;
    tab.find("body[data-state=saved]").await;
    tab.leave_form().await;
}

pub(crate) async fn a_deposit_at_the_kiosk_raises_the_balance_once(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            // Somebody without an account.
            tab.find("#kiosk").await.enter_frame().await.unwrap();
            type_account(tab, "customer-8").await;
            tab.find("body[data-state=error] #account[aria-invalid=true]")
                .await;
            tab.click("#again").await;
            tab.leave_form().await;

            // The platform tells each deposit three times.
            let kiosk = tab.find("#kiosk").await.attr("src").await.unwrap().unwrap();
            let sandbox = kiosk.split("/?").next().unwrap().to_owned();
            let faults = json!([{"fault": "callback-repeated", "times": 3}]);
            let set = reqwest::Client::new()
                .post(format!("{sandbox}/sandbox/faults"))
                .json(&faults)
                .send();
            assert!(set.await.unwrap().status().is_success());
            deposit(tab, 2000).await;
            find_webhook(tab, "jetpay.deposit.paid").await;
            assert_balance(tab, "2,000").await;
            tab.find("#kiosk").await.enter_frame().await.unwrap();
            tab.click("#again").await;
            tab.leave_form().await;
            deposit(tab, 500).await;
            assert_balance(tab, "2,500").await;
            assert_eq!(
                webhooks(tab).await,
                json!(["jetpay.deposit.paid", "jetpay.deposit.paid"])
            );

            // The account is the server's: the page only shows it.
            tab.driver.refresh().await.unwrap();
            assert_balance(tab, "2,500").await;
        })
        .await;
}

pub(crate) async fn a_declined_payout_is_given_back_and_a_paid_one_is_not(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            tab.click("#pay-out:not([disabled])").await;
            let problem = tab.text("#problem:not([hidden])").await;
            assert!(problem.contains("not enough money"), "{problem}");
            deposit(tab, 2000).await;
            assert_balance(tab, "2,000").await;

            tab.click("[name=account][value='77011234501']").await;
            tab.click("#pay-out:not([disabled])").await;
            find_webhook(tab, "jetpay.payout.declined").await;
            assert_balance(tab, "2,000").await;

            tab.click("[name=account][value='77011234500']").await;
            tab.click("#pay-out:not([disabled])").await;
            find_webhook(tab, "jetpay.payout.paid").await;
            assert_balance(tab, "1,000").await;
        })
        .await;
}

pub(crate) async fn the_kiosk_needs_no_mouse(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            let kiosk = tab.find("#kiosk").await.attr("src").await.unwrap();
            tab.go(&kiosk.unwrap()).await;
            tab_to(tab, "merchant").await;
            tab.type_keys(Key::Enter).await;
            tab.type_keys("customer-7").await;
            tab.type_keys(Key::Enter).await;
            tab.find("#cash:not([hidden])").await;
            // The first note has the focus.
            tab.type_keys(Key::Enter).await;
            tab_to(tab, "pay").await;
            tab.type_keys(Key::Enter).await;
            tab.find("body[data-state=saved]").await;
            assert!(tab.text("#receipt-total").await.starts_with("200"));
        })
        .await;
}

/// Presses Tab until the element with this id has the focus.
async fn tab_to(tab: &Tab, id: &str) {
    for _ in 0..20 {
        if tab.run("return document.activeElement.id").await == id {
            return;
        }
        tab.type_keys(Key::Tab).await;
    }
    panic!("the keyboard does not reach the {id}");
}
