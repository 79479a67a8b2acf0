//! Goes through every state that a customer may see.

use pantoken_tests::{
    BAD_NUMBER, FORBIDDEN_NUMBER, GOOD_NUMBER, Gate, Page, PlannedResponse, Tab, TestContext,
    TestSite,
};
use serde_json::{Value, json};

use crate::form_url::SIGNED;
use crate::stage;

/// A state on the screen.
pub(crate) struct State {
    pub(crate) name: &'static str,
    /// Whether the provider's form is on the page.
    pub(crate) has_form: bool,
}

const fn state(name: &'static str, has_form: bool) -> State {
    State { name, has_form }
}

/// Goes through the states of the scene's page, and checks each.
pub(crate) async fn visit(
    context: &TestContext,
    tab: &Tab,
    language: &str,
    look: impl AsyncFn(&State),
) {
    let site = context.site();
    let visit = Visit {
        tab,
        site: &site,
        language,
    };
    visit.form(&look).await;
    visit.failures(&look).await;
    match context.page {
        Page::Yew => visit.redirect_of_the_demo_page(&look).await,
        Page::Element => visit.failures_of_the_element(&look).await,
    }
}

struct Visit<'a> {
    tab: &'a Tab,
    site: &'a TestSite,
    language: &'a str,
}

impl Visit<'_> {
    async fn form(&self, look: &impl AsyncFn(&State)) {
        let gate = Gate::closed();
        self.site
            .proxy
            .plan("/v1/sessions", PlannedResponse::Delayed(gate.clone()));
        self.open().await;
        self.tab.find_state("loading").await;
        self.tab.find("[role=status]:not(:empty)").await;
        look(&state("loading", false)).await;
        gate.open();
        self.tab.find_state("ready").await;
        self.tab.enter_form().await;
        self.tab.leave_form().await;
        look(&state("ready", true)).await;
        self.tab.save_in_frame(BAD_NUMBER).await;
        self.find_code("INVALID_PAN").await;
        look(&state("wrong-number", true)).await;
        self.tab.save_in_frame(GOOD_NUMBER).await;
        self.tab.find_state("saved").await;
        look(&state("saved", true)).await;
    }

    async fn failures(&self, look: &impl AsyncFn(&State)) {
        self.site
            .proxy
            .plan("/v1/sessions", PlannedResponse::Disconnected);
        self.open().await;
        self.find_failure("SESSION_FAILED").await;
        look(&state("no-session", false)).await;

        self.open().await;
        self.tab.find_state("ready").await;
        self.tab.save_in_frame(FORBIDDEN_NUMBER).await;
        self.find_failure("FORBIDDEN").await;
        look(&state("refused-card", true)).await;

        let conflict =
            r#"{"status":409,"code":"RESULT_CONFLICT","detail":"another result is recorded"}"#;
        let refused =
            PlannedResponse::Replaced(409, "application/problem+json", conflict.to_owned());
        self.site.proxy.plan("/result", refused);
        self.open().await;
        self.tab.find_state("ready").await;
        self.tab.save_in_frame(GOOD_NUMBER).await;
        self.find_failure("RESULT_REJECTED").await;
        look(&state("refused-result", false)).await;
    }

    async fn redirect_of_the_demo_page(&self, look: &impl AsyncFn(&State)) {
        self.open().await;
        let choice = "input[name=flow][value=redirect]";
        self.tab.click(choice).await;
        self.tab.find(".pantoken-redirect, [part~=redirect]").await;
        look(&state("redirect", false)).await;
    }

    async fn failures_of_the_element(&self, look: &impl AsyncFn(&State)) {
        let stage = self.site.url("/stage.html");
        self.fail(&stage, json!({"form-url": "a form"}), "INVALID_FORM_URL")
            .await;
        look(&state("wrong-form-url", false)).await;

        // The page's policy does not allow frames from this origin.
        let blocked = format!("http://127.0.0.1:1/form?{SIGNED}");
        self.fail(&stage, json!({"form-url": blocked}), "FRAME_BLOCKED")
            .await;
        look(&state("blocked", false)).await;

        // The provider shows no form on a host that is not registered.
        let unregistered = stage.replace("localhost", "127.0.0.1");
        let form_url = self.site.sign_form_url("1").await;
        let attributes = json!({"form-url": form_url, "ready-timeout": 1});
        self.fail(&unregistered, attributes, "READY_TIMEOUT").await;
        look(&state("not-ready", false)).await;

        let session = json!({"requestId": "1", "formUrl": form_url, "resultToken": "token"});
        let answer = PlannedResponse::Replaced(201, "application/json", session.to_string());
        self.site.proxy.plan("/v1/sessions", answer);
        let attributes = json!({"session-url": "/v1/sessions", "ready-timeout": 1});
        self.fail(&unregistered, attributes, "READY_TIMEOUT").await;
        look(&state("session-not-ready", false)).await;
    }

    /// Makes the element fail with this code on a page without other forms.
    async fn fail(&self, url: &str, mut attributes: Value, code: &str) {
        attributes["language"] = self.language.into();
        stage::open_at(self.tab, url).await;
        let insert = format!("insertForm('form', {attributes})");
        self.tab.run(&insert).await;
        stage::wait_for(self.tab, "form", "pantoken-error", 1).await;
        let error = &stage::events(self.tab, "form").await[0];
        assert_eq!(error["code"], code);
        self.tab.find_state("failed").await;
    }

    async fn open(&self) {
        let url = self.site.url(&format!("/?lang={}", self.language));
        self.tab.go(&url).await;
    }

    async fn find_failure(&self, code: &str) {
        self.find_code(code).await;
        self.tab.find_state("failed").await;
    }

    async fn find_code(&self, code: &str) {
        let selector = format!("#timeline [data-code={code}]");
        self.tab.find(&selector).await;
    }
}
