//! The element where pages, frameworks, networks and old browsers treat it roughly.

use pantoken_tests::{
    GOOD_NUMBER, Gate, INVALID_SESSION_NUMBER, PlannedResponse, Tab, TestContext, TestSite,
};
use serde_json::{Value, json};

use crate::form_url::SIGNED;
use crate::stage;

/// A module with nothing but the section that names its version.
const OTHER_MODULE: &str = "\0asm\x01\0\0\0\0\x0e\x08pantoken0.0.9";
const INSERT_BUTTON: &str = "
    const button = document.createElement('pantoken-redirect');
    button.setAttribute('session-url', '/v1/sessions');
    document.body.append(button);";

pub(crate) async fn a_refusal_tells_status_code_and_detail(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let problem = json!({"code": "ORIGIN_NOT_ALLOWED", "detail": "list this origin"});
            let refused =
                PlannedResponse::Replaced(403, "application/problem+json", problem.to_string());
            site.proxy.plan("/v1/sessions", refused);
            tab.run("insertForm('form', { 'session-url': '/v1/sessions', language: 'en' })")
                .await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            let error = &stage::events(tab, "form").await[0];
            assert_eq!(
                error["problem"],
                json!({"status": 403, "code": "ORIGIN_NOT_ALLOWED", "detail": "list this origin"})
            );
            let status = tab.text("[part~=status]").await;
            assert!(!status.contains("connection"), "{status}");
        })
        .await;
}

pub(crate) async fn an_address_is_resolved_once_by_the_url_parser(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for url in ["/v1/sessions?tenant=5#top", "v1/sessions", " /v1/sessions "] {
                stage::open(tab, &site).await;
                tab.run(&format!("insertForm('form', {{ 'session-url': {url:?} }})"))
                    .await;
                stage::wait_for(tab, "form", "pantoken-ready", 1).await;
                // The page points elsewhere by the time that the card is saved.
                tab.run(
                    "const base = document.createElement('base');
                     base.href = '/elsewhere/';
                     document.head.append(base);",
                )
                .await;
                tab.save_in_frame(GOOD_NUMBER).await;
                stage::wait_for(tab, "form", "pantoken-saved", 1).await;
                let saved = &stage::events(tab, "form").await[1];
                assert_eq!(saved["panToken"], Value::Null, "nobody asked for it");
                let request_id = saved["requestId"].as_str().unwrap();
                assert_eq!(site.session(request_id).await["state"], "saved");
            }
        })
        .await;
}

pub(crate) async fn a_session_that_a_back_end_made_takes_a_card(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for how in ["form.session = answer", "form.setAttribute('session', JSON.stringify(answer))"] {
                stage::open(tab, &site).await;
                let made = format!(
                    "const options = {{ method: 'POST', headers: {{ 'content-type': 'application/json' }},
                         body: JSON.stringify({{ flow: 'iframe' }}) }};
                     fetch('/v1/sessions', options).then((answer) => answer.json()).then((answer) => {{
                         answer.resultUrl ??= `/v1/sessions/${{answer.requestId}}/result`;
                         const form = makeForm('form', {{}});
                         {how};
                         document.body.append(form);
                     }})"
                );
                tab.run(&made).await;
                stage::wait_for(tab, "form", "pantoken-ready", 1).await;
                tab.save_in_frame(GOOD_NUMBER).await;
                stage::wait_for(tab, "form", "pantoken-saved", 1).await;
                let saved = &stage::events(tab, "form").await[1];
                let request_id = saved["requestId"].as_str().unwrap();
                assert_eq!(site.session(request_id).await["state"], "saved");
                tab.run("form.session = null").await;
                tab.until("return form.state === 'idle'").await;
            }
        })
        .await;
}

pub(crate) async fn what_libraries_do_to_its_children_and_title_does_not_matter(
    context: TestContext,
) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.run(
                "form.replaceChildren(); form.innerHTML = '<p>loading</p>'; form.replaceChildren()",
            )
            .await;
            tab.run("form.title = 'My card'").await;
            let title = "return findDeep('iframe').title";
            assert_eq!(tab.run(title).await, "My card");
            tab.run("form.removeAttribute('title')").await;
            assert_eq!(tab.run(title).await, "Форма ввода номера карты");
            let translate = "return findDeep('[role=status]').closest('[translate]').translate";
            assert_eq!(tab.run(translate).await, false);
            assert_eq!(site.proxy.count("POST /v1/sessions"), 1);
            tab.find_state("ready").await;
        })
        .await;
}

/// Not in WebKit, whose driver does not find the frame once the children of its host were replaced.
pub(crate) async fn a_form_whose_children_were_replaced_takes_a_card(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            tab.run("form.innerHTML = '<p>loading</p>'; form.replaceChildren()")
                .await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            assert_eq!(site.proxy.count("POST /v1/sessions"), 1);
        })
        .await;
}

pub(crate) async fn a_clone_and_html_that_is_put_back_are_one_form_each(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for copy in [
                "const copy = form.cloneNode(true)",
                "const place = document.createElement('div');
                 place.innerHTML = form.outerHTML;
                 const copy = place.firstChild",
            ] {
                stage::open_ready(tab, &site).await;
                let replaced = format!(
                    "{copy};
                     form.remove();
                     copy.id = 'copy';
                     copy.addEventListener('pantoken-ready', () => emitted.push({{ id: 'copy', type: 'pantoken-ready' }}));
                     document.body.append(copy)"
                );
                tab.run(&replaced).await;
                stage::wait_for(tab, "copy", "pantoken-ready", 1).await;
                assert_eq!(stage::frames(tab).await, 1);
            }
        })
        .await;
}

pub(crate) async fn properties_are_attributes(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run(
                "const form = makeForm('form', {});
                 document.body.append(form);
                 form.language = 'kk';
                 form.sessionUrl = '/v1/sessions';
                 form.readyTimeout = 20000;
                 form.texts = { title: 'Another title' };",
            )
            .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            let form_url = tab.form_url().await;
            assert_eq!(form_url.request().language().as_str(), "kz");
            assert_eq!(
                tab.run("return form.getAttribute('ready-timeout')").await,
                "20000"
            );
            assert_eq!(
                tab.run("return findDeep('iframe').title").await,
                "Another title"
            );
            assert_eq!(site.proxy.count("POST /v1/sessions"), 1);
            // They are not needed at once, and no form starts that is not on the page.
            let reflected = "return Object.entries({
                     formUrl: 'form-url', formOrigin: 'form-origin', flow: 'flow', returnUrl: 'return-url', token: 'token',
                 }).map(([property, attribute]) => {
                     const form = makeForm('other', {});
                     form[property] = 'a value';
                     const set = form.getAttribute(attribute) + ', ' + form[property];
                     form[property] = undefined;
                     return set + ', ' + form.hasAttribute(attribute);
                 })";
            let reflected = tab.run(reflected).await;
            assert_eq!(reflected, json!(vec!["a value, a value, false"; 5]));
            tab.run("form.sessionUrl = null").await;
            assert_eq!(
                tab.run("return form.hasAttribute('session-url')").await,
                false
            );
            tab.until("return form.state === 'idle'").await;
        })
        .await;
}

/// A template's elements are not defined until they are on the page. Frameworks set properties before.
pub(crate) async fn properties_that_were_set_before_it_was_defined_count(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run(
                "const template = document.createElement('template');
                 template.innerHTML = '<pantoken-form></pantoken-form>';
                 const form = template.content.firstChild;
                 form.id = 'form';
                 form.language = 'en';
                 form.sessionUrl = '/v1/sessions';
                 form.texts = { title: 'Another title' };
                 form.addEventListener('pantoken-ready', () => emitted.push({ id: 'form', type: 'pantoken-ready' }));
                 document.body.append(form);",
            )
            .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            let form_url = tab.form_url().await;
            assert_eq!(form_url.request().language().as_str(), "en");
            let title = tab.run("return findDeep('iframe').title").await;
            assert_eq!(title, "Another title");
            // What hid the accessors is gone.
            tab.run("form.sessionUrl = null").await;
            tab.until("return form.state === 'idle'").await;
        })
        .await;
}

pub(crate) async fn a_page_that_is_isolated_leads_to_the_providers_page(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for isolation in ["require-corp", "credentialless"] {
                let header = PlannedResponse::WithHeader("cross-origin-embedder-policy", isolation);
                site.proxy.plan("/stage.html", header);
                stage::open(tab, &site).await;
                tab.run(
                    "insertForm('form', { 'session-url': '/v1/sessions', language: 'en', 'ready-timeout': 1 })",
                )
                .await;
                stage::wait_for(tab, "form", "pantoken-error", 1).await;
                assert_eq!(stage::events(tab, "form").await[0]["code"], "READY_TIMEOUT");
                // The browser has an error page where the form would be.
                tab.find("iframe").await.enter_frame().await.unwrap();
                tab.until("return location.protocol === 'chrome-error:'")
                    .await;
                tab.leave_form().await;
                stage::continue_on_the_providers_page(tab).await;
            }
        })
        .await;
}

pub(crate) async fn a_form_without_its_cookies_leads_to_the_providers_page(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run("insertForm('form', { 'session-url': '/v1/sessions', language: 'en' })")
                .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            tab.save_in_frame(INVALID_SESSION_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            assert_eq!(
                stage::events(tab, "form").await[1]["code"],
                "INVALID_SESSION"
            );
            stage::continue_on_the_providers_page(tab).await;
            stage::save_and_return(tab).await;
        })
        .await;
}

/// The script adds its header to calls of every origin. The server is on another one than the page.
pub(crate) async fn a_page_with_a_tracing_script_takes_a_card(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            site.proxy
                .plan("/stage.html", PlannedResponse::WithoutPolicy);
            stage::open(tab, &site).await;
            let endpoint = site.url("/v1/sessions").replace("localhost", "127.0.0.1");
            // The server says that it is where the page is, and not where a report would be traced too.
            tab.run(&format!(
                "const fetched = window.fetch;
                 window.traced = [];
                 window.fetch = async (url, options = {{}}) => {{
                     const headers = new Headers(options.headers);
                     headers.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
                     headers.set('baggage', 'userId=1');
                     const answer = await fetched(url, {{ ...options, headers }});
                     traced.push(answer.status);
                     if (answer.status !== 201) return answer;
                     const session = await answer.json();
                     session.resultUrl = '{endpoint}/' + session.requestId + '/result';
                     return new Response(JSON.stringify(session), answer);
                 }};
                 insertForm('form', {{ 'session-url': '{endpoint}' }})"
            ))
            .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            let request_id = tab.request_id().await;
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
            assert_eq!(tab.run("return traced").await, json!([201, 200]));
            let result = format!("OPTIONS /v1/sessions/{request_id}/result");
            assert_eq!(site.proxy.count(&result), 1);
        })
        .await;
}

pub(crate) async fn moved_before_another_element_it_keeps_its_form(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let moved = "if (!document.body.moveBefore) return false;
                 const place = document.createElement('section');
                 document.body.append(place);
                 place.moveBefore(form, null);
                 return true";
            if tab.run(moved).await == true {
                assert_eq!(tab.run("return form.state").await, "ready");
                tab.save_in_frame(GOOD_NUMBER).await;
                stage::wait_for(tab, "form", "pantoken-saved", 1).await;
                assert_eq!(site.proxy.count("POST /v1/sessions"), 1);
            }
        })
        .await;
}

pub(crate) async fn without_webassembly_it_leads_to_the_providers_page(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let missing = PlannedResponse::Replaced(404, "text/plain", String::new());
            stage::open_with_module(tab, &site, missing).await;
            tab.run("delete window.WebAssembly").await;
            tab.run("insertForm('form', { 'session-url': '/v1/sessions', language: 'en' })")
                .await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            let error = &stage::events(tab, "form").await[0];
            assert_eq!(error["code"], "LOAD_FAILED");
            assert_eq!(
                tab.text("[part~=status]").await,
                "The form did not open. Please try again."
            );
            stage::continue_on_the_providers_page(tab).await;
            stage::save_and_return(tab).await;
        })
        .await;
}

pub(crate) async fn a_policy_without_webassembly_leads_to_the_providers_page(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let policy = "script-src 'self'; base-uri 'none'";
            site.proxy
                .plan("/stage.html", PlannedResponse::WithPolicy(policy));
            stage::open(tab, &site).await;
            tab.run("insertForm('form', { 'session-url': '/v1/sessions', language: 'en' })")
                .await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            assert_eq!(stage::events(tab, "form").await[0]["code"], "LOAD_FAILED");
            stage::continue_on_the_providers_page(tab).await;
        })
        .await;
}

pub(crate) async fn its_module_may_be_elsewhere(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let missing = PlannedResponse::Replaced(404, "text/plain", String::new());
            stage::open_with_module(tab, &site, missing).await;
            let elsewhere = format!("/pantoken{}?elsewhere", stage::MODULE);
            tab.run(&format!(
                "import('/pantoken/element.js').then(({{ defineElements }}) => {{
                     defineElements({{ module: '{elsewhere}' }});
                     insertForm('form');
                 }})"
            ))
            .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            let asked = "return performance.getEntriesByType('resource')
                .filter(({ name }) => name.endsWith('.wasm?elsewhere')).length";
            assert_eq!(tab.run(asked).await, 1);
        })
        .await;
}

pub(crate) async fn a_return_url_is_relative_to_the_page(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run(
                "insertForm('form', {
                     'session-url': '/v1/sessions', flow: 'redirect', 'return-url': 'stage.html?paid=1', language: 'en',
                 })",
            )
            .await;
            tab.click("[part~=redirect]").await;
            tab.find("body[data-state=ready]").await;
            stage::save_and_return(tab).await;
            let place = "return location.pathname + location.search";
            let place = tab.run(place).await;
            assert!(place.as_str().unwrap().starts_with("/stage.html?paid=1&"), "{place}");
        })
        .await;
}

pub(crate) async fn a_module_of_another_version_is_refused_by_name(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            let other = PlannedResponse::Replaced(200, "application/wasm", OTHER_MODULE.to_owned());
            stage::open_with_module(tab, &site, other.clone()).await;
            site.proxy.plan(stage::MODULE, other);
            stage::insert(tab, "form").await;
            stage::wait_for(tab, "form", "pantoken-error", 1).await;
            let error = &stage::events(tab, "form").await[0];
            let message = error["message"].as_str().unwrap();
            assert!(
                message.contains("has version") && message.contains("module"),
                "{message}"
            );
        })
        .await;
}

pub(crate) async fn with_its_module_inside_it_loads_no_other_file(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.go(&site.url("/inline.html")).await;
            tab.until("return document.querySelector('pantoken-form').state === 'ready'")
                .await;
            for module in [stage::MODULE, stage::REDIRECT_MODULE] {
                assert_eq!(site.proxy.count(module), 0);
            }
        })
        .await;
}

pub(crate) async fn a_page_loads_the_modules_of_what_it_shows(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            stage::insert_ready(tab, "form").await;
            assert_eq!(site.proxy.count(stage::MODULE), 1);
            assert_eq!(site.proxy.count(stage::REDIRECT_MODULE), 0);
            tab.run(INSERT_BUTTON).await;
            site.proxy.wait_for(stage::REDIRECT_MODULE, 1).await;
            assert_eq!(site.proxy.count(stage::MODULE), 1);
        })
        .await;
}

/// The module of the button is beside that of the form, unless the page says where else.
pub(crate) async fn a_page_says_where_the_modules_are(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            say_where(tab, "{ module: '/shop/form.wasm?v=1/2' }").await;
            tab.run(INSERT_BUTTON).await;
            let beside = format!("/shop{}", stage::REDIRECT_MODULE);
            site.proxy.wait_for(&beside, 1).await;
            stage::insert(tab, "form").await;
            site.proxy.wait_for("/shop/form.wasm", 1).await;
            say_where(tab, "{ redirectModule: '/shop/button.wasm' }").await;
            tab.run(INSERT_BUTTON).await;
            site.proxy.wait_for("/shop/button.wasm", 1).await;
        })
        .await;
}

async fn say_where(tab: &Tab, modules: &str) {
    let define = format!("({{ defineElements }}) => defineElements({modules})");
    tab.run(&format!(
        "return import('./pantoken/element.js').then({define})"
    ))
    .await;
}

pub(crate) async fn an_untouched_session_is_renewed_before_it_expires(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            plan_session(tab, &site, 4_000).await;
            stage::insert(tab, "form").await;
            stage::wait_for(tab, "form", "pantoken-ready", 2).await;
            let events = stage::events(tab, "form").await;
            assert_ne!(events[0]["requestId"], events[1]["requestId"]);
            assert_eq!(stage::frames(tab).await, 1);
            tab.save_in_frame(GOOD_NUMBER).await;
            stage::wait_for(tab, "form", "pantoken-saved", 1).await;
        })
        .await;
}

pub(crate) async fn a_session_in_use_is_left_alone(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run("watchResources()").await;
            plan_session(tab, &site, 400_000).await;
            stage::insert(tab, "form").await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
            let is_timed = "held().timers.some((wait) => wait > 300000 && wait < 400000)";
            assert_eq!(tab.run(&format!("return {is_timed}")).await, true);
            tab.enter_form().await;
            tab.find("#card-number").await.click().await.unwrap();
            tab.leave_form().await;
            tab.until(&format!("return !{is_timed}")).await;
        })
        .await;
}

/// The next session is a true one that says it expires after so many milliseconds.
async fn plan_session(tab: &Tab, site: &TestSite, milliseconds: u32) {
    tab.run(&format!(
        "fetch('/v1/sessions', {{ method: 'POST', headers: {{ 'content-type': 'application/json' }},
             body: JSON.stringify({{ flow: 'iframe' }}) }})
             .then((answer) => answer.json())
             .then((answer) => {{
                 answer.expiresAt = new Date(Date.now() + {milliseconds} + 1000).toISOString();
                 window.made = JSON.stringify(answer);
             }})"
    ))
    .await;
    tab.until("return 'made' in window").await;
    let made = tab.run("return made").await.as_str().unwrap().to_owned();
    let made = PlannedResponse::Replaced(201, "application/json", made);
    site.proxy.plan("/v1/sessions", made);
}

pub(crate) async fn nothing_starts_while_the_page_is_prerendered(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            tab.run(
                "window.prerendering = true;
                 Object.defineProperty(document, 'prerendering', { get: () => prerendering, configurable: true });",
            )
            .await;
            stage::insert(tab, "form").await;
            assert_eq!(tab.run("return form.state").await, "idle");
            assert_eq!(site.proxy.count("POST /v1/sessions"), 0);
            tab.run(
                "window.prerendering = false;
                 document.dispatchEvent(new Event('prerenderingchange'));",
            )
            .await;
            stage::wait_for(tab, "form", "pantoken-ready", 1).await;
        })
        .await;
}

pub(crate) async fn a_page_that_is_not_left_offers_the_way_again(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open(tab, &site).await;
            let session = json!({
                "requestId": "123456789",
                "formUrl": format!("{}?{SIGNED}&agentCallbackUrl=https%3A%2F%2Fshop.kz", site.url("/stay/form")),
                "resultToken": "token",
            });
            let session = PlannedResponse::Replaced(201, "application/json", session.to_string());
            site.proxy.plan("/v1/sessions", session);
            site.proxy.plan(
                "/stay/form",
                PlannedResponse::Replaced(204, "text/plain", String::new()),
            );
            tab.run("insertForm('form', { 'session-url': '/v1/sessions', flow: 'redirect', language: 'en' })")
                .await;
            tab.press("Continue on the payment page").await;
            tab.until("return form.state === 'loading'").await;
            tab.find("[part~=redirect]").await;
            assert_eq!(tab.run("return form.state").await, "idle");
        })
        .await;
}

pub(crate) async fn what_the_page_shows_meanwhile_is_gone_when_the_form_is_there(
    context: TestContext,
) {
    let site = context.site();
    context
        .browse(async |tab| {
            stage::open_ready(tab, &site).await;
            let shown = "form.innerHTML = '<p id=meanwhile>One moment</p>';
                 return form.firstChild.checkVisibility()";
            assert_eq!(tab.run(shown).await, false);
            let gate = Gate::closed();
            site.proxy
                .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
            tab.run("form.reload()").await;
            tab.until("return meanwhile.checkVisibility()").await;
            gate.open();
            stage::wait_for(tab, "form", "pantoken-ready", 2).await;
            assert_eq!(tab.run("return meanwhile.checkVisibility()").await, false);
        })
        .await;
}
