//! The demo's tab of qiwi-pay: an order is paid on the provider's page, captured, and given back in part.

use pantoken_tests::{Shop, Tab, TestContext};

use crate::demo_tabs::{find_webhook, webhooks};
use crate::payin::{BAD_MONTH, CODE, GOOD_MONTH, pay};

async fn open(tab: &Tab, shop: &Shop) {
    tab.go(&shop.url("/qiwi-pay.html?lang=en")).await;
}

async fn find_state(tab: &Tab, state: &str) {
    tab.until(&format!(
        "return document.querySelector('#state')?.textContent == {state:?}"
    ))
    .await;
}

/// Pays on the provider's page, to which the button leads.
async fn pay_on_the_form(tab: &Tab, month: &str) {
    find_state(tab, "not paid").await;
    tab.click("#pay [data-text=pay]").await;
    tab.find("body[data-state=ready] #pay:not([disabled])")
        .await;
    pay(tab, month, CODE).await;
}

pub(crate) async fn an_order_is_paid_captured_and_given_back_in_part(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            let order = tab.text("#order:not(:empty)").await;
            pay_on_the_form(tab, GOOD_MONTH).await;
            tab.find("body[data-state=saved]").await;

            open(tab, &shop).await;
            find_state(tab, "the money is held").await;
            assert_eq!(tab.text("#order").await, order);
            find_webhook(tab, "qiwi-pay.payment.authorized").await;
            tab.click("#capture:not([disabled])").await;
            find_webhook(tab, "qiwi-pay.payment.captured").await;
            find_webhook(tab, "qiwi-pay.capture.completed").await;
            find_state(tab, "paid").await;
            tab.click("#refund:not([disabled])").await;
            find_webhook(tab, "qiwi-pay.refund.completed").await;
            for (sum, shown) in [("captured", "10.00"), ("refunded", "4.00")] {
                let has = format!(
                    "return document.querySelector('#{sum}').textContent == '{shown}\\u00a0₽'"
                );
                tab.until(&has).await;
            }
            // What is given back cannot be given back again here.
            tab.find("#refund[disabled]").await;
            assert_eq!(webhooks(tab).await.as_array().unwrap().len(), 4);
        })
        .await;
}

pub(crate) async fn a_declined_order_can_be_followed_by_a_new_one(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            let order = tab.text("#order:not(:empty)").await;
            pay_on_the_form(tab, BAD_MONTH).await;
            tab.find("body[data-state=error]").await;
            open(tab, &shop).await;
            find_state(tab, "declined").await;
            find_webhook(tab, "qiwi-pay.payment.declined").await;
            tab.click("#again").await;
            find_state(tab, "not paid").await;
            assert_ne!(tab.text("#order").await, order);
        })
        .await;
}
