//! Checks that axe-core finds no accessibility problem in any state.

use std::fs;

use pantoken_tests::{Screen, SiteOptions, Tab, TestContext, TestSite, dist};
use serde_json::json;

use crate::states;

pub(crate) async fn axe_finds_nothing_in_any_state(context: TestContext) {
    let axe = axe();
    // Colours are the same in each language.
    for (language, prefers_dark) in [("ru", false), ("en", false), ("kz", false), ("en", true)] {
        let screen = Screen {
            prefers_dark,
            ..Screen::ORDINARY
        };
        let looked = context.browse_on(screen, async |tab| {
            states::visit(&context, tab, language, async |state| {
                let place = format!("{} in {language}, dark: {prefers_dark}", state.name);
                check(tab, &axe, &place).await;
                if state.has_form {
                    tab.find("iframe").await.enter_frame().await.unwrap();
                    check(tab, &axe, &format!("the form, {place}")).await;
                    tab.leave_form().await;
                }
            })
            .await;
        });
        looked.await;
    }
}

/// The pages of the sandbox that no other test looks at: the form, the bank's page, and the status.
pub(crate) async fn axe_finds_nothing_on_the_pages_of_qiwi_pay(context: TestContext) {
    let axe = axe();
    let site = TestSite::open(SiteOptions {
        has_qiwi_pay: true,
        ..context.page.options()
    });
    for (language, prefers_dark) in [("ru", false), ("en", true)] {
        let screen = Screen {
            prefers_dark,
            ..Screen::ORDINARY
        };
        let looked = context.browse_on(screen, async |tab| {
            let form = site
                .create_qiwi_pay_form(&format!("order-{language}"))
                .await;
            let fields = form["fields"].as_object().unwrap().iter();
            let fields = fields.map(|(name, value)| (name, value.as_str().unwrap()));
            let address = form["formUrl"].as_str().unwrap();
            let address = reqwest::Url::parse_with_params(address, fields).unwrap();
            tab.go(address.as_str()).await;
            tab.find("#card-number").await;
            let address = tab.driver.current_url().await.unwrap();
            tab.go(&format!("{address}&lang={language}")).await;
            tab.find("body[data-state=ready]").await;
            check(tab, &axe, "the form").await;
            tab.click("#pay").await;
            tab.find("body[data-state=error]").await;
            check(tab, &axe, "the form with errors").await;
            tab.click("#test-cards summary").await;
            tab.click("[data-holder='unknown name']").await;
            tab.click("#pay").await;
            tab.find("#confirm").await;
            check(tab, &axe, "the bank's page").await;
            tab.click("#confirm").await;
            tab.find("body[data-state=saved]").await;
            check(tab, &axe, "the status").await;
            tab.go(&format!("{}/?token=none", site.qiwi_pay_url()))
                .await;
            check(tab, &axe, "no form").await;
        });
        looked.await;
    }
}

/// Returns the script of axe-core.
pub(crate) fn axe() -> String {
    let axe = dist().join("examples/axe.min.js");
    fs::read_to_string(&axe).unwrap_or_else(|error| {
        let path = axe.display();
        panic!("{path}: {error}: run `cargo xtask test`, or `cargo xtask examples` first")
    })
}

pub(crate) async fn check(tab: &Tab, axe: &str, place: &str) {
    let script = format!("{axe};{RUN}");
    let found = tab.driver.execute_async(&script, Vec::new()).await;
    let found = found.unwrap().json().clone();
    assert_eq!(found, json!([]), "{place}: {found:#}");
}

/// Runs axe-core without the frames, because the form is a separate document and is checked by itself.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run({ exclude: [['pantoken-form', 'iframe'], 'iframe'] }, { iframes: false }).then(({ violations }) => done(
        violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) })),
    ));";
