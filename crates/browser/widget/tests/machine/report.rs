//! How a saved card is reported to the session endpoint, and when the report is repeated.

use pantoken_a2c::Flow;
use pantoken_widget::{FormOptions, FormSource, SessionOptions};

use crate::support::*;

/// A form whose card is saved and reported, and not acknowledged yet.
fn reporting() -> Form {
    Form::after(
        of_session(Flow::Iframe),
        &[session(), ready(), saved("tok-1")],
    )
}

#[test]
fn a_report_that_may_succeed_later_is_repeated_after_growing_waits() {
    let mut form = reporting();
    let statuses = [0, 408, 425, 429, 500, 502, 503, 504];
    let delays = [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000];
    for (status, delay) in statuses.into_iter().zip(delays) {
        assert_eq!(
            form.handle(&reported(status)),
            [format!("setTimer report {delay}")]
        );
        assert_eq!(
            form.handle(&reported(200)),
            [""; 0],
            "that report is answered"
        );
        assert_eq!(form.handle(REPORT_DELAY_OVER), [report("tok-1")]);
    }
    assert_eq!(form.handle(&reported(200)), ["saved tok-1"]);
    assert_eq!(form.handle(REPORT_DELAY_OVER), [""; 0]);
}

#[test]
fn a_report_that_is_refused_is_not_repeated() {
    for status in [204, 302, 400, 401, 403, 404, 409, 410, 413, 422] {
        let mut form = reporting();
        let told = form.handle(&reported(status));
        assert_eq!(told.last().unwrap(), "error RESULT_REJECTED");
        assert_eq!(
            form.reason(),
            format!("the session endpoint answered {status}")
        );
        assert_eq!(form.handle(REPORT_DELAY_OVER), [""; 0]);
    }
}

#[test]
fn a_report_is_on_its_way_once() {
    assert_eq!(reporting().handle(REPORT_DELAY_OVER), [""; 0]);
}

#[test]
fn a_report_goes_on_when_the_form_is_destroyed() {
    let mut form = reporting();
    assert_eq!(form.handle(DESTROY), REMOVE);
    assert_eq!(form.handle(&reported(503)), ["setTimer report 500"]);
    assert_eq!(form.handle(REPORT_DELAY_OVER), [report("tok-1")]);
    assert_eq!(form.handle(&reported(200)), ["finish"]);
    for after in [START, DESTROY, REPORT_DELAY_OVER, &reported(200)] {
        assert_eq!(form.handle(after), [""; 0]);
    }
    let mut form = reporting();
    form.handle(DESTROY);
    assert_eq!(form.handle(&reported(409)), ["finish"]);
}

#[test]
fn the_answer_to_an_earlier_request_is_ignored() {
    let mut form = Form::started(of_session(Flow::Iframe));
    let earlier = form.numbered(&session());
    assert_eq!(form.handle(RELOAD), [CREATE]);
    assert_eq!(form.handle(&earlier), [""; 0]);
    assert!(form.handle(&session())[0].starts_with("showFrame "));
}

#[test]
fn a_slash_at_the_endpoints_end_is_not_doubled() {
    let options = FormOptions::new(FormSource::Session(SessionOptions::from(
        "https://shop.kz/pay/",
    )));
    let mut form = Form::with(options);
    form.handle(START);
    form.handle(&session());
    let told = form.handle(&saved("tok-1"));
    let url = format!("post https://shop.kz/pay/{REQUEST_ID}/result ");
    assert!(told.iter().any(|told| told.starts_with(&url)), "{told:?}");
}

#[test]
fn the_answer_to_the_report_of_an_error_does_not_matter() {
    let mut form = Form::after(of_session(Flow::Iframe), &[session(), ready()]);
    form.handle(&failed("INVALID_PAN"));
    for status in [0, 200, 503] {
        let answer = pantoken_widget::FormInput::Answered {
            request: 2,
            status,
            session: pantoken_widget::RawSession::default(),
        };
        assert_eq!(form.handle(&answer), [""; 0]);
    }
}
