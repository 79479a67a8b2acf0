//! The redirect flow: chosen by the page, or offered where the frame does not open.

use pantoken_a2c::{Flow, Language, State};
use pantoken_widget::{FormOptions, FormSource, SessionOptions};

use crate::support::*;

/// The wait for the page to be left.
const LEAVE: &str = "setTimer session 8000";

#[test]
fn no_session_is_asked_for_before_the_customer_wants_to_go() {
    let mut form = Form::of(of_session(Flow::Redirect));
    assert_eq!(form.handle(START), [""; 0]);
    assert_eq!(form.state(), State::Idle);
    assert_eq!(form.handle(&redirect()), [create_redirect("ru", PAGE)]);
    assert_eq!(form.state(), State::Loading);
    assert_eq!(
        form.handle(&redirect_session()),
        [&navigate(&redirect_form_url()), LEAVE]
    );
    assert_eq!(form.state(), State::Loading);
}

#[test]
fn leads_back_to_where_the_page_says() {
    let mut form = Form::with(FormOptions {
        language: Some(Language::En),
        ..options(FormSource::Endpoint(SessionOptions {
            endpoint: ENDPOINT.to_owned(),
            flow: Flow::Redirect,
            return_url: Some("https://shop.kz/done".to_owned()),
        }))
    });
    form.handle(START);
    assert_eq!(
        form.handle(&redirect()),
        [create_redirect("en", "https://shop.kz/done")]
    );
    let in_english = redirect_form_url().replace("language=ru", "language=en");
    assert_eq!(
        form.handle(&redirect_session()),
        [&navigate(&in_english), LEAVE]
    );
}

#[test]
fn goes_to_no_form_of_the_other_flow_and_to_no_other_origin() {
    let elsewhere = redirect_form_url().replace(ORIGIN, "https://evil.kz");
    for (answer, code) in [
        (session(), "error SESSION_FAILED"),
        (
            created(201, &elsewhere, REQUEST_ID),
            "error INVALID_FORM_URL",
        ),
        (created(503, "", ""), "error SESSION_FAILED"),
    ] {
        let mut form = Form::after(of_session(Flow::Redirect), &[redirect()]);
        assert_eq!(form.handle(&answer), [code]);
        assert_eq!(form.state(), State::Failed);
        assert!(form.handle(&redirect())[0].starts_with("post "));
    }
}

#[test]
fn a_blocked_frame_may_be_left_for_the_providers_page() {
    let mut form = Form::after(of_session(Flow::Iframe), &[session(), blocked()]);
    let create = create_redirect("ru", PAGE);
    assert_eq!(
        form.handle(&redirect()),
        [&[create.as_str()][..], &REMOVE].concat()
    );
    assert_eq!(
        form.handle(&redirect_session()),
        [&navigate(&redirect_form_url()), LEAVE]
    );
}

#[test]
fn a_page_that_is_not_left_offers_the_way_again() {
    for (source, before) in [
        (of_session(Flow::Redirect), vec![]),
        (of_session(Flow::Iframe), vec![session(), blocked()]),
    ] {
        let mut form = Form::after(source, &before);
        form.handle(&redirect());
        form.handle(&redirect_session());
        assert!(!form.view().may_redirect);
        assert_eq!(form.handle(SESSION_TIME_OVER), [""; 0]);
        assert!(form.view().may_redirect);
        assert!(form.handle(&redirect())[0].starts_with("post "));
    }
}

#[test]
fn a_page_that_comes_back_waits_for_the_customer_again() {
    let mut form = Form::after(of_session(Flow::Redirect), &[redirect()]);
    assert_eq!(form.handle(RELOAD), [""; 0]);
    assert_eq!(form.state(), State::Idle);
    assert_eq!(
        form.handle(&redirect_session()),
        [""; 0],
        "nobody waits for it"
    );
}

#[test]
fn does_nothing_once_it_is_destroyed_on_the_way() {
    let mut form = Form::after(of_session(Flow::Redirect), &[redirect()]);
    assert_eq!(form.handle(DESTROY), ["finish"]);
    assert_eq!(form.handle(&redirect_session()), [""; 0]);
}
