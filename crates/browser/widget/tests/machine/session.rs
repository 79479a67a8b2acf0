//! A form URL that a session endpoint gives, and a result that is reported to it.

use pantoken_a2c::{Flow, FormError, State};

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
    assert!(shown[0].starts_with(&format!("showFrame {} ", form_url())));
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
    assert_eq!(form.handle(&reported(200)), ["saved tok-1"]);
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn a_refused_report_is_an_error_of_that_request() {
    for status in [400, 401, 404, 409, 410] {
        let mut form = ready_form();
        form.handle(&saved("tok-1"));
        assert_eq!(
            form.handle(&reported(status)),
            [&REMOVE[..], &["error RESULT_REJECTED"]].concat()
        );
        assert_eq!(form.state(), State::Failed);
        let FormError {
            request_id,
            recoverable,
            ..
        } = form.error.clone().unwrap();
        assert_eq!(request_id.unwrap().to_text(), REQUEST_ID);
        assert!(!recoverable);
        assert!(
            form.reason().contains(&status.to_string()),
            "{}",
            form.reason()
        );
        assert_eq!(form.handle(&reported(200)), [""; 0]);
        // The frame is gone: what it still said would hide the error and its way out.
        assert_eq!(form.handle(&ready()), [""; 0]);
        assert!(form.view().may_retry);
    }
}

#[test]
fn a_report_is_acknowledged_once() {
    let mut form = ready_form();
    assert_eq!(form.handle(&reported(200)), [""; 0]);
    form.handle(&saved("tok-1"));
    assert_eq!(form.handle(&reported(200)), ["saved tok-1"]);
    assert_eq!(form.handle(&reported(200)), [""; 0]);
    assert_eq!(form.handle(&reported(409)), [""; 0]);
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
    assert_eq!(form.handle(&reported(200)), ["saved tok-1"]);
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
    let form_url = format!("s{}", self::form_url());
    let cases = [
        (created(0, &self::form_url(), REQUEST_ID), "did not answer"),
        (created(404, &self::form_url(), REQUEST_ID), "answered 404"),
        (created(503, &self::form_url(), REQUEST_ID), "answered 503"),
        (created(201, "a form", REQUEST_ID), "gave no session"),
        (created(201, &self::form_url(), "1"), "gave no session"),
        (
            created_with(201, [&form_url, "s123456789", ""]),
            "gave no session",
        ),
        (
            created_with(201, [&form_url, "n123456789", "sresult-token"]),
            "gave no session",
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
        assert_eq!((error.request_id, error.recoverable), (None, true));
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
            vec![session(), ready(), saved("tok-1"), reported(200)],
            true,
        ),
        (
            vec![session(), ready(), saved("tok-1"), reported(409)],
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
            &reported(200),
            &redirect(),
        ] {
            assert_eq!(form.handle(after), [""; 0], "{before:?}, {after:?}");
        }
    }
}
