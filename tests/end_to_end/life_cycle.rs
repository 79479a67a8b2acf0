//! Treats the element as pages do: inserts it twice, moves it, changes it, puts it into a shadow root, and
//! brings it back.

use pantoken_tests::{GOOD_NUMBER, PlannedResponse, Tab, TestContext};
use serde_json::json;

use crate::stage;

const CREATE: &str = "POST /v1/sessions";

pub(crate) async fn inserted_twice_in_one_task_it_is_one_form(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let twice = "setTimeout(() => {
                const form = makeForm('form');
                document.body.append(form);
                form.remove();
                document.body.append(form);
            })";
            tab.run(twice).await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            assert_eq!(stage::frames(tab).await, 1);
            assert_eq!(site.proxy.count(CREATE), 1);
        })
        .await;
}

pub(crate) async fn another_language_is_one_new_session(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.run("form.setAttribute('language', 'kz')").await;
            stage::wait_for(tab, "form", "pantoken-ready", 2).await;
            assert_eq!(tab.form_url().await.request().language().as_str(), "kz");
            assert_eq!(stage::frames(tab).await, 1);
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

pub(crate) async fn several_changes_in_one_task_are_one_new_session(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            // The changes run in one task of the page, because WebKit ends a task with each driver script.
            let changes = "setTimeout(() => {
                form.setAttribute('language', 'kz');
                form.setAttribute('title', 'Card');
                form.setAttribute('ready-timeout', '20000');
                form.setAttribute('language', 'en');
            })";
            tab.run(changes).await;
            stage::wait_for(tab, "form", "pantoken-ready", 2).await;
            tab.find("iframe[title=Card]").await;
            assert_eq!(tab.form_url().await.request().language().as_str(), "en");
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

pub(crate) async fn a_value_that_stays_the_same_changes_nothing(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.run("form.setAttribute('session-url', '/v1/sessions')")
                .await;
            stage::insert_ready(tab, "barrier").await;
            assert_eq!(stage::emitted(tab, "form").await, ["pantoken-ready"]);
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

pub(crate) async fn a_moved_form_takes_a_card(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let moved = "
                const place = document.createElement('section');
                document.body.append(place);
                place.append(form);";
            tab.run(moved).await;
            stage::wait_for(tab, "form", "pantoken-ready", 2).await;
            assert_eq!(stage::frames(tab).await, 1);
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
        })
        .await;
}

pub(crate) async fn several_forms_take_each_its_own_card(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            stage::insert_ready(tab, "first").await;
            stage::insert_ready(tab, "second").await;
            for id in ["second", "first"] {
                let frame = tab
                    .element(&format!("return {id}.shadowRoot.querySelector('iframe')"))
                    .await;
                tab.save_in(frame, GOOD_NUMBER).await;
                stage::wait_for(tab, id, "pantoken-saved", 1).await;
            }
            let mut request_ids = Vec::new();
            for id in ["first", "second"] {
                let [ready, saved] = &stage::events(tab, id).await[..] else {
                    panic!("{id} emitted more than its own events");
                };
                assert_eq!(ready["requestId"], saved["requestId"]);
                let request_id = saved["requestId"].as_str().unwrap();
                assert_eq!(
                    site.session(request_id).await["panToken"],
                    saved["panToken"]
                );
                request_ids.push(request_id.to_owned());
            }
            assert_ne!(request_ids[0], request_ids[1]);
        })
        .await;
}

pub(crate) async fn in_a_shadow_root_it_takes_a_card(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for mode in ["open", "closed"] {
                stage::open(tab, &site).await;
                let inserted = format!(
                    "const host = document.createElement('div');
                     host.id = 'host';
                     window.root = host.attachShadow({{ mode: {mode:?} }});
                     root.append(makeForm('form'));
                     document.body.append(host);"
                );
                tab.run(&inserted).await;
                stage::wait_for(tab, "form", "pantoken-ready", 1).await;
                let frame = tab
                    .element("return root.firstChild.shadowRoot.querySelector('iframe')")
                    .await;
                tab.save_in(frame, GOOD_NUMBER).await;
                stage::wait_for(tab, "form", "pantoken-saved", 1).await;
                let heard = tab.run("return heard").await;
                assert_eq!(
                    heard,
                    json!([["pantoken-ready", "host"], ["pantoken-saved", "host"]])
                );
            }
        })
        .await;
}

pub(crate) async fn a_reload_is_a_new_session_until_a_card_is_saved(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let state = tab.run("form.reload(); return form.state").await;
            assert_eq!(state, "loading");
            stage::wait_for(tab, "form", "pantoken-ready", 2).await;
            assert_eq!(site.proxy.count(CREATE), 2);
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            let state = tab.run("form.reload(); return form.state").await;
            assert_eq!(state, "saved");
            assert_request_ids_differ(tab).await;
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

pub(crate) async fn without_its_module_it_says_so_and_can_be_reloaded(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for answer in [
                PlannedResponse::Replaced(404, "text/plain", "not found".to_owned()),
                PlannedResponse::Replaced(200, "text/html", "<!doctype html>".to_owned()),
            ] {
                stage::open_with_module(tab, &site, answer.clone()).await;
                site.proxy.plan(stage::MODULE, answer);
                stage::insert(tab, "form").await;
                stage::wait_for(tab, "form", "pantoken-error", 1).await;
                let error = &stage::events(tab, "form").await[0];
                assert_eq!(
                    (&error["source"], &error["recoverable"], &error["code"]),
                    (&json!("host"), &json!(true), &json!("LOAD_FAILED"))
                );
                assert_eq!(tab.run("return form.state").await, "failed");
                let status = tab.text("[part~=status]").await;
                assert_eq!(status, "Форма не открылась. Попробуйте снова.");
                tab.press("Попробовать снова").await;
                stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            }
        })
        .await;
}

pub(crate) async fn a_page_from_the_back_forward_cache_has_a_fresh_session(context: TestContext) {
    let site = context.site();
    let restore = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.run(restore).await;
            stage::wait_for(tab, "form", "pantoken-ready", 2).await;
            assert_request_ids_differ(tab).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            tab.run(restore).await;
            assert_eq!(tab.run("return form.state").await, "saved");
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

/// A browser with a back/forward cache restores the page with its form. Others load both again.
pub(crate) async fn the_way_back_to_the_page_leads_to_a_fresh_session(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            let before = tab.form_url().await;
            tab.go(&site.url("/healthz")).await;
            tab.driver.back().await.unwrap();
            site.proxy.wait_for(CREATE, 2).await;
            let old = before.form_url().to_text();
            tab.until(&format!(
                "const frame = findDeep('iframe');
                     return frame !== null && frame.src !== {old:?}"
            ))
            .await;
            tab.find_state("ready").await;
            assert_eq!(site.proxy.count(CREATE), 2);
        })
        .await;
}

/// Checks that the form was ready in two different sessions.
async fn assert_request_ids_differ(tab: &Tab) {
    let events = stage::events(tab, "form").await;
    assert_ne!(events[0]["requestId"], events[1]["requestId"]);
}
