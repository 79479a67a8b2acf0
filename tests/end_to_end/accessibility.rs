//! Checks that axe-core finds no accessibility problem in any state.

use std::fs;

use pantoken_tests::{Screen, Tab, TestContext, dist};
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
