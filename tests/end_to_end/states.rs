//! Every state that a customer may see, one after another.

use pantoken_tests::{
    Answer, BAD_NUMBER, Customer, FORBIDDEN_NUMBER, GOOD_NUMBER, Gate, Page, Scene, Shop,
};
use serde_json::{Value, json};

use crate::form_url::SIGNED;
use crate::stage;

/// A state, as it is on the screen.
pub(crate) struct State {
    pub(crate) name: &'static str,
    /// Whether the provider's form is in the page.
    pub(crate) has_form: bool,
}

const fn state(name: &'static str, has_form: bool) -> State {
    State { name, has_form }
}

/// Goes through the states of the scene's page, and looks at each.
pub(crate) async fn visit(
    scene: &Scene,
    customer: &Customer,
    language: &str,
    look: impl AsyncFn(&State),
) {
    let shop = scene.shop();
    let visit = Visit {
        customer,
        shop: &shop,
        language,
    };
    visit.form(&look).await;
    visit.failures(&look).await;
    match scene.page {
        Page::Yew => visit.redirect_of_the_demo_page(&look).await,
        Page::Element => visit.failures_of_the_element(&look).await,
    }
}

struct Visit<'a> {
    customer: &'a Customer,
    shop: &'a Shop,
    language: &'a str,
}

impl Visit<'_> {
    async fn form(&self, look: &impl AsyncFn(&State)) {
        let gate = Gate::shut();
        self.shop
            .front
            .plan("/v1/sessions", Answer::Held(gate.clone()));
        self.open().await;
        self.customer.find_state("loading").await;
        self.customer.find("[role=status]:not(:empty)").await;
        look(&state("loading", false)).await;
        gate.open();
        self.customer.find_state("ready").await;
        self.customer.enter_form().await;
        self.customer.leave_form().await;
        look(&state("ready", true)).await;
        self.customer.save_in_frame(BAD_NUMBER).await;
        self.find_code("INVALID_PAN").await;
        look(&state("wrong-number", true)).await;
        self.customer.save_in_frame(GOOD_NUMBER).await;
        self.customer.find_state("saved").await;
        look(&state("saved", true)).await;
    }

    async fn failures(&self, look: &impl AsyncFn(&State)) {
        self.shop.front.plan("/v1/sessions", Answer::Cut);
        self.open().await;
        self.find_failure("SESSION_FAILED").await;
        look(&state("no-session", false)).await;

        self.open().await;
        self.customer.find_state("ready").await;
        self.customer.save_in_frame(FORBIDDEN_NUMBER).await;
        self.find_failure("FORBIDDEN").await;
        look(&state("refused-card", true)).await;

        let refused = Answer::Instead(409, "application/json", "{}".to_owned());
        self.shop.front.plan("/result", refused);
        self.open().await;
        self.customer.find_state("ready").await;
        self.customer.save_in_frame(GOOD_NUMBER).await;
        self.find_failure("RESULT_REJECTED").await;
        look(&state("refused-result", false)).await;
    }

    async fn redirect_of_the_demo_page(&self, look: &impl AsyncFn(&State)) {
        self.open().await;
        let choice = "input[name=flow][value=redirect]";
        self.customer.click(choice).await;
        self.customer.find(".pantoken-redirect").await;
        look(&state("redirect", false)).await;
    }

    async fn failures_of_the_element(&self, look: &impl AsyncFn(&State)) {
        let stage = self.shop.url("/stage.html");
        self.fail(&stage, json!({"form-url": "a form"}), "INVALID_FORM_URL")
            .await;
        look(&state("wrong-form-url", false)).await;

        // On no origin that the page's policy lets into a frame.
        let blocked = format!("http://127.0.0.1:1/form?{SIGNED}");
        self.fail(&stage, json!({"form-url": blocked}), "FRAME_BLOCKED")
            .await;
        look(&state("blocked", false)).await;

        // The provider shows no form on a host that it has not been told.
        let unregistered = stage.replace("localhost", "127.0.0.1");
        let form_url = self.shop.sign_form_url("1").await;
        let attributes = json!({"form-url": form_url, "ready-timeout": 1});
        self.fail(&unregistered, attributes, "READY_TIMEOUT").await;
        look(&state("not-ready", false)).await;

        let session = json!({"requestId": "1", "formUrl": form_url, "resultToken": "token"});
        let answer = Answer::Instead(201, "application/json", session.to_string());
        self.shop.front.plan("/v1/sessions", answer);
        let attributes = json!({"session-url": "/v1/sessions", "ready-timeout": 1});
        self.fail(&unregistered, attributes, "READY_TIMEOUT").await;
        look(&state("session-not-ready", false)).await;
    }

    /// Makes the element fail so on a page where it is alone.
    async fn fail(&self, url: &str, mut attributes: Value, code: &str) {
        attributes["language"] = self.language.into();
        stage::open_at(self.customer, url).await;
        let insert = format!("insertForm('form', {attributes})");
        self.customer.run(&insert).await;
        stage::wait_for(self.customer, "form", "pantoken-error", 1).await;
        let error = &stage::events(self.customer, "form").await[0];
        assert_eq!(error["code"], code);
        self.customer.find_state("failed").await;
    }

    async fn open(&self) {
        let url = self.shop.url(&format!("/?lang={}", self.language));
        self.customer.go(&url).await;
    }

    async fn find_failure(&self, code: &str) {
        self.find_code(code).await;
        self.customer.find_state("failed").await;
    }

    async fn find_code(&self, code: &str) {
        let selector = format!("#timeline [data-code={code}]");
        self.customer.find(&selector).await;
    }
}
