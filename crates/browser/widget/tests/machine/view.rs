//! What the customer sees around the form: its status, and which ways out are offered.

use pantoken_a2c::{Flow, State};
use pantoken_widget::{FormInput, FormSource, FormView, Text};

use crate::support::*;

fn view_after(source: FormSource, inputs: &[FormInput]) -> FormView {
    Form::after(source, inputs).view()
}

fn offers(source: FormSource, inputs: &[FormInput]) -> (bool, bool) {
    let view = view_after(source, inputs);
    (view.may_retry, view.may_redirect)
}

#[test]
fn says_where_the_form_is_and_is_silent_while_the_form_speaks_for_itself() {
    let of = |inputs: &[FormInput]| {
        let view = view_after(of_session(Flow::Iframe), inputs);
        (view.state, view.status, view.aria_busy())
    };
    let (ready, saved) = (ready(), saved("tok-1"));
    let (session, wrong_number) = (session(), failed("INVALID_PAN"));
    let loading = (State::Loading, Some(Text::Loading), "true");
    assert_eq!(of(&[]), loading);
    assert_eq!(of(std::slice::from_ref(&session)), loading);
    assert_eq!(
        of(&[session.clone(), ready.clone()]),
        (State::Ready, None, "false")
    );
    assert_eq!(
        of(&[session.clone(), ready.clone(), wrong_number.clone()]),
        (State::Ready, None, "false")
    );
    assert_eq!(
        of(&[session.clone(), ready.clone(), saved.clone()]),
        (State::Ready, None, "false")
    );
    assert_eq!(
        of(&[
            session.clone(),
            ready.clone(),
            saved.clone(),
            acknowledged()
        ]),
        (State::Saved, Some(Text::Saved), "false")
    );
}

#[test]
fn a_failure_is_told_until_it_is_over() {
    let mut form = Form::after(
        of_session(Flow::Iframe),
        &[session(), READY_TIMEOUT.clone()],
    );
    assert_eq!(form.view().status, Some(Text::NotOpened));
    form.handle(&ready());
    assert_eq!(form.view().status, None);
    form.handle(&failed("FORBIDDEN"));
    assert_eq!(form.view().status, Some(Text::Wait));
    form.handle(RELOAD);
    assert_eq!(form.view(), FormView::loading());
}

#[test]
fn a_form_url_may_be_tried_again_only_where_that_helps() {
    let source = || of_form_url(&form_url());
    assert_eq!(offers(source(), &[]), (false, false));
    assert_eq!(
        offers(source(), std::slice::from_ref(READY_TIMEOUT)),
        (true, false)
    );
    assert_eq!(offers(source(), &[ready()]), (false, false));
    assert_eq!(
        offers(source(), &[ready(), failed("INVALID_PAN")]),
        (false, false)
    );
    assert_eq!(
        offers(source(), &[ready(), failed("INVALID_SESSION")]),
        (false, false)
    );
    assert_eq!(offers(source(), &[blocked()]), (false, false));
    assert_eq!(
        offers(FormSource::Unreadable("why".to_owned()), &[]),
        (false, false)
    );
}

#[test]
fn a_session_may_be_tried_again_after_any_failure() {
    let source = || of_session(Flow::Iframe);
    assert_eq!(offers(source(), &[]), (false, false));
    assert_eq!(offers(source(), &[created(503, "", "")]), (true, false));
    assert_eq!(offers(source(), &[session(), ready()]), (false, false));
    assert_eq!(
        offers(
            source(),
            &[
                session(),
                ready(),
                saved("tok-1"),
                report_refused(409, "RESULT_CONFLICT")
            ]
        ),
        (true, false)
    );
    assert_eq!(
        offers(
            source(),
            &[session(), ready(), saved("tok-1"), acknowledged()]
        ),
        (false, false)
    );
}

#[test]
fn the_providers_page_is_offered_where_the_frame_does_not_open() {
    let source = || of_session(Flow::Iframe);
    assert_eq!(
        offers(source(), &[session(), READY_TIMEOUT.clone()]),
        (true, true)
    );
    assert_eq!(offers(source(), &[session(), blocked()]), (true, true));
    // A browser without third-party cookies.
    assert_eq!(
        offers(source(), &[session(), ready(), failed("INVALID_SESSION")]),
        (true, true)
    );
}

#[test]
fn the_redirect_flow_offers_its_way_unless_the_customer_is_on_it() {
    let source = || of_session(Flow::Redirect);
    assert_eq!(offers(source(), &[]), (false, true));
    assert_eq!(offers(source(), &[redirect()]), (false, false));
    assert_eq!(
        offers(source(), &[redirect(), redirect_session()]),
        (false, false)
    );
    assert_eq!(
        offers(source(), &[redirect(), created(503, "", "")]),
        (false, true)
    );
}
