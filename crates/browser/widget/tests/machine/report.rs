//! How a saved card is reported to the session endpoint, and when the report is repeated.

use pantoken_a2c::Flow;
use pantoken_widget::{FormInput, RawAnswer};

use crate::support::*;

/// A form whose card is saved and reported, and not acknowledged yet.
fn reporting() -> Form {
    Form::after(
        of_session(Flow::Iframe),
        &[session(), ready(), saved("tok-1")],
    )
}

#[test]
fn a_report_is_repeated_after_growing_waits_until_the_server_itself_answers() {
    let mut form = reporting();
    let statuses = [0, 200, 204, 302, 401, 403, 404, 503];
    let delays = [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000];
    for (status, delay) in statuses.into_iter().zip(delays) {
        let mut expected = vec![format!("setTimer report {delay}")];
        if delay == 4000 {
            expected.push("warning REPORT_DELAYED".to_owned());
        }
        assert_eq!(form.handle(&reported(status)), expected);
        assert_eq!(
            form.handle(&acknowledged()),
            [""; 0],
            "that report is answered"
        );
        assert_eq!(form.handle(REPORT_DELAY_OVER), [report("tok-1")]);
    }
    assert_eq!(form.handle(&acknowledged()), ["saved tok-1"]);
    assert_eq!(form.handle(REPORT_DELAY_OVER), [""; 0]);
}

#[test]
fn an_answer_that_is_not_about_this_request_acknowledges_nothing() {
    let of = |change: fn(&mut RawAnswer)| {
        let mut answer = acknowledgement();
        change(&mut answer);
        reported_with(200, answer)
    };
    for answer in [
        of(|answer| answer.request_id = "1".to_owned()),
        of(|answer| answer.request_id.clear()),
        of(|answer| answer.state = "created".to_owned()),
        of(|answer| answer.state.clear()),
        reported_with(201, acknowledgement()),
        reported_with(202, acknowledgement()),
    ] {
        assert_eq!(reporting().handle(&answer), ["setTimer report 500"]);
    }
}

#[test]
fn a_report_that_the_server_itself_refuses_is_not_repeated() {
    for (status, code) in [
        (409, "RESULT_CONFLICT"),
        (403, "RESULT_TOKEN_INVALID"),
        (410, "SESSION_EXPIRED"),
        (400, "CARD_NUMBER_REFUSED"),
        (400, "INVALID_FIELD"),
    ] {
        let mut form = reporting();
        let told = form.handle(&report_refused(status, code));
        assert_eq!(told.last().unwrap(), "error RESULT_REJECTED");
        assert_eq!(
            form.reason(),
            format!("the session endpoint answered {status} {code}: because")
        );
        let problem = form.error.as_ref().unwrap().problem.as_ref().unwrap();
        assert_eq!((problem.status, problem.code.as_str()), (status, code));
        assert_eq!(form.handle(REPORT_DELAY_OVER), [""; 0]);
    }
}

#[test]
fn a_refusal_by_somebody_else_or_for_now_is_not_final() {
    for (status, code) in [
        (429, "RATE_LIMITED"),
        (503, "STORE_UNAVAILABLE"),
        (503, "ANSWER_TIMEOUT"),
        (408, "BODY_TIMEOUT"),
        (400, "PAN_TOKEN_UNEXPECTED"),
        (503, "PAN_TOKEN_UNCHECKED"),
        (401, "INVALID_TOKEN"),
        (403, ""),
    ] {
        let told = reporting().handle(&report_refused(status, code));
        assert_eq!(told, ["setTimer report 500"], "{status} {code}");
    }
    let html = RawAnswer {
        is_problem: false,
        ..problem("RESULT_CONFLICT")
    };
    let told = reporting().handle(&reported_with(409, html));
    assert_eq!(told, ["setTimer report 500"]);
}

#[test]
fn the_page_has_the_token_only_if_it_asked_for_it() {
    let mut form = Form::with(options(of_session(Flow::Iframe)));
    for input in [START.clone(), session(), ready(), saved("tok-1")] {
        form.handle(&input);
    }
    assert_eq!(form.handle(&acknowledged()), ["saved"]);
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
    assert_eq!(form.handle(&acknowledged()), ["finish"]);
    for after in [START, DESTROY, REPORT_DELAY_OVER, &acknowledged()] {
        assert_eq!(form.handle(after), [""; 0]);
    }
    let mut form = reporting();
    form.handle(DESTROY);
    assert_eq!(
        form.handle(&report_refused(409, "RESULT_CONFLICT")),
        ["finish"]
    );
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
fn the_server_says_where_to_report_to() {
    let FormInput::Answered { mut answer, .. } = session() else {
        unreachable!("a session is an answer")
    };
    answer.result_url = "https://pay.shop.kz/base/v1/sessions/123456789/result".to_owned();
    let inputs = [answered(201, answer), ready(), saved("tok-1")];
    let mut form = Form::started(of_session(Flow::Iframe));
    let told: Vec<String> = inputs.iter().flat_map(|input| form.handle(input)).collect();
    let url = "post https://pay.shop.kz/base/v1/sessions/123456789/result result-token ";
    assert!(told.iter().any(|told| told.starts_with(url)), "{told:?}");
}

#[test]
fn the_answer_to_the_report_of_an_error_does_not_matter() {
    let mut form = Form::after(of_session(Flow::Iframe), &[session(), ready()]);
    form.handle(&failed("INVALID_PAN"));
    for status in [0, 200, 503] {
        let answer = FormInput::Answered {
            request: 2,
            status,
            answer: RawAnswer::default(),
        };
        assert_eq!(form.handle(&answer), [""; 0]);
    }
}
