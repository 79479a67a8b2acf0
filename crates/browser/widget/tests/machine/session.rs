//! A form URL that a session endpoint gives, and a result that is reported to it.

use pantoken_a2c::{Flow, FormError, State};

use crate::support::*;

fn form() -> Form {
    Form::started(of_session(Flow::Iframe))
}

fn ready_form() -> Form {
    Form::after(of_session(Flow::Iframe), &[&session(), &ready()])
}

#[test]
fn asks_for_a_session_shows_its_form_and_emits_the_token_when_it_is_reported() {
    let mut form = Form::of(of_session(Flow::Iframe));
    assert_eq!(form.tell(START), CREATE);
    assert_eq!(form.state(), State::Loading);
    assert_eq!(form.tell(&session())[..2], ["show", &form_url()]);
    assert_eq!(form.state(), State::Loading);
    assert_eq!(form.tell(&ready()), ["answer", ORIGIN, "stop", "ready"]);
    assert_eq!(form.tell(&saved("tok-1")), ["stop", "report", "tok-1"]);
    assert_eq!(form.state(), State::Ready);
    assert_eq!(form.tell(&kept(200)), ["saved tok-1"]);
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn a_refused_report_is_an_error_of_that_request() {
    for status in [400, 401, 404, 409, 410] {
        let mut form = ready_form();
        form.tell(&saved("tok-1"));
        assert_eq!(
            form.tell(&kept(status)),
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
        assert_eq!(form.tell(&kept(200)), [""; 0]);
        // The frame is gone: what it still said would hide the error and its way out.
        assert_eq!(form.tell(&ready()), [""; 0]);
        assert!(form.view().may_retry);
    }
}

#[test]
fn a_report_is_acknowledged_once() {
    let mut form = ready_form();
    assert_eq!(form.tell(&kept(200)), [""; 0]);
    form.tell(&saved("tok-1"));
    assert_eq!(form.tell(&kept(200)), ["saved tok-1"]);
    assert_eq!(form.tell(&kept(200)), [""; 0]);
    assert_eq!(form.tell(&kept(409)), [""; 0]);
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn what_follows_a_token_is_not_reported_a_second_time() {
    let mut form = ready_form();
    form.tell(&saved("tok-1"));
    assert_eq!(form.tell(&saved("tok-1")), [""; 0]);
    assert_eq!(form.tell(&saved("tok-2")), ["warning CONFLICTING_RESULT"]);
    assert_eq!(
        form.tell(&failed("FORBIDDEN")),
        ["warning CONFLICTING_RESULT"]
    );
    assert_eq!(form.tell(&kept(200)), ["saved tok-1"]);
}

#[test]
fn an_error_of_the_forms_is_mentioned_to_the_endpoint_and_a_token_may_follow() {
    let mut form = ready_form();
    assert_eq!(
        form.tell(&failed("INVALID_PAN")),
        [
            "stop",
            "mention",
            "INVALID_PAN",
            "Words",
            "error INVALID_PAN"
        ]
    );
    assert_eq!(form.state(), State::Ready);
    assert_eq!(form.tell(&saved("tok-1")), ["stop", "report", "tok-1"]);
}

#[test]
fn an_error_of_the_pages_is_not_mentioned() {
    let mut form = Form::after(of_session(Flow::Iframe), &[&session()]);
    assert_eq!(form.tell(TIMEOUT), ["error READY_TIMEOUT"]);
}

#[test]
fn no_session_is_an_error_that_says_why() {
    let cases = [
        (created(0, &form_url(), REQUEST_ID), "no answer"),
        (created(404, &form_url(), REQUEST_ID), "answered 404"),
        (created(503, &form_url(), REQUEST_ID), "answered 503"),
        (created(201, "a form", REQUEST_ID), "no session"),
        (created(201, &form_url(), "1"), "no session"),
        (session().replace("\nsresult-token", "\n"), "no session"),
        (
            session().replace("\ns123456789", "\nn123456789"),
            "no session",
        ),
        (redirect_session(), "no session"),
        ("created\n".to_owned(), "no session"),
        ("created\nwhat".to_owned(), "what"),
    ];
    for (answer, reason) in cases {
        let mut form = form();
        assert_eq!(form.tell(&answer), ["error SESSION_FAILED"], "{answer}");
        assert_eq!(form.state(), State::Failed);
        assert!(
            form.reason().contains(reason),
            "{answer}: {}",
            form.reason()
        );
        let error = form.error.as_ref().unwrap();
        assert_eq!((error.request_id, error.recoverable), (None, true));
        assert_eq!(form.tell(&session()), [""; 0], "it is asked for no more");
    }
}

#[test]
fn a_session_with_200_is_one_too() {
    assert_eq!(
        form().tell(&created(200, &form_url(), REQUEST_ID))[0],
        "show"
    );
}

#[test]
fn a_session_on_an_origin_that_is_not_allowed_shows_nothing() {
    let mut form = form();
    let elsewhere = created(201, &form_url_of("https://evil.kz", "1"), "1");
    assert_eq!(form.tell(&elsewhere), ["error INVALID_FORM_URL"]);
    assert_eq!(form.state(), State::Failed);
}

#[test]
fn says_nothing_once_it_is_left_at_any_stage() {
    let stages = [
        (vec![], false),
        (vec![created(503, "", "")], false),
        (vec![session()], true),
        (vec![session(), ready()], true),
        (vec![session(), ready(), saved("tok-1")], true),
        (vec![session(), ready(), saved("tok-1"), kept(200)], true),
        (vec![session(), ready(), saved("tok-1"), kept(409)], false),
    ];
    for (before, has_frame) in stages {
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let mut form = Form::after(of_session(Flow::Iframe), &before);
        let expected: &[&str] = if has_frame { &REMOVE } else { &[] };
        assert_eq!(form.tell(LEAVE), expected, "{before:?}");
        for after in [
            START,
            RELOAD,
            &session(),
            &ready(),
            &saved("tok-2"),
            &kept(200),
            &away(),
        ] {
            assert_eq!(form.tell(after), [""; 0], "{before:?}, {after:?}");
        }
    }
}
