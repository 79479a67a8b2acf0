use super::*;
use crate::{ErrorCode, ErrorMessage, RequestId};

const ORIGIN: &str = "https://a2c-test.qiwi.kz";

fn request_id() -> RequestId {
    RequestId::parse("12345678").unwrap()
}

fn token(text: &str) -> PanToken {
    PanToken::parse(text).unwrap()
}

fn started() -> Handshake {
    let mut handshake = Handshake::new(request_id(), Origin::parse(ORIGIN).unwrap());
    assert_eq!(
        names(&handshake.handle(HandshakeInput::Start)),
        ["show", "set timer"]
    );
    handshake
}

fn from_form(body: Result<FormMessage, MessageError>) -> HandshakeInput<'static> {
    HandshakeInput::Message {
        from_frame: true,
        origin: ORIGIN,
        body,
    }
}

fn ready() -> HandshakeInput<'static> {
    from_form(Ok(FormMessage::Ready))
}

fn saved(text: &str) -> HandshakeInput<'static> {
    from_form(Ok(FormMessage::Result {
        request_id: request_id(),
        result: FormResult::Saved(token(text)),
    }))
}

fn failed(code: &str) -> HandshakeInput<'static> {
    from_form(Ok(FormMessage::Result {
        request_id: request_id(),
        result: FormResult::Failed {
            code: ErrorCode::parse(code).unwrap(),
            message: ErrorMessage::default(),
        },
    }))
}

/// Summarises the orders as `answer`, `ready`, `saved tok`, `error CODE`, `warning CODE` and so on.
fn names(orders: &HandshakeOrders) -> Vec<String> {
    let mut names = Vec::new();
    let mut push = |name: &str| names.push(name.to_owned());
    match orders.frame {
        Some(FrameOrder::Show) => push("show"),
        Some(FrameOrder::Remove) => push("remove"),
        None => {}
    }
    if orders.reply {
        push("answer");
    }
    match orders.timer {
        Some(TimerOrder::Set) => push("set timer"),
        Some(TimerOrder::Clear) => push("clear timer"),
        None => {}
    }
    if let Some(warning) = &orders.warning {
        push(&format!("warning {}", warning.code.as_str()));
    }
    match &orders.event {
        Some(Event::Ready(_)) => push("ready"),
        Some(Event::Saved(saved)) => push(&format!(
            "saved {}",
            saved.pan_token.as_ref().unwrap().as_str()
        )),
        Some(Event::Error(error)) => push(&format!("error {}", error.code.as_str())),
        Some(Event::Warning(_)) => unreachable!(),
        None => {}
    }
    names
}

fn run(
    handshake: &mut Handshake,
    inputs: impl IntoIterator<Item = HandshakeInput<'static>>,
) -> Vec<String> {
    inputs
        .into_iter()
        .flat_map(|input| names(&handshake.handle(input)))
        .collect()
}

#[test]
fn answers_ready_and_emits_the_token() {
    let mut handshake = started();
    assert_eq!(
        run(&mut handshake, [ready()]),
        ["answer", "clear timer", "ready"]
    );
    assert_eq!(handshake.state(), State::Ready);
    assert_eq!(
        run(&mut handshake, [HandshakeInput::FrameLoaded, saved("tok")]),
        ["clear timer", "saved tok"]
    );
    assert_eq!(handshake.state(), State::Saved);
}

#[test]
fn hears_nothing_from_another_origin_or_window() {
    let mut handshake = started();
    for (from_frame, origin) in [
        (false, ORIGIN),
        (true, "https://evil.kz"),
        (true, "https://a2c-test.qiwi.kz:444"),
        (true, "null"),
        (true, ""),
    ] {
        for body in [
            Ok(FormMessage::Ready),
            Err(MessageError::Unreadable),
            Err(MessageError::CardNumber),
        ] {
            assert_eq!(
                handshake.handle(HandshakeInput::Message {
                    from_frame,
                    origin,
                    body
                }),
                HandshakeOrders::default()
            );
        }
    }
    assert_eq!(handshake.state(), State::Loading);
}

#[test]
fn hears_nothing_before_the_start_and_after_the_end() {
    let mut handshake = Handshake::new(request_id(), Origin::parse(ORIGIN).unwrap());
    assert_eq!(handshake.handle(ready()), HandshakeOrders::default());
    let _ = handshake.handle(HandshakeInput::Start);
    assert_eq!(
        run(&mut handshake, [HandshakeInput::Destroy]),
        ["remove", "clear timer"]
    );
    assert_eq!(handshake.state(), State::Idle);
    for input in [
        HandshakeInput::Start,
        ready(),
        saved("tok"),
        HandshakeInput::TimerFired,
        HandshakeInput::FrameLoaded,
        HandshakeInput::Reload,
    ] {
        assert_eq!(handshake.handle(input), HandshakeOrders::default());
    }
}

#[test]
fn answers_each_ready_but_emits_one_per_load() {
    let mut handshake = started();
    let inputs = [ready(), ready(), HandshakeInput::FrameLoaded, ready()];
    assert_eq!(
        run(&mut handshake, inputs),
        ["answer", "clear timer", "ready", "answer", "answer"]
    );
}

#[test]
fn answers_ready_after_a_reload_inside_the_frame_whichever_comes_first() {
    for first in [
        [ready(), HandshakeInput::FrameLoaded],
        [HandshakeInput::FrameLoaded, ready()],
    ] {
        for second in [
            [ready(), HandshakeInput::FrameLoaded],
            [HandshakeInput::FrameLoaded, ready()],
        ] {
            let mut handshake = started();
            assert_eq!(
                run(&mut handshake, first.clone()),
                ["answer", "clear timer", "ready"]
            );
            let orders = run(&mut handshake, second);
            assert_eq!(orders.iter().filter(|name| *name == "ready").count(), 1);
            assert_eq!(orders.iter().filter(|name| *name == "answer").count(), 1);
            assert_eq!(handshake.state(), State::Ready);
        }
    }
}

#[test]
fn a_form_that_reloads_into_silence_times_out() {
    let mut handshake = started();
    run(&mut handshake, [HandshakeInput::FrameLoaded, ready()]);
    assert_eq!(
        run(&mut handshake, [HandshakeInput::FrameLoaded]),
        ["set timer"]
    );
    assert_eq!(
        run(&mut handshake, [HandshakeInput::TimerFired]),
        ["error READY_TIMEOUT"]
    );
}

#[test]
fn a_late_ready_lets_the_customer_go_on() {
    let mut handshake = started();
    assert_eq!(
        run(&mut handshake, [HandshakeInput::TimerFired]),
        ["error READY_TIMEOUT"]
    );
    assert_eq!(handshake.state(), State::Failed);
    assert_eq!(
        run(&mut handshake, [ready()]),
        ["answer", "clear timer", "ready"]
    );
    assert_eq!(handshake.state(), State::Ready);
    assert_eq!(
        run(&mut handshake, [HandshakeInput::TimerFired]),
        Vec::<String>::new()
    );
}

#[test]
fn a_timeout_is_recoverable_and_a_reload_starts_over() {
    let mut handshake = started();
    let orders = handshake.handle(HandshakeInput::TimerFired);
    assert!(matches!(orders.event, Some(Event::Error(error)) if error.recoverable));
    assert_eq!(
        run(&mut handshake, [HandshakeInput::Reload, ready()]),
        ["show", "set timer", "answer", "clear timer", "ready"]
    );
}

#[test]
fn a_token_follows_an_invalid_card_number() {
    let mut handshake = started();
    let orders = run(
        &mut handshake,
        [ready(), failed("INVALID_PAN"), saved("tok")],
    );
    assert_eq!(
        orders[3..],
        [
            "clear timer",
            "error INVALID_PAN",
            "clear timer",
            "saved tok"
        ]
    );
}

#[test]
fn a_token_follows_even_an_error_that_seemed_final() {
    let mut handshake = started();
    run(&mut handshake, [ready(), failed("FORBIDDEN")]);
    assert_eq!(handshake.state(), State::Failed);
    assert_eq!(
        run(&mut handshake, [saved("tok")]),
        ["clear timer", "saved tok"]
    );
}

#[test]
fn an_error_without_ready_stops_the_timer() {
    let mut handshake = started();
    let orders = run(
        &mut handshake,
        [failed("AGENT_NOT_FOUND"), HandshakeInput::TimerFired],
    );
    assert_eq!(
        orders,
        [
            "clear timer",
            "warning RESULT_BEFORE_READY",
            "error AGENT_NOT_FOUND"
        ]
    );
}

#[test]
fn a_true_result_before_ready_is_not_lost() {
    let mut handshake = started();
    let orders = run(&mut handshake, [saved("tok"), HandshakeInput::TimerFired]);
    assert_eq!(
        orders,
        ["clear timer", "warning RESULT_BEFORE_READY", "saved tok"]
    );
}

#[test]
fn the_same_result_twice_is_emitted_once() {
    let mut handshake = started();
    let orders = run(&mut handshake, [ready(), saved("tok"), saved("tok")]);
    assert_eq!(orders[3..], ["clear timer", "saved tok"]);
}

#[test]
fn the_first_of_two_tokens_stands() {
    let mut handshake = started();
    let orders = run(
        &mut handshake,
        [ready(), saved("one"), saved("two"), failed("INVALID_PAN")],
    );
    assert_eq!(
        orders[3..],
        [
            "clear timer",
            "saved one",
            "warning CONFLICTING_RESULT",
            "warning CONFLICTING_RESULT"
        ]
    );
    assert_eq!(handshake.state(), State::Saved);
}

#[test]
fn a_result_for_another_request_is_a_warning_and_nothing_else() {
    let mut handshake = started();
    run(&mut handshake, [ready()]);
    let other = FormMessage::Result {
        request_id: RequestId::parse("9").unwrap(),
        result: FormResult::Saved(token("tok")),
    };
    assert_eq!(
        run(&mut handshake, [from_form(Ok(other))]),
        ["warning REQUEST_MISMATCH"]
    );
    assert_eq!(handshake.state(), State::Ready);
}

#[test]
fn an_unreadable_message_is_a_warning() {
    let mut handshake = started();
    let orders = run(
        &mut handshake,
        [
            ready(),
            from_form(Err(MessageError::Unreadable)),
            saved("tok"),
        ],
    );
    assert_eq!(
        orders[3..],
        ["warning UNREADABLE_MESSAGE", "clear timer", "saved tok"]
    );
}

#[test]
fn a_card_number_in_place_of_a_token_is_an_error_that_is_seen() {
    let mut handshake = started();
    let orders = run(
        &mut handshake,
        [ready(), from_form(Err(MessageError::CardNumber))],
    );
    assert_eq!(orders[3..], ["clear timer", "error RESULT_REJECTED"]);
}

#[test]
fn a_blocked_frame_is_an_error_at_once() {
    let mut handshake = started();
    assert_eq!(
        run(&mut handshake, [HandshakeInput::FrameBlocked]),
        ["remove", "clear timer", "error FRAME_BLOCKED"]
    );
    assert_eq!(
        run(&mut handshake, [HandshakeInput::TimerFired]),
        Vec::<String>::new()
    );
}

#[test]
fn a_saved_card_is_not_reloaded_away() {
    let mut handshake = started();
    run(
        &mut handshake,
        [ready(), HandshakeInput::FrameLoaded, saved("tok")],
    );
    assert_eq!(
        run(
            &mut handshake,
            [HandshakeInput::Reload, HandshakeInput::FrameLoaded]
        ),
        Vec::<String>::new()
    );
    assert_eq!(handshake.state(), State::Saved);
}
