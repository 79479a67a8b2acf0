//! A form URL that the page has.

use pantoken_a2c::{FormOrigins, Language, Origin, State};
use pantoken_widget::{FormOptions, FormSource};

use crate::support::*;

fn form() -> Form {
    Form::started(of_form_url(&form_url()))
}

#[test]
fn shows_the_form_answers_its_ready_and_emits_the_token() {
    let mut form = Form::of(of_form_url(&form_url()));
    assert_eq!(form.state(), State::Idle);
    assert_eq!(
        form.handle(START),
        [show(&form_url()), "setTimer ready 15000".to_owned()]
    );
    assert_eq!(form.state(), State::Loading);
    assert_eq!(form.handle(FRAME_LOADED), [""; 0]);
    assert_eq!(
        form.handle(&ready()),
        [&post_message(), "clearTimer ready", "ready"]
    );
    assert_eq!(form.state(), State::Ready);
    assert_eq!(
        form.handle(&saved("tok-1")),
        ["clearTimer ready", "saved tok-1"]
    );
    assert_eq!(form.state(), State::Saved);
}

#[test]
fn speaks_the_language_and_waits_the_time_that_the_page_chose() {
    let mut form = Form::with(FormOptions {
        language: Some(Language::Kz),
        ready_timeout: u32::MAX,
        ..options(of_form_url(&form_url()))
    });
    let in_kazakh = form_url().replace("language=ru", "language=kz");
    assert_eq!(
        form.handle(START),
        [show(&in_kazakh), "setTimer ready 2147483647".to_owned()]
    );
}

#[test]
fn reports_nothing_to_anyone() {
    let mut form = form();
    assert_eq!(
        form.handle(&failed("INVALID_PAN")),
        [
            "clearTimer ready",
            "warning RESULT_BEFORE_READY",
            "error INVALID_PAN"
        ]
    );
    assert_eq!(form.reason(), "Words");
    assert_eq!(
        form.handle(&saved("tok-1")),
        [
            "clearTimer ready",
            "warning RESULT_BEFORE_READY",
            "saved tok-1"
        ]
    );
    assert_eq!(form.handle(&acknowledged()), [""; 0]);
}

#[test]
fn ignores_messages_of_other_origins() {
    let mut form = form();
    for origin in [
        "https://evil.kz",
        "https://a2c-test.qiwi.kz:444",
        "null",
        "",
    ] {
        let message = message_from(origin, ["sReady", "", "", "", ""]);
        assert_eq!(form.handle(&message), [""; 0], "{origin}");
    }
}

#[test]
fn tells_what_a_message_means_by_the_type_of_its_fields() {
    for (fields, expected) in [
        (["sReady", "", "", "", ""], "ready"),
        (["", "s123456789", "stok-1", "", ""], "saved tok-1"),
        (["", "n123456789", "stok-1", "", ""], "saved tok-1"),
        (["", "n1", "stok-1", "", ""], "warning REQUEST_MISMATCH"),
        (["", "?", "stok-1", "", ""], "warning UNREADABLE_MESSAGE"),
        (
            ["", "n123456789", "n5", "", ""],
            "warning UNREADABLE_MESSAGE",
        ),
        (
            ["", "n9223372036854775808", "stok-1", "", ""],
            "warning UNREADABLE_MESSAGE",
        ),
        (["", "n-1", "stok-1", "", ""], "warning UNREADABLE_MESSAGE"),
        (["", "nan", "stok-1", "", ""], "warning UNREADABLE_MESSAGE"),
        (
            ["", "s123456789", "s4111111111111111", "", ""],
            "error RESULT_REJECTED",
        ),
        (
            ["", "s123456789", "", "sINVALID_PAN", "?"],
            "error INVALID_PAN",
        ),
        (["", "", "", "", ""], "warning UNREADABLE_MESSAGE"),
    ] {
        let told = form().handle(&message_from(ORIGIN, fields));
        assert_eq!(told.last().unwrap(), expected, "{fields:?}");
    }
}

#[test]
fn a_message_without_fields_is_unreadable() {
    let told = form().handle(&message_from(ORIGIN, [""; 5]));
    assert_eq!(told, ["warning UNREADABLE_MESSAGE"]);
}

#[test]
fn a_silent_form_times_out_and_may_still_speak() {
    let mut form = form();
    assert_eq!(form.handle(READY_TIMEOUT), ["error READY_TIMEOUT"]);
    assert_eq!(form.state(), State::Failed);
    assert_eq!(form.handle(&ready()).last().unwrap(), "ready");
    assert_eq!(form.state(), State::Ready);
}

#[test]
fn a_policy_that_forbids_the_form_is_told() {
    assert_eq!(
        form().handle(&blocked()),
        [&REMOVE[..], &["error FRAME_BLOCKED"]].concat()
    );
}

#[test]
fn a_violation_counts_only_if_it_blocks_this_form() {
    let whole = form_url();
    for (directive, disposition, blocked_uri, counts) in [
        ("frame-src", "enforce", ORIGIN, true),
        ("frame-src", "enforce", &whole, true),
        ("frame-src", "report", ORIGIN, false),
        ("img-src", "enforce", ORIGIN, false),
        ("frame-src", "enforce", "", false),
        ("frame-src", "enforce", "https://other.kz", false),
    ] {
        let told = form().handle(&violation(directive, disposition, blocked_uri));
        assert_eq!(
            !told.is_empty(),
            counts,
            "{directive} {disposition} {blocked_uri}"
        );
    }
    let mut none = Form::of(of_form_url(&form_url()));
    assert_eq!(none.handle(&blocked()), [""; 0], "there is no frame yet");
}

#[test]
fn the_frame_has_what_a_form_needs_and_no_more() {
    use pantoken_widget::{FormInput, FormMachine, Order};
    let mut machine = FormMachine::new(options(of_form_url(&form_url())));
    let output = machine.handle(&FormInput::Start);
    let Order::ShowFrame {
        style,
        sandbox,
        referrer_policy,
        allow,
        ..
    } = &output.orders[0]
    else {
        unreachable!("{output:?}")
    };
    assert!(sandbox.contains("allow-scripts") && !sandbox.contains("top-navigation"));
    assert!(style.contains("min-width:320px") && style.contains("min-height:500px"));
    assert_eq!((*referrer_policy, *allow), ("strict-origin", ""));
}

#[test]
fn a_form_url_that_may_not_be_opened_shows_nothing() {
    let forms = [
        (
            of_form_url(&form_url_of("https://evil.kz", "1")),
            "form-origin",
        ),
        (of_form_url(&redirect_form_url()), "agentCallbackUrl"),
        (
            FormSource::Unreadable("form-url is wrong in requestId".to_owned()),
            "requestId",
        ),
    ];
    for (source, reason) in forms {
        let mut form = Form::of(source);
        assert_eq!(form.handle(START), ["error INVALID_FORM_URL"]);
        assert_eq!(form.state(), State::Failed);
        assert!(form.reason().contains(reason), "{}", form.reason());
        assert!(!form.error.as_ref().unwrap().recoverable);
        assert_eq!(form.handle(&ready()), [""; 0]);
        assert_eq!(form.handle(RELOAD), ["error INVALID_FORM_URL"]);
    }
}

#[test]
fn an_origin_that_the_page_names_is_opened() {
    let there = form_url_of("https://forms.agent.kz", REQUEST_ID);
    let mut form = Form::with(FormOptions {
        form_origins: FormOrigins::with_extra(Origin::parse("https://forms.agent.kz").ok()),
        ..FormOptions::new(of_form_url(&there))
    });
    assert!(form.handle(START)[0].starts_with(&format!("showFrame {there}")));
}

#[test]
fn has_no_page_of_the_providers_to_go_on_at() {
    assert_eq!(form().handle(&redirect()), [""; 0]);
}

#[test]
fn emits_nothing_once_it_is_destroyed_at_any_stage() {
    for before in [
        vec![],
        vec![ready()],
        vec![READY_TIMEOUT.clone()],
        vec![ready(), failed("FORBIDDEN")],
        vec![ready(), saved("tok-1")],
    ] {
        let mut form = Form::after(of_form_url(&form_url()), &before);
        let told = form.handle(DESTROY);
        assert_eq!(told, [&REMOVE[..], &["finish"]].concat(), "{before:?}");
        assert_eq!(form.state(), State::Idle);
        for after in [
            START,
            RELOAD,
            FRAME_LOADED,
            READY_TIMEOUT,
            &ready(),
            &saved("tok-2"),
            &redirect(),
            DESTROY,
        ] {
            assert_eq!(form.handle(after), [""; 0], "{before:?}, {after:?}");
        }
    }
}
