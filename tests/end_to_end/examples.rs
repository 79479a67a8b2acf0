//! Runs the examples with the packed element under the server's strict content security policy, and the back
//! ends with the real runtimes beside `pantoken dev`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use pantoken_tests::{
    GOOD_NUMBER, Pages, PlannedResponse, Process, SiteOptions, TestContext, TestSite, binaries,
    clear_settings, dist, workspace,
};
use serde_json::{Value, json};

use crate::payin::{CODE, GOOD_MONTH, pay};

pub(crate) async fn the_html_page_takes_a_card(context: TestContext) {
    let example = workspace().join("examples/html");
    let site = TestSite::open(SiteOptions::with_pages(Pages::with_element(&example)));
    takes_a_card(&context, &site).await;
}

/// In development, React's StrictMode mounts components twice. There is only one session nevertheless.
pub(crate) async fn the_react_page_takes_a_card(context: TestContext) {
    let site = TestSite::open(SiteOptions::with_pages(Pages::example("react")));
    takes_a_card(&context, &site).await;
    assert_eq!(site.proxy.count("POST /v1/sessions"), 1);
}

pub(crate) async fn the_vue_page_takes_a_card(context: TestContext) {
    let site = TestSite::open(SiteOptions::with_pages(Pages::example("vue")));
    takes_a_card(&context, &site).await;
}

pub(crate) async fn a_page_that_webpack_bundled_takes_a_card(context: TestContext) {
    let site = TestSite::open(SiteOptions::with_pages(Pages::example("bundles/webpack")));
    takes_a_card(&context, &site).await;
}

/// With `pantoken/inline`, esbuild and Rollup need neither a plugin nor a setting.
pub(crate) async fn a_page_of_a_bundler_without_asset_urls_takes_a_card(context: TestContext) {
    for bundle in ["bundles/esbuild", "bundles/rollup"] {
        let site = TestSite::open(SiteOptions::with_pages(Pages::example(bundle)));
        takes_a_card(&context, &site).await;
    }
}

/// An import map is an inline script, which the policy of `serve --pages` forbids.
pub(crate) async fn a_page_with_an_import_map_takes_a_card(context: TestContext) {
    let site = context.site();
    site.proxy
        .plan("/import-map.html", PlannedResponse::WithoutPolicy);
    takes_a_card_at(&context, &site, "/import-map.html").await;
}

/// `saveCard` of `pantoken/testing`, with Playwright's own browser in place of the context's.
pub(crate) async fn the_helper_for_playwright_saves_a_card(_context: TestContext) {
    let site = TestSite::open(SiteOptions::with_pages(Pages::example("react")));
    let chromium = std::env::var("CHROME").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let mut node = Command::new("node");
    node.arg(dist().join("examples/playwright/run.js"))
        .args([&site.url("/"), &chromium]);
    let output = tokio::task::spawn_blocking(move || node.output()).await;
    let output = output.unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    let request_id = String::from_utf8(output.stdout).unwrap();
    let session = site.session(request_id.trim()).await;
    assert_eq!(session["state"], "saved");
}

/// The page of web/element/README.md, under the policy of `serve --pages`, as it stands there.
pub(crate) async fn the_page_of_the_elements_readme_takes_a_card(context: TestContext) {
    let readme = std::fs::read_to_string(workspace().join("web/element/README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (language, name) in [("html", "index.html"), ("js", "page.js")] {
        let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
        let (code, _) = rest.split_once("```").unwrap();
        std::fs::write(folder.path().join(name), code).unwrap();
    }
    let site = TestSite::open(SiteOptions::with_pages(Pages::with_element(folder.path())));
    let saved = context.browse(async |tab| {
        tab.go(&site.url("/")).await;
        let request_id = tab.request_id().await;
        tab.save_in_frame(GOOD_NUMBER).await;
        tab.find("output:not(:empty)").await;
        (request_id, tab.text("output").await)
    });
    let (request_id, shown) = saved.await;
    assert_eq!(shown, format!("Card saved: {request_id}"));
    assert_eq!(site.session(&request_id).await["state"], "saved");
}

/// Checks that the page shows the request for which the server has stored a token.
async fn takes_a_card(context: &TestContext, site: &TestSite) {
    takes_a_card_at(context, site, "/").await;
}

async fn takes_a_card_at(context: &TestContext, site: &TestSite, path: &str) {
    let saved = context.browse(async |tab| {
        tab.go(&site.url(path)).await;
        let form_url = tab.form_url().await;
        tab.save_in_frame(GOOD_NUMBER).await;
        tab.find("output:not(:empty)").await;
        let request_id = form_url.request().request_id().to_string();
        (request_id, tab.text("output").await)
    });
    let (request_id, shown) = saved.await;
    let session = site.session(&request_id).await;
    assert_eq!(shown, request_id);
    assert!(session["panToken"].is_string(), "{session}");
}

pub(crate) async fn the_back_end_in_php_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::in_folder("back-end/php");
    let address = format!("localhost:{}", back_end.port);
    let arguments = ["-S", &address, "index.php"];
    back_end
        .knows_whose_card_it_is(&context, "php", &arguments)
        .await;
}

pub(crate) async fn the_back_end_in_node_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::in_folder("back-end/node");
    back_end
        .knows_whose_card_it_is(&context, "node", &["server.mjs"])
        .await;
}

pub(crate) async fn the_back_end_in_python_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::in_folder("back-end/python");
    back_end
        .knows_whose_card_it_is(&context, "python3", &["server.py"])
        .await;
}

pub(crate) async fn the_back_end_in_go_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::in_folder("back-end/go");
    back_end
        .knows_whose_card_it_is(&context, "go", &["run", "."])
        .await;
}

pub(crate) async fn the_back_end_with_fastapi_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::in_folder("back-end/fastapi");
    let port = back_end.port.to_string();
    let arguments = ["main:app", "--host", "localhost", "--port", &port];
    back_end
        .knows_whose_card_it_is(&context, "uvicorn", &arguments)
        .await;
}

pub(crate) async fn the_next_app_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::built("next");
    back_end
        .knows_whose_card_it_is(&context, "node", &["standalone/server.js"])
        .await;
}

pub(crate) async fn the_nuxt_app_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::built("nuxt");
    back_end
        .knows_whose_card_it_is(&context, "node", &["server/index.mjs"])
        .await;
}

pub(crate) async fn the_svelte_app_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::built("svelte");
    back_end
        .knows_whose_card_it_is(&context, "node", &["index.js"])
        .await;
}

/// Its files are served by the back end in Node.
pub(crate) async fn the_angular_app_knows_whose_card_it_is(context: TestContext) {
    let back_end = BackEnd::in_folder("back-end/node");
    let files = dist().join("examples/angular");
    back_end
        .knows_whose_card_it_is(&context, "node", &["server.mjs", files.to_str().unwrap()])
        .await;
}

/// The button of the page leads to the form that the back end had signed, and the back end knows what became of it.
pub(crate) async fn the_page_with_the_redirect_button_takes_a_payment(context: TestContext) {
    let back_end = BackEnd::in_folder("redirect");
    let dev = back_end.start_dev();
    let server = dev
        .wait_for("Open ")
        .unwrap_or_else(|| panic!("{}", dev.log()));
    let address = format!("localhost:{}", back_end.port);
    let arguments = ["-S", &address, "index.php"];
    let _back_end = back_end.start("php", &arguments, &server).await;
    let paid = context.browse(async |tab| {
        tab.go(&back_end.url("/")).await;
        assert_eq!(tab.text("output").await, "created");
        let button = "document.querySelector('pantoken-redirect')";
        tab.until(&format!("return {button}.state === 'idle'"))
            .await;
        tab.run(&format!("{button}.click()")).await;
        tab.find("body[data-state=ready] #pay:not([disabled])")
            .await;
        pay(tab, GOOD_MONTH, CODE).await;
        tab.find("body[data-state=saved]").await;
        loop {
            tab.go(&back_end.url("/")).await;
            if tab.text("output").await == "captured" {
                break;
            }
        }
        // What is paid is not paid again.
        tab.until(&format!("return {button} === null")).await;
    });
    paid.await;
}

/// A back end of the examples, on a free port.
struct BackEnd {
    folder: PathBuf,
    port: u16,
}

impl BackEnd {
    fn in_folder(name: &str) -> Self {
        Self::at(workspace().join("examples").join(name))
    }

    /// What `cargo xtask examples --all` has built.
    fn built(name: &str) -> Self {
        Self::at(dist().join("examples").join(name))
    }

    fn at(folder: PathBuf) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        Self { folder, port }
    }

    fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// A customer saves a card. The back end learns it from the server and by webhook, and tells no other
    /// customer.
    async fn knows_whose_card_it_is(
        &self,
        context: &TestContext,
        runtime: &str,
        arguments: &[&str],
    ) {
        let dev = self.start_dev();
        let server = dev
            .wait_for("Open ")
            .unwrap_or_else(|| panic!("{}", dev.log()));
        let _back_end = self.start(runtime, arguments, &server).await;
        let request_id = context.browse(async |tab| {
            tab.go(&self.url("/")).await;
            let request_id = tab.request_id().await;
            tab.save_in_frame(GOOD_NUMBER).await;
            tab.find("output:not(:empty)").await;
            assert_eq!(tab.text("output").await, "saved");
            // The customer's cookie is the browser's.
            let ask =
                format!("fetch('/card?requestId={request_id}').then((answer) => answer.json())");
            let received =
                format!("const card = await {ask}; return card.webhookReceived === true");
            tab.until(&format!("return (async () => {{ {received} }})()"))
                .await;
            let page = tab.run("return document.documentElement.outerHTML").await;
            assert!(!page.to_string().contains("panToken"), "{page}");
            request_id
        });
        let request_id = request_id.await;
        self.tells_nobody_else(&request_id).await;
        self.refuses_a_forged_webhook().await;
    }

    async fn tells_nobody_else(&self, request_id: &str) {
        let url = self.url(&format!("/card?requestId={request_id}"));
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.status(), 404);
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told, json!({"state": "unknown"}));
    }

    async fn refuses_a_forged_webhook(&self) {
        let forged = format!("t=1748779200,v1={}", "0".repeat(64));
        for signature in [None, Some(forged)] {
            // As pantoken sends it: SvelteKit refuses by itself what a form of another site could send.
            let call = reqwest::Client::new()
                .post(self.url("/webhook"))
                .header("content-type", "application/json");
            let call = match signature {
                Some(signature) => call.header("pantoken-signature", signature),
                None => call,
            };
            let answer = call.body("{}").send().await.unwrap();
            assert_eq!(answer.status(), 400);
        }
    }

    fn start_dev(&self) -> Process {
        let mut dev = Command::new(binaries().join("pantoken"));
        dev.args(["dev", "--port", "0", "--sandbox-port", "0"])
            .args(["--origin", &self.url("")])
            .args(["--webhook-url", &self.url("/webhook")]);
        Process::start(&mut dev)
    }

    async fn start(&self, runtime: &str, arguments: &[&str], server: &str) -> Process {
        let cards = format!("pantoken-test-cards-{}.txt", self.port);
        let mut command = Command::new(runtime);
        clear_settings(&mut command);
        command
            .current_dir(&self.folder)
            .args(arguments)
            .env("PORT", self.port.to_string())
            .env("HOST", "localhost")
            .env("HOSTNAME", "localhost")
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("PANTOKEN_URL", server)
            .env("CARDS_FILE", std::env::temp_dir().join(cards));
        let mut process = Process::start(&mut command);
        while reqwest::get(self.url("/page.js")).await.is_err() {
            assert!(!process.has_ended(), "{runtime}: {}", process.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        process
    }
}
