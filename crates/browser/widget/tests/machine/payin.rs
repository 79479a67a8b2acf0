//! payin's form: what it says moves the display, and what the server says counts.

use pantoken_a2c::{ErrorSource, Flow, FormOrigins, State};
use pantoken_widget::{FormInput, FormOptions, FormSource, RawAnswer, Session, Text};

use crate::support::*;

/// A form that is there, of a session endpoint.
fn opened() -> Form {
    Form::after(
        of_session(Flow::Iframe),
        &[verification(), says("INITIALIZED")],
    )
}

/// A form whose customer has paid, as it says, and the server was asked.
fn asked() -> Form {
    let mut form = opened();
    assert_eq!(form.handle(&says("PAYMENT_SUCCEEDED")), [question()]);
    form
}

#[test]
fn a_verified_card_is_saved_when_the_server_says_so() {
    let mut form = Form::started(of_session(Flow::Iframe));
    assert_eq!(
        form.handle(&verification()),
        [
            show(PAY_URL),
            "setTimer ready 15000".to_owned(),
            "setTimer report 5000".to_owned()
        ]
    );
    assert_eq!(form.state(), State::Loading);
    assert_eq!(
        form.handle(&says("INITIALIZED")),
        ["clearTimer ready", "ready"]
    );
    assert_eq!(form.handle(&says("PAYMENT_ATTEMPT")), [""; 0]);
    assert_eq!(form.handle(&says("PAYMENT_SUCCEEDED")), [question()]);
    assert_eq!(form.state(), State::Ready);
    assert_eq!(
        form.handle(&result(202, "created")),
        ["setTimer report 500"]
    );
    assert_eq!(form.handle(REPORT_DELAY_OVER), [question()]);
    assert_eq!(form.handle(&result(200, "verified")), ["saved"]);
    assert_eq!(form.state(), State::Saved);
    assert_eq!(form.view().status, Some(Text::Saved));
    for after in [
        RELOAD,
        READY_TIMEOUT,
        REPORT_DELAY_OVER,
        SESSION_TIME_OVER,
        &says("INITIALIZED"),
        &says("PAYMENT_FAILED"),
        &result(200, "refused"),
        &violation("frame-src", "enforce", PAYIN_ORIGIN),
    ] {
        assert_eq!(form.handle(after), [""; 0], "{after:?}");
    }
}

#[test]
fn a_card_is_verified_without_any_message() {
    let mut form = Form::after(of_session(Flow::Iframe), &[verification()]);
    assert_eq!(form.handle(REPORT_DELAY_OVER), [question()]);
    for delay in [5000, 10000, 20000, 30000, 30000] {
        let wait = format!("setTimer report {delay}");
        assert_eq!(form.handle(&result(202, "created")), [wait]);
        assert_eq!(form.handle(REPORT_DELAY_OVER), [question()]);
    }
    assert_eq!(form.handle(&result(200, "verified")), ["saved"]);
    assert_eq!(form.handle(READY_TIMEOUT), [""; 0]);
}

#[test]
fn a_form_that_says_it_often_makes_no_more_questions() {
    let mut form = opened();
    assert_eq!(form.handle(&says("PAYMENT_FAILED")), [question()]);
    for _ in 0..100 {
        assert_eq!(form.handle(&says("PAYMENT_SUCCEEDED")), [""; 0]);
    }
    for delay in [500, 1000, 2000, 4000, 8000] {
        let answered = form.handle(&result(202, "created"));
        assert_eq!(answered[0], format!("setTimer report {delay}"));
        assert_eq!(
            answered.get(1).map(String::as_str),
            (delay == 4000).then_some("warning REPORT_DELAYED")
        );
        if delay < 4000 {
            assert_eq!(form.handle(&says("PAYMENT_SUCCEEDED")), [""; 0]);
        }
        assert_eq!(form.handle(REPORT_DELAY_OVER), [question()]);
    }
    form.handle(&result(202, "created"));
    assert_eq!(form.handle(&says("PAYMENT_SUCCEEDED")), [question()]);
    assert_eq!(
        form.handle(&result(202, "created")),
        ["setTimer report 500"]
    );
}

#[test]
fn what_somebody_else_says_changes_nothing() {
    let mut form = opened();
    for origin in [
        "https://evil.kz",
        "https://shop.kz",
        "null",
        "",
        "https://oplata.qiwi.com",
        ORIGIN,
    ] {
        for text in ["PAYMENT_SUCCEEDED", "INITIALIZATION_FAILED", "SOMETHING"] {
            assert_eq!(form.handle(&says_from(origin, text)), [""; 0], "{origin}");
        }
    }
    // What J's popup knows, and what the other provider's form says.
    let language = message_from(PAYIN_ORIGIN, ["", "", "", "", ""]);
    let token = saved_from(PAYIN_ORIGIN, VERIFICATION_ID, "tok-1");
    for message in [language, token] {
        assert_eq!(form.handle(&message), [""; 0]);
    }
    assert_eq!(
        form.handle(&says("SOMETHING")),
        ["warning UNREADABLE_MESSAGE"]
    );
    assert_eq!(form.state(), State::Ready);
}

#[test]
fn an_answer_that_is_not_the_servers_saves_nothing() {
    let html = reported(200);
    for answer in [
        html,
        result(0, ""),
        result(202, "verified"),
        result(201, "verified"),
        result(200, "saved"),
        result(200, "created"),
        result(200, "VERIFIED"),
        result(403, "verified"),
        result(503, "verified"),
        report_refused(503, "PROVIDER_UNAVAILABLE"),
    ] {
        assert_eq!(
            asked().handle(&answer),
            ["setTimer report 500"],
            "{answer:?}"
        );
    }
}

#[test]
fn the_report_of_a_token_is_not_acknowledged_by_a_verification() {
    let inputs = [session(), ready(), saved("tok-1")];
    let mut form = Form::after(of_session(Flow::Iframe), &inputs);
    for state in ["verified", "refused", "failed"] {
        assert!(form.handle(&result(200, state))[0].starts_with("setTimer report "));
        form.handle(REPORT_DELAY_OVER);
    }
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);
}

#[test]
fn a_refused_card_is_an_error_of_the_form() {
    let mut form = asked();
    assert_eq!(
        form.handle(&result(200, "refused")),
        ["removeFrame", "clearTimer ready", "error CARD_REFUSED"]
    );
    let error = form.error.clone().unwrap();
    assert_eq!(error.source, ErrorSource::Form);
    assert_eq!(error.request_id.unwrap().as_str(), VERIFICATION_ID);
    assert!(!error.recoverable && error.problem.is_none());
    let view = form.view();
    assert_eq!(
        (view.state, view.status),
        (State::Failed, Some(Text::CardRefused))
    );
    assert!(view.may_retry);
    assert_eq!(form.handle(RELOAD), [CREATE]);
    assert_eq!(form.handle(&verification())[0], show(PAY_URL));
}

#[test]
fn a_verification_that_fails_or_expires_is_told() {
    for (answer, reason, text) in [
        (
            result(200, "failed"),
            "the provider could not verify the card",
            Text::Other,
        ),
        (
            report_refused(410, "SESSION_EXPIRED"),
            "the session endpoint answered 410 SESSION_EXPIRED: because",
            Text::NewSession,
        ),
        (
            report_refused(403, "RESULT_TOKEN_INVALID"),
            "the session endpoint answered 403 RESULT_TOKEN_INVALID: because",
            Text::Other,
        ),
    ] {
        let mut form = asked();
        let told = form.handle(&answer);
        assert_eq!(told.last().unwrap(), "error RESULT_REJECTED");
        assert_eq!(form.reason(), reason);
        assert_eq!(form.view().status, Some(text));
        assert_eq!(form.handle(REPORT_DELAY_OVER), [""; 0]);
    }
}

#[test]
fn the_bank_may_show_its_page_in_the_frame() {
    let mut form = opened();
    for _ in 0..3 {
        assert_eq!(form.handle(FRAME_LOADED), [""; 0]);
        assert_eq!(form.state(), State::Ready);
    }
    assert_eq!(form.handle(&says("INITIALIZED")), [""; 0]);
}

#[test]
fn a_form_that_does_not_open_is_told_and_may_open_later() {
    for input in [READY_TIMEOUT, &says("INITIALIZATION_FAILED")] {
        let mut form = Form::after(of_session(Flow::Iframe), &[verification()]);
        assert_eq!(form.handle(input), ["error READY_TIMEOUT"]);
        assert!(form.view().may_retry && form.view().may_redirect);
        assert_eq!(
            form.handle(&says("PAYMENT_ATTEMPT")),
            ["clearTimer ready", "ready"]
        );
        assert_eq!(form.state(), State::Ready);
    }
    assert_eq!(opened().handle(&says("INITIALIZATION_FAILED")), [""; 0]);
}

#[test]
fn a_destroyed_form_asks_no_more() {
    let mut form = asked();
    let end = [REMOVE[0], REMOVE[1], "clearTimer report", "finish"];
    assert_eq!(form.handle(DESTROY), end);
    for after in [REPORT_DELAY_OVER, &result(200, "verified"), START] {
        assert_eq!(form.handle(after), [""; 0]);
    }
}

#[test]
fn a_form_in_use_is_left_alone_and_an_unused_one_is_renewed() {
    let renewed = |input: Option<FormInput>| {
        let mut form = Form::started(of_session(Flow::Iframe));
        let answer = RawAnswer {
            expires_in: Some(60_000),
            ..verification_answer()
        };
        form.handle(&answered(201, answer));
        form.handle(&says("INITIALIZED"));
        form.handle(REPORT_DELAY_OVER);
        form.handle(&result(202, "created"));
        if let Some(input) = input {
            form.handle(&input);
        }
        form.handle(SESSION_TIME_OVER)
    };
    assert_eq!(renewed(None), [CREATE]);
    for input in [
        says("PAYMENT_ATTEMPT"),
        says("PAYMENT_FAILED"),
        FRAME_FOCUSED.clone(),
    ] {
        assert_eq!(renewed(Some(input)), [""; 0]);
    }
}

#[test]
fn a_renewed_form_is_asked_about_alone() {
    let mut form = opened();
    form.handle(REPORT_DELAY_OVER);
    let earlier = form.numbered(&result(200, "verified"));
    assert_eq!(form.handle(RELOAD).last().unwrap(), "clearTimer report");
    form.handle(&verification());
    assert_eq!(form.handle(&earlier), [""; 0]);
}

#[test]
fn the_customer_is_led_to_the_form() {
    let mut form = Form::started(of_session(Flow::Redirect));
    let create = create_redirect("ru", PAGE);
    assert_eq!(form.handle(&redirect()), [create]);
    let told = form.handle(&verification());
    assert_eq!(
        told,
        [navigate(PAY_URL), "setTimer session 8000".to_owned()]
    );

    let mut form = Form::started(of_verification(Flow::Redirect));
    assert!(form.view().may_redirect);
    assert_eq!(form.handle(&redirect())[0], navigate(PAY_URL));
}

#[test]
fn a_verification_that_a_back_end_made_is_asked_about_at_its_own_url() {
    let mut form = Form::started(of_verification(Flow::Iframe));
    form.handle(&says("INITIALIZED"));
    assert_eq!(
        form.handle(RELOAD),
        [show(PAY_URL), "setTimer ready 15000".to_owned()]
    );
    let told = form.handle(&says("PAYMENT_SUCCEEDED"));
    assert!(told.contains(&question()), "{told:?}");
    let told = form.handle(&result(200, "refused"));
    assert_eq!(told.last().unwrap(), "error CARD_REFUSED");
    assert!(!form.view().may_retry, "the verification is over");
}

#[test]
fn a_form_opens_on_the_providers_origins_alone() {
    let source = |form_url: &str| {
        let answer = RawAnswer {
            form_url: form_url.to_owned(),
            ..verification_answer()
        };
        Session::read(&answer, None).map(FormSource::Session)
    };
    let first = |source: FormSource, form_origins: FormOrigins| {
        let mut form = Form::with(FormOptions {
            form_origins,
            ..FormOptions::new(source)
        });
        form.handle(START).swap_remove(0)
    };
    let production = FormOrigins::default();
    let local = production.clone().on_page("http://localhost");
    for (form_url, in_production, on_loopback) in [
        (PAY_URL, true, true),
        ("https://oplata.qiwi.com/form?invoiceUid=1", true, true),
        ("https://a2c.qiwi.kz/form?invoiceUid=1", false, false),
        ("https://payment.qiwi.com.evil.kz/form", false, false),
        ("http://127.0.0.1:3021/form?invoiceUid=1", false, true),
    ] {
        for (origins, is_allowed) in [(&production, in_production), (&local, on_loopback)] {
            let first = first(source(form_url).unwrap(), origins.clone());
            let expected = if is_allowed {
                show(form_url)
            } else {
                "error INVALID_FORM_URL".to_owned()
            };
            assert_eq!(first, expected);
        }
    }
    for unreadable in [
        "",
        "payment.qiwi.com/form",
        "javascript:alert(1)",
        "http://payment.qiwi.com/form",
        "https://payment.qiwi.com/form#top",
        "https://payment.qiwi.com/fo rm",
        "https://payment.qiwi.com@evil.kz/form",
        "https://payment.qiwi.com/карта",
    ] {
        assert!(source(unreadable).is_none(), "{unreadable}");
    }
    let too_long = format!("https://payment.qiwi.com/form?a={}", "1".repeat(16 * 1024));
    assert!(source(&too_long).is_none());
}

#[test]
fn a_verification_needs_an_id_and_a_result() {
    let changes: [fn(&mut RawAnswer); 5] = [
        |answer| answer.request_id.clear(),
        |answer| answer.request_id = "1".repeat(257),
        |answer| answer.result_token.clear(),
        |answer| answer.result_url.clear(),
        |answer| answer.result_url = "javascript:alert(1)".to_owned(),
    ];
    for change in changes {
        let mut answer = verification_answer();
        change(&mut answer);
        assert!(Session::read(&answer, None).is_none());
    }
}

#[test]
fn a_form_of_an_unknown_kind_is_refused() {
    for form in ["qiwi-pay", "PAYIN", "payin "] {
        let answer = RawAnswer {
            form: form.to_owned(),
            ..verification_answer()
        };
        assert!(answer.has_unknown_form());
        let mut told = Form::started(of_session(Flow::Iframe));
        assert_eq!(
            told.handle(&answered(201, answer)),
            ["error SESSION_FAILED"]
        );
        let reason = "the session's field `form` must be a2c or payin: this version of pantoken shows no other form";
        assert_eq!(told.reason(), reason);
    }
    let mut form = Form::of(FormSource::UnknownForm);
    assert_eq!(form.handle(START), ["error SESSION_FAILED"]);
    assert_eq!(form.view().status, Some(Text::Shop));
    assert!(!form.view().may_retry && !form.view().may_redirect);
}
