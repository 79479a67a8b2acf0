//! What the tabs of the demo have in common, and how each of them looks.

use pantoken_tests::{Screen, Shop, Tab, TestContext};
use serde_json::{Value, json};

use crate::{accessibility, demo_jetpay, layout, payin};

const TABS: [&str; 4] = ["/", "/payin.html", "/jetpay.html", "/qiwi-pay.html"];

/// Returns the names of the webhooks in the timeline.
pub(crate) async fn webhooks(tab: &Tab) -> Value {
    tab.run(
        "return [...document.querySelectorAll('#timeline [data-step=webhook] code')].map((it) => it.textContent)",
    )
    .await
}

/// Waits until the timeline has this webhook.
pub(crate) async fn find_webhook(tab: &Tab, name: &str) {
    let came = format!(
        "return [...document.querySelectorAll('#timeline [data-step=webhook] code')]
            .some((it) => it.textContent == {name:?})"
    );
    tab.until(&came).await;
}

const LINKS: &str = "
    return [...document.querySelectorAll('nav.tabs a')].map((link) => [
        link.textContent, link.pathname, link.search, link.getAttribute('aria-current'),
    ])";

pub(crate) async fn the_links_are_the_same_on_each_tab_and_keep_the_language(context: TestContext) {
    let shop = Shop::open();
    context
        .browse(async |tab| {
            for language in ["ru", "en", "kz"] {
                let mut of_first = None;
                for path in TABS {
                    tab.go(&shop.url(&format!("{path}?lang={language}"))).await;
                    tab.find("nav.tabs a").await;
                    let mut links = tab.run(LINKS).await;
                    for (link, to) in links.as_array_mut().unwrap().iter_mut().zip(TABS) {
                        let is_here = (to == path).then_some("page");
                        assert_eq!(link[1], to);
                        assert_eq!(link[2], format!("?lang={language}"));
                        assert_eq!(link[3], json!(is_here), "{path} {to}");
                        link[3].take();
                    }
                    assert_eq!(of_first.get_or_insert_with(|| links.clone()), &links);
                }
            }
            // A choice of another language is kept, too, and changes what is on the page already.
            tab.go(&shop.url("/payin.html?lang=en")).await;
            tab.find_state("ready").await;
            tab.click("#header input[value=kz]").await;
            tab.until("return document.documentElement.lang == 'kk' && location.search == '?lang=kz'")
                .await;
            assert_eq!(tab.text("#timeline-title").await, "Не болды");
            tab.find_state("ready").await;
            tab.click("nav.tabs a[href^='/jetpay.html']").await;
            tab.until("return location.pathname == '/jetpay.html' && document.documentElement.lang == 'kk'")
                .await;
        })
        .await;
}

pub(crate) async fn the_tabs_fit_on_the_screen_and_axe_finds_nothing(context: TestContext) {
    let axe = accessibility::axe();
    for (width, prefers_dark, language) in [
        (320, false, "ru"),
        (320, true, "en"),
        (320, false, "kz"),
        (768, false, "ru"),
        (768, true, "kz"),
        (1280, false, "en"),
        (1280, true, "ru"),
    ] {
        let screen = Screen {
            width,
            height: 900,
            prefers_dark,
        };
        let shop = Shop::open();
        let dark = if prefers_dark { "-dark" } else { "" };
        let looked = context.browse_on(screen, async |tab| {
            let look = async |state: &str| {
                let place = format!("{state}-{width}-{language}{dark}");
                layout::picture(tab, &place).await;
                let widths = "return [document.documentElement.scrollWidth, innerWidth]";
                let widths = tab.run(widths).await;
                assert!(
                    widths[0].as_u64() <= widths[1].as_u64(),
                    "{place}: {widths}"
                );
                accessibility::check(tab, &axe, &place).await;
            };
            let url = |path: &str| shop.url(&format!("{path}?lang={language}"));
            tab.go(&url("/payin.html")).await;
            tab.find_state("ready").await;
            look("payin").await;
            payin::pay_in_frame(tab, payin::GOOD_MONTH, payin::CODE).await;
            tab.click("#charge:not([disabled])").await;
            find_webhook(tab, "payin.payment.captured").await;
            look("payin-charged").await;
            tab.go(&url("/jetpay.html")).await;
            tab.click("#pay-out").await;
            tab.find("#problem:not([hidden])").await;
            look("jetpay-empty").await;
            demo_jetpay::deposit(tab, 2000).await;
            find_webhook(tab, "jetpay.deposit.paid").await;
            look("jetpay").await;
            tab.go(&url("/qiwi-pay.html")).await;
            tab.find("#order:not(:empty)").await;
            tab.find("#pay:not([hidden])").await;
            look("qiwi-pay").await;
        });
        looked.await;
    }
}

/// `pantoken serve` has no shop.
pub(crate) async fn without_the_shop_a_tab_says_what_it_needs(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for path in &TABS[1..] {
                tab.go(&site.url(&format!("{path}?lang=en"))).await;
                let problem = tab.text("#problem:not([hidden])").await;
                assert!(problem.contains("cargo xtask demo"), "{path}: {problem}");
            }
        })
        .await;
}
