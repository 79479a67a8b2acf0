//! The button that leads to a page of the provider's.

use pantoken_a2c::{Event, FormError, FormOrigins, FormUrl, Language, Origin, State};
use pantoken_widget::{
    Destination, DestinationError, FormInput, FormView, Order, RawAnswer, RedirectMachine,
    RedirectOptions, RedirectSource, Text,
};

use crate::support::{
    DESTROY, ENDPOINT, PAGE, RELOAD, REQUEST_ID, SESSION_TIME_OVER, START, create_redirect,
    form_url, navigate, problem, redirect, redirect_form_url, violation,
};

/// The wait for the page to be left.
const LEAVE: &str = "setTimer session 8000";
const PAY: &str = "https://pay.qiwi.com/paypage/initial";

struct Button {
    machine: RedirectMachine,
    request: u32,
    error: Option<FormError>,
}

impl Button {
    fn with(options: RedirectOptions) -> Self {
        Self {
            machine: RedirectMachine::new(options),
            request: 0,
            error: None,
        }
    }

    /// A button that was started, on a page that may open forms for tests.
    fn of(source: RedirectSource) -> Self {
        let mut button = Self::with(RedirectOptions {
            form_origins: FormOrigins::default().on_page("http://localhost"),
            ..RedirectOptions::new(source)
        });
        button.handle(START);
        button
    }

    fn of_endpoint() -> Self {
        Self::of(endpoint())
    }

    /// A button that was pressed, on a page in production.
    fn pressed_in_production(origin: Option<&str>) -> Self {
        let extra = origin.map(|text| Origin::parse(text).unwrap());
        let mut button = Self::with(RedirectOptions {
            form_origins: FormOrigins::with_extra(extra).on_page("https://shop.kz"),
            ..RedirectOptions::new(endpoint())
        });
        button.handle(START);
        button.handle(&redirect());
        button
    }

    fn handle(&mut self, input: &FormInput) -> Vec<String> {
        let output = self.machine.handle(input);
        let mut told = Vec::new();
        for order in &output.orders {
            told.push(self.describe(order));
        }
        for event in output.events {
            let Event::Error(error) = event else {
                panic!("{event:?}")
            };
            told.push(format!("error {}", error.code.as_str()));
            self.error = Some(error);
        }
        told
    }

    fn describe(&mut self, order: &Order) -> String {
        match order {
            Order::Post {
                request,
                url,
                base,
                token: None,
                body,
                timeout: 15_000,
                keepalive: true,
            } => {
                assert_eq!(base.as_deref(), Some(ENDPOINT));
                self.request = *request;
                format!("post {url} - {body}")
            }
            Order::Navigate { url } => navigate(url),
            Order::SubmitForm { url, fields } => format!("submitForm {url} {fields:?}"),
            Order::SetTimer {
                timer,
                milliseconds,
            } => format!("setTimer {} {milliseconds}", timer.as_str()),
            Order::ClearTimer { timer } => format!("clearTimer {}", timer.as_str()),
            Order::Finish => "finish".to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, status: u16, answer: RawAnswer) -> Vec<String> {
        self.handle(&FormInput::Answered {
            request: self.request,
            status,
            answer,
        })
    }

    fn view(&self) -> FormView {
        self.machine.view()
    }

    fn reason(&self) -> &str {
        &self.error.as_ref().unwrap().message
    }
}

fn endpoint() -> RedirectSource {
    RedirectSource::Endpoint {
        url: ENDPOINT.to_owned(),
        return_url: None,
    }
}

fn a2c(form_url: &str) -> RawAnswer {
    RawAnswer {
        form_url: form_url.to_owned(),
        request_id: REQUEST_ID.to_owned(),
        ..RawAnswer::default()
    }
}

fn payin(form_url: &str) -> RawAnswer {
    RawAnswer {
        form: "payin".to_owned(),
        request_id: "bill-1".to_owned(),
        ..a2c(form_url)
    }
}

fn qiwi_pay(form_url: &str, fields: &[(&str, &str)]) -> RawAnswer {
    RawAnswer {
        form: "qiwi-pay".to_owned(),
        method: "POST".to_owned(),
        request_id: "order-1".to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())))
            .collect(),
        ..a2c(form_url)
    }
}

/// What the endpoint's answer leads to.
fn led_to(answer: RawAnswer) -> Vec<String> {
    let mut button = Button::of_endpoint();
    button.handle(&redirect());
    button.answer(201, answer)
}

#[test]
fn asks_for_a_session_when_it_is_pressed_and_not_before() {
    let mut button = Button::of_endpoint();
    assert_eq!(button.machine.view(), view(State::Idle, None, true, false));
    assert_eq!(button.handle(&redirect()), [create_redirect("ru", PAGE)]);
    assert_eq!(
        button.view(),
        view(State::Loading, Some(Text::Loading), false, false)
    );
    assert_eq!(
        button.answer(201, a2c(&redirect_form_url())),
        [&navigate(&redirect_form_url()), LEAVE]
    );
    assert_eq!(button.view().state, State::Loading);
}

fn view(state: State, status: Option<Text>, may_redirect: bool, may_retry: bool) -> FormView {
    FormView {
        state,
        status,
        may_redirect,
        may_retry,
    }
}

#[test]
fn a_second_press_on_the_way_does_nothing() {
    let mut button = Button::of_endpoint();
    button.handle(&redirect());
    assert_eq!(button.handle(&redirect()), [""; 0]);
    button.answer(201, a2c(&redirect_form_url()));
    assert_eq!(button.handle(&redirect()), [""; 0]);
}

#[test]
fn payins_page_is_opened_by_its_url() {
    for url in [
        "https://payment.qiwi.com/form?invoiceUid=1",
        "https://oplata.qiwi.com/form?invoiceUid=1",
        "http://127.0.0.1:3021/form?invoiceUid=1",
    ] {
        assert_eq!(led_to(payin(url)), [&navigate(url), LEAVE]);
    }
}

#[test]
fn qiwi_pays_page_is_opened_by_a_form_with_exactly_its_fields() {
    let fields = [
        ("opcode", "1"),
        ("product_name", "Чай «Ассам» & <b>"),
        ("sign", "9c87"),
    ];
    assert_eq!(
        led_to(qiwi_pay(PAY, &fields)),
        [&format!("submitForm {PAY} {fields:?}"), LEAVE]
    );
}

#[test]
fn no_other_scheme_and_no_other_origin_is_opened() {
    for url in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,card",
        "blob:https://pay.qiwi.com/1",
        "http://pay.qiwi.com/paypage/initial",
        "//pay.qiwi.com/paypage/initial",
        "/paypage/initial",
        "https://pay.qiwi.com@evil.kz/",
        "https://pay.qiwi.com\\@evil.kz/",
        "https://evil.kz/paypage/initial",
        "https://pay.qiwi.com.evil.kz/",
        "https://pay.qiwi.com/#card",
        " https://pay.qiwi.com/",
    ] {
        for answer in [payin(url), qiwi_pay(url, &[("sign", "1")]), a2c(url)] {
            assert_eq!(led_to(answer), ["error INVALID_FORM_URL"], "{url}");
        }
    }
    let elsewhere = redirect_form_url().replace("a2c-test.qiwi.kz", "evil.kz");
    assert_eq!(led_to(a2c(&elsewhere)), ["error INVALID_FORM_URL"]);
    assert_eq!(led_to(a2c(&form_url())), ["error INVALID_FORM_URL"]);
}

#[test]
fn a_page_in_production_opens_the_providers_pages_and_those_of_one_more_origin() {
    for (url, extra, is_opened) in [
        (PAY, None, true),
        ("http://127.0.0.1:3023/paypage/initial", None, false),
        ("https://pay.agent.kz/form", None, false),
        (
            "https://pay.agent.kz/form",
            Some("https://pay.agent.kz"),
            true,
        ),
        (
            "https://pay.agent.kz/form",
            Some("https://other.agent.kz"),
            false,
        ),
    ] {
        let mut button = Button::pressed_in_production(extra);
        let told = button.answer(201, qiwi_pay(url, &[("sign", "1")]));
        assert_eq!(told[0].starts_with("submitForm"), is_opened, "{url}");
    }
    // Each provider has its own pages.
    let mut button = Button::pressed_in_production(None);
    assert_eq!(
        button.answer(201, payin("https://pay.qiwi.com/form")),
        ["error INVALID_FORM_URL"]
    );
}

#[test]
fn fields_that_would_not_arrive_as_they_are_are_not_posted() {
    let long_name = "n".repeat(65);
    let long_value = "v".repeat(4_097);
    let many: Vec<(String, String)> = (0..65).map(|n| (format!("cf{n}"), "1".into())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    for fields in [
        &[][..],
        &[("", "1")],
        &[("cf 1", "1")],
        &[("имя", "1")],
        &[("_CHARSET_", "")],
        &[(long_name.as_str(), "1")],
        &[("cf1", long_value.as_str())],
        &[("cf1", "two\nlines")],
        &[("cf1", "\0")],
        &many,
    ] {
        let mut button = Button::of_endpoint();
        button.handle(&redirect());
        assert_eq!(
            button.answer(201, qiwi_pay(PAY, fields)),
            ["error SESSION_FAILED"],
            "{fields:?}"
        );
        assert!(button.reason().contains("`fields`"));
    }
    let mut number = qiwi_pay(PAY, &[("sign", "1")]);
    number.fields.push(("amount".to_owned(), None));
    assert_eq!(led_to(number), ["error SESSION_FAILED"]);
    for method in ["", "GET", "post"] {
        let mut answer = qiwi_pay(PAY, &[("sign", "1")]);
        method.clone_into(&mut answer.method);
        assert_eq!(led_to(answer), ["error SESSION_FAILED"], "{method}");
    }
    let longest = "v".repeat(4_096);
    let answer = qiwi_pay(PAY, &[("merchant_cheque", &longest), ("email", "")]);
    assert!(led_to(answer)[0].starts_with("submitForm"));
    assert!(led_to(qiwi_pay(PAY, &many[..64]))[0].starts_with("submitForm"));
}

#[test]
fn an_answer_that_is_no_session_is_the_shops_mistake_and_names_what_is_wrong() {
    let unknown = RawAnswer {
        form: "jetpay".to_owned(),
        ..a2c(PAY)
    };
    let another = RawAnswer {
        request_id: "5".to_owned(),
        ..a2c(&redirect_form_url())
    };
    for (answer, reason) in [
        (RawAnswer::default(), DestinationError::NoSession),
        (another, DestinationError::NoSession),
        (unknown, DestinationError::UnknownForm),
    ] {
        let mut button = Button::of_endpoint();
        button.handle(&redirect());
        assert_eq!(button.answer(201, answer), ["error SESSION_FAILED"]);
        assert_eq!(button.reason(), reason.to_string());
        let error = button.error.as_ref().unwrap();
        assert_eq!(error.problem.as_ref().unwrap().status, 201);
        assert_eq!(
            button.view(),
            view(State::Failed, Some(Text::Shop), true, true)
        );
    }
}

#[test]
fn the_connection_is_blamed_only_where_there_was_none_and_a_press_tries_again() {
    for (status, text) in [
        (0, Text::Network),
        (403, Text::Shop),
        (503, Text::Wait),
        (429, Text::Wait),
    ] {
        let mut button = Button::of_endpoint();
        button.handle(&redirect());
        assert_eq!(
            button.answer(status, problem("CODE")),
            ["error SESSION_FAILED"]
        );
        assert_eq!(button.view(), view(State::Failed, Some(text), true, true));
        assert_eq!(button.handle(&redirect()), [create_redirect("ru", PAGE)]);
        assert_eq!(button.view().state, State::Loading);
    }
}

#[test]
fn asks_again_twice_when_the_endpoint_says_when() {
    let busy = RawAnswer {
        retry_after: Some(5),
        ..problem("TOO_MANY_REQUESTS")
    };
    let mut button = Button::of_endpoint();
    button.handle(&redirect());
    for _ in 0..2 {
        assert_eq!(button.answer(429, busy.clone()), ["setTimer session 5000"]);
        assert_eq!(button.handle(&redirect()), [""; 0]);
        assert_eq!(
            button.handle(SESSION_TIME_OVER),
            [create_redirect("ru", PAGE)]
        );
    }
    assert_eq!(button.answer(429, busy), ["error SESSION_FAILED"]);
}

#[test]
fn a_session_of_the_pages_own_is_opened_without_a_question() {
    let form_url = FormUrl::parse(&redirect_form_url()).unwrap();
    let session = RedirectSource::Session(Destination::a2c(form_url).unwrap());
    let mut button = Button::with(RedirectOptions {
        language: Some(Language::En),
        form_origins: FormOrigins::default().on_page("http://localhost"),
        ..RedirectOptions::new(session)
    });
    assert_eq!(button.handle(START), [""; 0]);
    let in_english = redirect_form_url().replace("language=ru", "language=en");
    assert_eq!(button.handle(&redirect()), [&navigate(&in_english), LEAVE]);
}

#[test]
fn a_session_that_leads_nowhere_is_told_at_once_and_cannot_be_pressed() {
    let evil = Destination::payin("https://evil.kz/form", "bill-1").unwrap();
    for (source, reason) in [
        (RedirectSource::Session(evil), DestinationError::Origin),
        (
            RedirectSource::Unreadable(DestinationError::Fields),
            DestinationError::Fields,
        ),
    ] {
        let mut button = Button::with(RedirectOptions::new(source));
        assert_eq!(button.handle(START), ["error INVALID_FORM_URL"]);
        assert_eq!(button.reason(), reason.reason());
        assert_eq!(
            button.view(),
            view(State::Failed, Some(Text::Shop), false, false)
        );
        assert_eq!(button.handle(&redirect()), [""; 0]);
    }
}

#[test]
fn a_page_that_is_not_left_or_comes_back_has_a_button_that_can_be_pressed() {
    let mut button = Button::of_endpoint();
    button.handle(&redirect());
    button.answer(201, a2c(&redirect_form_url()));
    assert_eq!(button.handle(SESSION_TIME_OVER), [""; 0]);
    assert_eq!(button.view(), view(State::Idle, None, true, false));
    button.handle(&redirect());
    button.answer(201, a2c(&redirect_form_url()));
    assert_eq!(button.handle(RELOAD), ["clearTimer session"]);
    assert_eq!(button.view(), view(State::Idle, None, true, false));
}

#[test]
fn an_answer_that_nobody_waits_for_any_more_leads_nowhere() {
    let mut button = Button::of_endpoint();
    button.handle(&redirect());
    button.handle(RELOAD);
    assert_eq!(button.answer(201, a2c(&redirect_form_url())), [""; 0]);
    button.handle(&redirect());
    assert_eq!(button.handle(DESTROY), ["finish"]);
    assert_eq!(button.answer(201, a2c(&redirect_form_url())), [""; 0]);
    assert_eq!(button.handle(&redirect()), [""; 0]);
}

#[test]
fn a_policy_that_forbids_the_form_is_the_shops_mistake() {
    let origin = "https://pay.qiwi.com";
    let mut button = Button::of_endpoint();
    button.handle(&redirect());
    button.answer(201, qiwi_pay(PAY, &[("sign", "1")]));
    for (directive, disposition, blocked_uri) in [
        ("form-action", "report", origin),
        ("frame-src", "enforce", origin),
        ("form-action", "enforce", "https://evil.kz"),
        ("form-action", "enforce", ""),
    ] {
        let told = button.handle(&violation(directive, disposition, blocked_uri));
        assert_eq!(told, [""; 0]);
    }
    assert_eq!(
        button.handle(&violation("form-action", "enforce", origin)),
        ["clearTimer session", "error FRAME_BLOCKED"]
    );
    let request_id = button.error.as_ref().unwrap().request_id.clone();
    assert_eq!(request_id.unwrap().as_str(), "order-1");
    assert_eq!(
        button.view(),
        view(State::Failed, Some(Text::Shop), true, true)
    );
}

#[test]
fn what_is_on_its_way_to_the_provider_is_not_printed() {
    let fields = vec![("card_token".to_owned(), "secret".to_owned())];
    let destination = Destination::qiwi_pay(PAY, "order-1", fields).unwrap();
    let order = Order::SubmitForm {
        url: PAY.to_owned(),
        fields: vec![("card_token".to_owned(), "secret".to_owned())],
    };
    let button = Button::of(RedirectSource::Session(destination.clone()));
    let printed = format!("{destination:?} {order:?} {:?}", button.machine);
    assert!(!printed.contains("secret"), "{printed}");
    assert_eq!(
        order.to_json(),
        format!(r#"{{"order":"submitForm","url":"{PAY}","fields":{{"card_token":"secret"}}}}"#)
    );
}
