//! Whatever happens in whatever order.

use pantoken_a2c::Flow;
use pantoken_widget::{FormInput, FormSource};
use proptest::prelude::*;

use crate::support::*;

/// More often what leads somewhere.
fn any_input() -> impl Strategy<Value = FormInput> {
    let elsewhere = saved_from("https://evil.kz", REQUEST_ID, "forged");
    let other_request = saved_from(ORIGIN, "1", "forged");
    let card_number = saved("4111111111111111");
    prop_oneof![
        3 => Just(START.clone()),
        4 => Just(session()),
        4 => Just(ready()),
        4 => prop::sample::select(vec!["tok-1", "tok-2"]).prop_map(saved),
        2 => prop::sample::select(vec![0, 200, 201, 409, 503]).prop_map(reported),
        2 => Just(acknowledged()),
        1 => Just(report_refused(409, "RESULT_CONFLICT")),
        1 => Just(session_for(60_000)),
        1 => Just(refused(429, "RATE_LIMITED", Some(5))),
        2 => Just(SESSION_TIME_OVER.clone()),
        1 => Just(FRAME_FOCUSED.clone()),
        2 => Just(RELOAD.clone()),
        2 => Just(redirect()),
        4 => Just(verification()),
        3 => prop::sample::select(vec![
            "INITIALIZED", "PAYMENT_ATTEMPT", "PAYMENT_SUCCEEDED", "PAYMENT_FAILED",
            "INITIALIZATION_FAILED", "SUCCESS_REDIRECT", "SOMETHING",
        ]).prop_map(says),
        2 => prop::sample::select(vec![
            (200, "verified"), (200, "refused"), (200, "failed"), (202, "created"), (202, "verified"), (200, ""),
        ]).prop_map(|(status, state)| result(status, state)),
        1 => prop::sample::select(vec!["INVALID_PAN", "FORBIDDEN", "SOMETHING"]).prop_map(failed),
        1 => prop::sample::select(vec![
            DESTROY.clone(),
            FRAME_LOADED.clone(),
            READY_TIMEOUT.clone(),
            REPORT_DELAY_OVER.clone(),
            violation("img-src", "report", ""),
            redirect_session(),
            created(503, "", ""),
            elsewhere,
            other_request,
            card_number,
            blocked(),
        ]),
        1 => ("[ -~]{0,20}", prop::array::uniform5("([sn?][ -~]{0,20})?")).prop_map(
            |(origin, fields)| message_from(&origin, fields.each_ref().map(String::as_str))
        ),
        1 => (any::<u16>(), prop::array::uniform3("[ -~]{0,20}")).prop_map(
            |(status, fields)| created_with(status, fields.each_ref().map(String::as_str))
        ),
    ]
}

fn any_source() -> impl Strategy<Value = FormSource> {
    prop::sample::select(vec![
        of_form_url(&form_url()),
        of_session(Flow::Iframe),
        of_session(Flow::Redirect),
        of_verification(Flow::Iframe),
        of_verification(Flow::Redirect),
        FormSource::Unreadable("why".to_owned()),
        FormSource::UnknownForm,
    ])
}

proptest! {
    #[test]
    fn a_token_is_emitted_once_a_session_and_only_after_its_message(
        source in any_source(),
        inputs in prop::collection::vec(any_input(), 1..60),
    ) {
        let is_session = matches!(source, FormSource::Endpoint(_));
        let mut form = Form::of(source);
        let (mut said, mut emitted) = (Vec::new(), 0);
        for input in &inputs {
            let tokens = ["tok-1", "tok-2"].into_iter();
            let meant = tokens.filter(|token| *input == saved(token));
            said.extend(meant.map(|token| format!("saved {token}")));
            let is_acknowledged = *input == acknowledged();
            for told in form.handle(input) {
                if told.starts_with("showFrame ") {
                    (said, emitted) = (Vec::new(), 0);
                }
                if told.starts_with("saved ") {
                    emitted += 1;
                    prop_assert!(said.contains(&told), "{told} after {said:?}");
                    prop_assert!(is_acknowledged || !is_session);
                }
            }
            prop_assert!(emitted <= 1);
        }
    }

    #[test]
    fn a_verified_card_is_told_once_a_form_and_only_by_the_server(
        flow in prop::sample::select(vec![Flow::Iframe, Flow::Redirect]),
        is_given in any::<bool>(),
        inputs in prop::collection::vec(any_input(), 1..60),
    ) {
        let source = if is_given { of_verification(flow) } else { of_session(flow) };
        let mut form = Form::of(source);
        let (mut is_payin, mut is_told) = (false, false);
        for input in &inputs {
            for told in form.handle(input) {
                if told.starts_with("showFrame ") {
                    is_payin = told.contains(PAY_URL);
                }
                if is_payin && told.starts_with("saved") {
                    prop_assert_eq!(&told, "saved", "a card of payin has no token");
                    prop_assert!(*input == result(200, "verified"), "{:?}", input);
                    prop_assert!(!is_told, "told again");
                    is_told = true;
                } else if is_payin && is_told {
                    let is_over = told == "finish" || told == "removeFrame" || told.starts_with("clearTimer");
                    prop_assert!(is_over, "{} after the card was verified", told);
                }
            }
        }
    }

    #[test]
    fn nothing_comes_after_the_end(
        source in any_source(),
        before in prop::collection::vec(any_input(), 0..30),
        after in prop::collection::vec(any_input(), 1..30),
    ) {
        let mut form = Form::of(source);
        for input in &before {
            form.handle(input);
        }
        form.handle(DESTROY);
        for input in &after {
            // Only a report that is under way goes on.
            for told in form.handle(input) {
                let goes_on = told.contains("panToken") || told.starts_with("setTimer report");
                prop_assert!(goes_on || told == "finish", "{told}");
            }
        }
    }

    #[test]
    fn no_state_offers_the_customer_a_way_out_that_does_nothing(
        source in any_source(),
        inputs in prop::collection::vec(any_input(), 0..30),
    ) {
        let mut form = Form::of(source);
        for input in &inputs {
            form.handle(input);
        }
        prop_assume!(!form.is_destroyed());
        let view = form.view();
        if view.may_retry {
            prop_assert!(!form.handle(RELOAD).is_empty());
        } else if view.may_redirect {
            prop_assert!(!form.handle(&redirect()).is_empty());
        }
    }
}
