//! The demo's tab of payin: a card is verified in the form, and the shop's back end uses its token.

use pantoken_tests::{Shop, Tab, TestContext};
use serde_json::{Value, json};

use crate::demo_tabs::{find_webhook, webhooks};
use crate::payin::{BAD_MONTH, CODE, CODE_OF_3DS, GOOD_MONTH, pay_in_frame};
use crate::{demo_tabs, payin};

async fn open(tab: &Tab, shop: &Shop) {
    tab.go(&shop.url("/payin.html?lang=en")).await;
    tab.find_state("ready").await;
}

pub(crate) async fn a_card_is_verified_charged_refunded_and_its_token_deleted(
    context: TestContext,
) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            pay_in_frame(tab, GOOD_MONTH, CODE).await;
            tab.find("#verified:not([hidden])").await;
            assert_eq!(tab.text("#token-name").await, "425600******0003");
            find_webhook(tab, "payin.verification.verified").await;

            tab.click("#charge:not([disabled])").await;
            find_webhook(tab, "payin.payment.captured").await;
            tab.click("#refund:not([disabled])").await;
            find_webhook(tab, "payin.refund.completed").await;
            tab.click("#delete:not([disabled])").await;
            find_webhook(tab, "payin.token.deleted").await;
            assert_eq!(tab.text("#state").await, "the token is deleted");
            tab.find("#charge[disabled]").await;

            let expected = [
                "payin.verification.verified",
                "payin.payment.captured",
                "payin.refund.completed",
                "payin.token.deleted",
            ];
            let mut told: Vec<_> = serde_json::from_value::<Vec<String>>(webhooks(tab).await).unwrap();
            told.sort_by_key(|name| expected.iter().position(|it| it == name));
            assert_eq!(told, expected);
            let steps = tab
                .run("return [...document.querySelectorAll('#timeline li:not([data-step=webhook])')].map((it) => it.dataset.step)")
                .await;
            let expected = json!(["created", "ready", "saved", "verification", "charged", "refundMade", "tokenDeleted"]);
            assert_eq!(steps, expected);
            assert_no_token(tab, &shop).await;
        })
        .await;
}

/// Checks that the page got no payment token, although its timeline shows the webhooks.
async fn assert_no_token(tab: &Tab, shop: &Shop) {
    let log = shop.log();
    let (_, token) = log.split_once("\"paymentToken\": \"").unwrap();
    let (token, _) = token.split_once('"').unwrap();
    let page = tab.run("return document.documentElement.outerHTML").await;
    assert!(!page.as_str().unwrap().contains(token));
}

pub(crate) async fn a_refused_card_leaves_another_one_to_try(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            pay_in_frame(tab, BAD_MONTH, CODE).await;
            find_webhook(tab, "payin.verification.refused").await;
            tab.find("#timeline [data-step=error]").await;
            tab.find("#verified[hidden]").await;
            tab.click("#again:not([hidden])").await;
            tab.find_state("ready").await;
            assert_eq!(webhooks(tab).await, Value::Array(Vec::new()));
            pay_in_frame(tab, GOOD_MONTH, CODE).await;
            tab.find("#verified:not([hidden])").await;
        })
        .await;
}

pub(crate) async fn a_card_is_verified_after_the_banks_page(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            open(tab, &shop).await;
            payin::enter(tab).await;
            payin::pay(tab, GOOD_MONTH, CODE_OF_3DS).await;
            tab.click("#confirm").await;
            tab.leave_form().await;
            tab.find("#verified:not([hidden])").await;
            demo_tabs::find_webhook(tab, "payin.verification.verified").await;
        })
        .await;
}
