//! A form URL that a session endpoint gives, and a result that is reported to it.

use pantoken_a2c::{Flow, FormError, FormUrl, State};
use pantoken_widget::{FormInput, FormSource, HostedForm, Session};

use crate::support::*;

fn form() -> Form {
    Form::started(of_session(Flow::Iframe))
}

fn ready_form() -> Form {
    Form::after(of_session(Flow::Iframe), &[session(), ready()])
}

#[test]
fn asks_for_a_session_shows_its_form_and_emits_the_token_when_it_is_reported() {
    let mut form = Form::of(of_session(Flow::Iframe));
    assert_eq!(form.handle(START), [CREATE]);
    assert_eq!(form.state(), State::Loading);
    let shown = form.handle(&session());
    assert!(shown[0].starts_with(&show(&form_url())));
    assert_eq!(form.state(), State::Loading);
    assert_eq!(
        form.handle(&ready()),
        [&post_message(), "clearTimer ready", "ready"]
    );
    assert_eq!(
        form.handle(&saved("tok-1")),
        ["clearTimer ready", &report("tok-1")]
    );
    assert_eq!(form.state(), State::Ready);
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn a_refused_report_is_an_error_of_that_request() {
    let mut form = ready_form();
    form.handle(&saved("tok-1"));
    assert_eq!(
        form.handle(&report_refused(410, "SESSION_EXPIRED")),
        [&REMOVE[..], &["error RESULT_REJECTED"]].concat()
    );
    assert_eq!(form.state(), State::Failed);
    let FormError {
        request_id,
        recoverable,
        ..
    } = form.error.clone().unwrap();
    assert_eq!(request_id.unwrap().as_str(), REQUEST_ID);
    assert!(!recoverable);
    assert_eq!(form.handle(&acknowledged()), [""; 0]);
    // The frame is gone: what it still said would hide the error and its way out.
    assert_eq!(form.handle(&ready()), [""; 0]);
    assert!(form.view().may_retry);
}

#[test]
fn a_report_is_acknowledged_once() {
    let mut form = ready_form();
    assert_eq!(form.handle(&acknowledged()), [""; 0]);
    form.handle(&saved("tok-1"));
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);
    assert_eq!(form.handle(&acknowledged()), [""; 0]);
    assert_eq!(
        form.handle(&report_refused(409, "RESULT_CONFLICT")),
        [""; 0]
    );
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn what_follows_a_token_is_not_reported_a_second_time() {
    let mut form = ready_form();
    form.handle(&saved("tok-1"));
    assert_eq!(form.handle(&saved("tok-1")), [""; 0]);
    assert_eq!(form.handle(&saved("tok-2")), ["warning CONFLICTING_RESULT"]);
    assert_eq!(
        form.handle(&failed("FORBIDDEN")),
        ["warning CONFLICTING_RESULT"]
    );
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);
}

#[test]
fn an_error_of_the_forms_is_mentioned_to_the_endpoint_and_a_token_may_follow() {
    let mut form = ready_form();
    assert_eq!(
        form.handle(&failed("INVALID_PAN")),
        [
            "clearTimer ready",
            &report_error("INVALID_PAN"),
            "error INVALID_PAN"
        ]
    );
    assert_eq!(form.state(), State::Ready);
    assert_eq!(
        form.handle(&saved("tok-1")),
        ["clearTimer ready", &report("tok-1")]
    );
}

#[test]
fn an_error_of_the_pages_is_not_mentioned() {
    let mut form = Form::after(of_session(Flow::Iframe), &[session()]);
    assert_eq!(form.handle(READY_TIMEOUT), ["error READY_TIMEOUT"]);
}

#[test]
fn no_session_is_an_error_that_says_why() {
    let form_url = self::form_url();
    let cases = [
        (created(0, &self::form_url(), REQUEST_ID), "did not answer"),
        (created(404, &self::form_url(), REQUEST_ID), "answered 404"),
        (created(503, &self::form_url(), REQUEST_ID), "answered 503"),
        (created(201, "a form", REQUEST_ID), "gave no session"),
        (created(201, &self::form_url(), "1"), "gave no session"),
        (
            created_with(201, [&form_url, "123456789", ""]),
            "gave no session",
        ),
        (
            refused(403, "ORIGIN_NOT_ALLOWED", None),
            "answered 403 ORIGIN_NOT_ALLOWED: because",
        ),
        (redirect_session(), "gave no session"),
        (created_with(201, [""; 3]), "gave no session"),
    ];
    for (answer, reason) in cases {
        let mut form = form();
        assert_eq!(form.handle(&answer), ["error SESSION_FAILED"], "{answer:?}");
        assert_eq!(form.state(), State::Failed);
        assert!(
            form.reason().contains(reason),
            "{answer:?}: {}",
            form.reason()
        );
        let error = form.error.as_ref().unwrap();
        assert!(error.request_id.is_none() && error.recoverable);
        assert_eq!(form.handle(&session()), [""; 0], "it is asked for no more");
    }
}

#[test]
fn a_session_with_200_is_one_too() {
    let told = form().handle(&created(200, &form_url(), REQUEST_ID));
    assert!(told[0].starts_with("showFrame "));
}

#[test]
fn a_session_on_an_origin_that_is_not_allowed_shows_nothing() {
    let mut form = form();
    let elsewhere = created(201, &form_url_of("https://evil.kz", "1"), "1");
    assert_eq!(form.handle(&elsewhere), ["error INVALID_FORM_URL"]);
    assert_eq!(form.state(), State::Failed);
}

#[test]
fn emits_nothing_once_it_is_destroyed_at_any_stage() {
    let stages = [
        (vec![], false),
        (vec![created(503, "", "")], false),
        (vec![session()], true),
        (vec![session(), ready()], true),
        (
            vec![session(), ready(), saved("tok-1"), acknowledged()],
            true,
        ),
        (
            vec![
                session(),
                ready(),
                saved("tok-1"),
                report_refused(409, "RESULT_CONFLICT"),
            ],
            false,
        ),
    ];
    for (before, has_frame) in stages {
        let mut form = Form::after(of_session(Flow::Iframe), &before);
        let removed: &[&str] = if has_frame { &REMOVE } else { &[] };
        let expected = [removed, &["finish"]].concat();
        assert_eq!(form.handle(DESTROY), expected, "{before:?}");
        for after in [
            START,
            RELOAD,
            &session(),
            &ready(),
            &saved("tok-2"),
            &acknowledged(),
            &redirect(),
        ] {
            assert_eq!(form.handle(after), [""; 0], "{before:?}, {after:?}");
        }
    }
}

#[test]
fn a_refusal_is_passed_on_as_the_server_gave_it() {
    let mut form = form();
    form.handle(&refused(403, "ORIGIN_NOT_ALLOWED", None));
    let problem = form.error.as_ref().unwrap().problem.clone().unwrap();
    assert_eq!(problem.status, 403);
    assert_eq!(problem.code, "ORIGIN_NOT_ALLOWED");
    assert_eq!(problem.detail, "because");
    let mut silent = self::form();
    silent.handle(&created(0, "", ""));
    assert_eq!(silent.error.unwrap().problem, None);
}

#[test]
fn a_customer_waits_as_long_as_the_server_says_twice_and_within_reason() {
    let busy = refused(429, "RATE_LIMITED", Some(5));
    let mut form = form();
    for _ in 0..2 {
        assert_eq!(form.handle(&busy), ["setTimer session 5000"]);
        assert_eq!(form.state(), State::Loading);
        assert_eq!(form.handle(SESSION_TIME_OVER), [CREATE]);
        assert_eq!(form.handle(SESSION_TIME_OVER), [""; 0], "it is asked");
    }
    assert_eq!(
        form.handle(&busy),
        ["clearTimer session", "error SESSION_FAILED"]
    );
    assert_eq!(form.handle(RELOAD), [CREATE]);
    assert_eq!(form.handle(&busy), ["setTimer session 5000"]);
    let told = self::form().handle(&refused(429, "RATE_LIMITED", Some(61)));
    assert_eq!(told, ["error SESSION_FAILED"]);
}

#[test]
fn an_untouched_session_is_renewed_before_it_expires() {
    for (lasts, renewed) in [(1_800_000, 1_740_000), (60_000, 45_000)] {
        let mut form = form();
        let timer = format!("setTimer session {renewed}");
        assert_eq!(form.handle(&session_for(lasts)).last(), Some(&timer));
        form.handle(&ready());
        // The form that is there stays until there is another.
        assert_eq!(form.handle(SESSION_TIME_OVER), [CREATE]);
        assert_eq!(form.state(), State::Ready);
        let told = form.handle(&session_for(lasts));
        assert_eq!(told[..2], REMOVE);
        assert!(told.iter().any(|told| told.starts_with("showFrame ")));
        assert_eq!(told.last(), Some(&timer));
    }
}

#[test]
fn a_session_that_may_be_in_use_is_left_alone() {
    let touched = |input: &FormInput| {
        let mut form = form();
        form.handle(&session_for(60_000));
        form.handle(&ready());
        let told = form.handle(input);
        assert!(
            told.contains(&"clearTimer session".to_owned()),
            "{input:?}: {told:?}"
        );
        assert_eq!(form.handle(SESSION_TIME_OVER), [""; 0]);
    };
    touched(FRAME_FOCUSED);
    touched(&failed("INVALID_PAN"));
    touched(&saved("tok-1"));
}

#[test]
fn a_renewal_that_comes_too_late_or_not_at_all_changes_nothing() {
    let renewing = || {
        let mut form = form();
        form.handle(&session_for(60_000));
        form.handle(&ready());
        form.handle(SESSION_TIME_OVER);
        form
    };
    let mut form = renewing();
    form.handle(FRAME_FOCUSED);
    assert_eq!(form.handle(&session()), [""; 0]);
    assert_eq!(form.state(), State::Ready);

    let mut form = renewing();
    form.handle(&saved("tok-1"));
    assert_eq!(form.handle(&session()), [""; 0]);
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);

    let mut form = renewing();
    assert_eq!(form.handle(&created(503, "", "")), [""; 0]);
    assert_eq!(form.state(), State::Ready);
    assert_eq!(
        form.handle(&saved("tok-1")).last().unwrap(),
        &report("tok-1")
    );
}

#[test]
fn a_session_that_a_back_end_made_is_reported_to_its_own_url() {
    let made = |form_url: &str| Session {
        form: HostedForm::A2c(FormUrl::parse(form_url).unwrap()),
        result_token: "result-token".to_owned(),
        result_url: "https://pay.shop.kz/v1/sessions/123456789/result".to_owned(),
    };
    let mut form = Form::of(FormSource::Session(made(&form_url())));
    assert_eq!(form.handle(START)[0], show(&form_url()));
    form.handle(&ready());
    let told = form.handle(&saved("tok-1"));
    let url = "post https://pay.shop.kz/v1/sessions/123456789/result result-token ";
    assert!(told[1].starts_with(url), "{told:?}");
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);

    let mut form = Form::of(FormSource::Session(made(&redirect_form_url())));
    assert_eq!(form.handle(START), [""; 0]);
    assert!(form.view().may_redirect);
    assert_eq!(form.handle(&redirect())[0], navigate(&redirect_form_url()));
}
