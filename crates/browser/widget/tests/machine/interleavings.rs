//! Whatever happens in whatever order.

use pantoken_a2c::Flow;
use pantoken_widget::FormSource;
use proptest::prelude::*;

use crate::support::*;

/// More often what leads somewhere.
fn any_input() -> impl Strategy<Value = String> {
    let elsewhere = saved("forged").replace(ORIGIN, "https://evil.kz");
    let other_request = saved("forged").replace(REQUEST_ID, "1");
    let card_number = saved("4111111111111111");
    prop_oneof![
        3 => Just(START.to_owned()),
        4 => Just(session()),
        4 => Just(ready()),
        4 => prop::sample::select(vec!["tok-1", "tok-2"]).prop_map(saved),
        4 => prop::sample::select(vec![0, 200, 201, 409, 503]).prop_map(kept),
        2 => Just(RELOAD.to_owned()),
        2 => Just(away()),
        1 => prop::sample::select(vec!["INVALID_PAN", "FORBIDDEN", "SOMETHING"]).prop_map(failed),
        1 => prop::sample::select(vec![
            LEAVE.to_owned(),
            LOADED.to_owned(),
            TIMEOUT.to_owned(),
            redirect_session(),
            created(503, "", ""),
            elsewhere,
            other_request,
            card_number,
            BLOCKED.to_owned(),
        ]),
        1 => "[a-z]{0,8}(\n[ -~]{0,20}){0,6}",
    ]
}

fn any_source() -> impl Strategy<Value = FormSource> {
    prop::sample::select(vec![
        of_form_url(&form_url()),
        of_session(Flow::Iframe),
        of_session(Flow::Redirect),
        FormSource::Unreadable("why".to_owned()),
    ])
}

proptest! {
    #[test]
    fn a_token_is_emitted_once_a_session_and_only_after_its_message(
        source in any_source(),
        inputs in prop::collection::vec(any_input(), 1..60),
    ) {
        let is_session = matches!(source, FormSource::Session(_));
        let mut form = Form::of(source);
        let (mut said, mut emitted) = (Vec::new(), 0);
        for input in &inputs {
            let tokens = ["tok-1", "tok-2"].into_iter();
            let meant = tokens.filter(|token| *input == saved(token));
            said.extend(meant.map(|token| format!("saved {token}")));
            let acknowledged = [kept(200), kept(201)].contains(input);
            for told in form.tell(input) {
                if told == "create" {
                    (said, emitted) = (Vec::new(), 0);
                }
                if told.starts_with("saved ") {
                    emitted += 1;
                    prop_assert!(said.contains(&told), "{told} after {said:?}");
                    prop_assert!(acknowledged || !is_session);
                }
            }
            prop_assert!(emitted <= 1);
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
            form.tell(input);
        }
        form.tell(LEAVE);
        for input in &after {
            prop_assert_eq!(form.tell(input), [""; 0]);
        }
    }

    #[test]
    fn no_state_offers_the_customer_a_way_out_that_does_nothing(
        source in any_source(),
        inputs in prop::collection::vec(any_input(), 0..30),
    ) {
        let mut form = Form::of(source);
        for input in &inputs {
            form.tell(input);
        }
        prop_assume!(!form.is_left());
        let view = form.view();
        if view.may_retry {
            prop_assert!(!form.tell(RELOAD).is_empty());
        } else if view.may_redirect {
            prop_assert!(!form.tell(&away()).is_empty());
        }
    }
}
