//! Starting over: a form URL in its frame, a session endpoint in a new session.

use pantoken_a2c::{Flow, State};

use crate::support::*;

#[test]
fn a_form_url_is_loaded_afresh() {
    let mut form = Form::after(of_form_url(&form_url()), &[&ready()]);
    let told = form.tell(RELOAD);
    assert_eq!((&told[0][..], &told[3][..]), ("show", "wait"));
    assert_eq!(form.state(), State::Loading);
    assert_eq!(form.tell(&ready()).last().unwrap(), "ready");
}

#[test]
fn a_form_that_reloads_itself_is_ready_again() {
    let mut form = Form::after(of_form_url(&form_url()), &[LOADED, &ready()]);
    assert_eq!(form.tell(LOADED), ["wait", "15000"]);
    assert_eq!(form.tell(&ready()), ["answer", ORIGIN, "stop", "ready"]);
}

#[test]
fn a_saved_card_stays_saved() {
    let mut form = Form::after(of_form_url(&form_url()), &[&ready(), &saved("tok-1")]);
    assert_eq!(form.tell(RELOAD), [""; 0]);
    assert_eq!(form.state(), State::Saved);

    let inputs = [&session(), &ready(), &saved("tok-1"), &kept(200)];
    let mut form = Form::after(of_session(Flow::Iframe), &inputs.map(String::as_str));
    assert_eq!(form.tell(RELOAD), [""; 0]);
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn a_card_that_is_being_reported_is_not_given_up_for_a_new_session() {
    let inputs = [&session(), &ready(), &saved("tok-1")];
    let mut form = Form::after(of_session(Flow::Iframe), &inputs.map(String::as_str));
    assert_eq!(form.tell(RELOAD), [""; 0]);
    assert_eq!(form.tell(&away()), [""; 0]);
    assert_eq!(form.tell(&kept(200)), ["saved tok-1"]);
}

#[test]
fn a_session_endpoint_is_asked_for_another_session() {
    let mut form = Form::after(of_session(Flow::Iframe), &[&session(), &ready()]);
    assert_eq!(form.tell(RELOAD), [&CREATE[..], &REMOVE].concat());
    assert_eq!(form.state(), State::Loading);
    for stale in [&saved("tok-1"), &ready()] {
        assert_eq!(form.tell(stale), [""; 0], "the old form is gone");
    }
    assert_eq!(form.tell(&session())[0], "show");
    assert_eq!(form.tell(&ready()).last().unwrap(), "ready");
    assert_eq!(form.tell(&saved("tok-2")), ["stop", "report", "tok-2"]);
}

#[test]
fn a_session_that_comes_twice_is_shown_once() {
    let mut form = Form::after(of_session(Flow::Iframe), &[&session()]);
    assert_eq!(form.tell(&session()), [""; 0]);
}

#[test]
fn a_failure_may_be_tried_again() {
    for failure in [created(503, "", ""), created(201, "a form", "1")] {
        let mut form = Form::after(of_session(Flow::Iframe), &[&failure]);
        assert_eq!(form.tell(RELOAD), CREATE);
        assert_eq!(form.state(), State::Loading);
        assert_eq!(form.tell(&session())[0], "show");
    }
    let inputs = [&session(), &ready(), &saved("tok-1"), &kept(409)];
    let mut form = Form::after(of_session(Flow::Iframe), &inputs.map(String::as_str));
    assert_eq!(form.tell(RELOAD), CREATE);
}
