//! Starting over: a form URL in its frame, a session endpoint in a new session.

use pantoken_a2c::{Flow, State};

use crate::support::*;

#[test]
fn a_form_url_is_loaded_afresh() {
    let mut form = Form::after(of_form_url(&form_url()), &[ready()]);
    let told = form.handle(RELOAD);
    assert!(told[0].starts_with("showFrame ") && told[1].starts_with("setTimer ready "));
    assert_eq!(form.state(), State::Loading);
    assert_eq!(form.handle(&ready()).last().unwrap(), "ready");
}

#[test]
fn a_form_that_reloads_itself_is_ready_again() {
    let mut form = Form::after(of_form_url(&form_url()), &[FRAME_LOADED.clone(), ready()]);
    assert_eq!(form.handle(FRAME_LOADED), ["setTimer ready 15000"]);
    assert_eq!(
        form.handle(&ready()),
        [&post_message(), "clearTimer ready", "ready"]
    );
}

#[test]
fn a_saved_card_stays_saved() {
    let mut form = Form::after(of_form_url(&form_url()), &[ready(), saved("tok-1")]);
    assert_eq!(form.handle(RELOAD), [""; 0]);
    assert_eq!(form.state(), State::Saved);

    let inputs = [session(), ready(), saved("tok-1"), acknowledged()];
    let mut form = Form::after(of_session(Flow::Iframe), &inputs);
    assert_eq!(form.handle(RELOAD), [""; 0]);
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn a_card_that_is_being_reported_is_not_given_up_for_a_new_session() {
    let inputs = [session(), ready(), saved("tok-1")];
    let mut form = Form::after(of_session(Flow::Iframe), &inputs);
    assert_eq!(form.handle(RELOAD), [""; 0]);
    assert_eq!(form.handle(&redirect()), [""; 0]);
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);
}

#[test]
fn a_session_endpoint_is_asked_for_another_session() {
    let mut form = Form::after(of_session(Flow::Iframe), &[session(), ready()]);
    assert_eq!(form.handle(RELOAD), [&[CREATE][..], &REMOVE].concat());
    assert_eq!(form.state(), State::Loading);
    for stale in [&saved("tok-1"), &ready()] {
        assert_eq!(form.handle(stale), [""; 0], "the old form is gone");
    }
    assert!(form.handle(&session())[0].starts_with("showFrame "));
    assert_eq!(form.handle(&ready()).last().unwrap(), "ready");
    assert_eq!(
        form.handle(&saved("tok-2")),
        ["clearTimer ready", &report("tok-2")]
    );
}

#[test]
fn a_session_that_comes_twice_is_shown_once() {
    let mut form = Form::after(of_session(Flow::Iframe), &[session()]);
    assert_eq!(form.handle(&session()), [""; 0]);
}

#[test]
fn a_failure_may_be_tried_again() {
    for failure in [created(503, "", ""), created(201, "a form", "1")] {
        let mut form = Form::after(of_session(Flow::Iframe), &[failure]);
        assert_eq!(form.handle(RELOAD), [CREATE]);
        assert_eq!(form.state(), State::Loading);
        assert!(form.handle(&session())[0].starts_with("showFrame "));
    }
    let inputs = [
        session(),
        ready(),
        saved("tok-1"),
        report_refused(409, "RESULT_CONFLICT"),
    ];
    let mut form = Form::after(of_session(Flow::Iframe), &inputs);
    assert_eq!(form.handle(RELOAD), [CREATE]);
}
