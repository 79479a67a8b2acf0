//! Both drivers perform the same orders in a page, and say the same of what happens there. The session
//! endpoint is a `fetch` that answers what the test says, and `setTimeout` does not wait.
#![allow(unreachable_pub)] // the modules are private to the test
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(target_family = "wasm")]

mod drivers;
mod endpoint;
#[allow(dead_code)]
mod page;

use drivers::Tested;
use endpoint::Endpoint;
use pantoken_a2c::{Field, RawMessage};
use pantoken_widget::{FormInput, Order, RawSession, Timer};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SESSION: &str = r#"{"formUrl":"url","requestId":"12","resultToken":"token","more":1}"#;

fn post(request: u32, token: Option<&str>) -> Order {
    Order::Post {
        request,
        url: "/v1/sessions".to_owned(),
        token: token.map(ToOwned::to_owned),
        body: r#"{"flow":"iframe"}"#.to_owned(),
        timeout: 15_000,
        keepalive: true,
    }
}

fn show_frame() -> Order {
    Order::ShowFrame {
        src: page::form_url(&page::origin(), ""),
        title: "Card".to_owned(),
        style: "min-width:321px",
        sandbox: "allow-scripts allow-same-origin",
        referrer_policy: "strict-origin",
        allow: "",
    }
}

fn text(text: &str) -> Field<String> {
    Field::Text(text.to_owned())
}

#[wasm_bindgen_test]
async fn a_frame_has_the_attributes_of_its_order_and_no_others() {
    page::run_in_page("Object.prototype.srcdoc = '<p>not the form'");
    for driver in Tested::both().await {
        driver.perform(&show_frame());
        let frame = driver.iframe().unwrap();
        let names = frame.get_attribute_names();
        let mut names: Vec<String> = names.iter().map(|name| name.as_string().unwrap()).collect();
        names.sort();
        let expected = [
            "allow",
            "referrerpolicy",
            "sandbox",
            "src",
            "style",
            "title",
        ];
        assert_eq!(names, expected, "{}", driver.name);
        let attribute = |name| frame.get_attribute(name).unwrap();
        assert_eq!(attribute("title"), "Card");
        assert_eq!(attribute("referrerpolicy"), "strict-origin");
        assert_eq!(attribute("allow"), "");
        assert_eq!(attribute("sandbox"), "allow-scripts allow-same-origin");
        assert!(attribute("style").contains("min-width: 321px"));
        assert_eq!(driver.next_input().await, FormInput::FrameLoaded);
    }
    page::run_in_page("delete Object.prototype.srcdoc");
}

#[wasm_bindgen_test]
async fn a_new_frame_takes_the_place_of_the_old_one_and_may_be_removed() {
    for driver in Tested::both().await {
        driver.perform(&show_frame());
        let first = driver.iframe().unwrap();
        driver.perform(&show_frame());
        assert!(!first.is_connected(), "{}", driver.name);
        assert_eq!(page::iframes(&driver.place), 1);
        driver.perform(&Order::RemoveFrame);
        assert_eq!(page::iframes(&driver.place), 0);
    }
}

#[wasm_bindgen_test]
async fn only_the_frames_own_window_is_heard() {
    for driver in Tested::both().await {
        driver.perform(&show_frame());
        page::form_loaded(&driver.iframe().unwrap()).await;
        driver.take_inputs();
        page::post_from_the_page_itself("'Ready'");
        let window = driver.iframe().unwrap().content_window().unwrap();
        page::dispatch_made_up_message(&window);
        page::post_from(&window, "{ status: 'Ready', requestId: 12 }");
        page::messages_heard().await;
        let heard: Vec<FormInput> = driver.take_inputs();
        let heard = heard
            .into_iter()
            .filter(|input| *input != FormInput::FrameLoaded)
            .collect::<Vec<_>>();
        let expected = FormInput::Message {
            origin: page::origin(),
            message: RawMessage {
                status: text("Ready"),
                request_id: Field::Integer(12),
                ..RawMessage::default()
            },
        };
        assert_eq!(heard, [expected], "{}", driver.name);
    }
}

#[wasm_bindgen_test]
async fn a_message_reaches_the_frame_on_the_origin_that_it_is_for() {
    for driver in Tested::both().await {
        driver.perform(&show_frame());
        page::form_loaded(&driver.iframe().unwrap()).await;
        let window = driver.iframe().unwrap().content_window().unwrap();
        page::run_in(
            &window,
            "this.heard = ''; this.addEventListener('message', ({ data }) => { this.heard += data })",
        );
        for (message, target_origin) in [
            ("lost", "https://evil.kz".to_owned()),
            ("pantoken", page::origin()),
        ] {
            driver.perform(&Order::PostMessage {
                message,
                target_origin,
            });
        }
        let heard = || {
            js_sys::Reflect::get(&window, &"heard".into())
                .unwrap()
                .as_string()
        };
        while heard().as_deref() == Some("") {
            page::turns(1).await;
        }
        assert_eq!(heard().as_deref(), Some("pantoken"), "{}", driver.name);
    }
}

#[wasm_bindgen_test]
async fn a_timer_fires_under_its_name_unless_it_is_cleared() {
    for driver in Tested::both().await {
        let endpoint = Endpoint::new();
        for (timer, milliseconds) in [(Timer::Ready, 15_000), (Timer::Report, 500)] {
            driver.perform(&Order::SetTimer {
                timer,
                milliseconds,
            });
        }
        driver.perform(&Order::ClearTimer {
            timer: Timer::Ready,
        });
        assert_eq!(endpoint.waits(), [15_000, 500]);
        let fired = driver.next_input().await;
        let timer = Timer::Report;
        assert_eq!(fired, FormInput::TimerFired { timer }, "{}", driver.name);
        drop(endpoint);
        page::timers_run(0).await;
        assert_eq!(driver.take_inputs(), []);
    }
}

#[wasm_bindgen_test]
async fn a_request_is_sent_as_it_is_ordered() {
    for driver in Tested::both().await {
        let endpoint = Endpoint::new();
        for (request, token) in [(1, None), (2, Some("secret"))] {
            endpoint.answer(201, SESSION);
            driver.perform(&post(request, token));
            let expected = FormInput::Answered {
                request,
                status: 201,
                session: RawSession {
                    form_url: text("url"),
                    request_id: text("12"),
                    result_token: text("token"),
                },
            };
            assert_eq!(driver.next_input().await, expected, "{}", driver.name);
        }
        assert_eq!(
            endpoint.asked(),
            [
                r#"POST /v1/sessions {"content-type":"application/json"} {"flow":"iframe"}"#,
                r#"POST /v1/sessions {"content-type":"application/json","authorization":"Bearer secret"} {"flow":"iframe"}"#
            ]
        );
        assert!(endpoint.all_calls_are_kept_alive_and_limited());
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_is_missing_or_unreadable_has_no_fields() {
    let long = format!("{SESSION:16385}");
    let none = RawSession::default;
    for driver in Tested::both().await {
        for (status, body, expected) in [
            (503, "", none()),
            (200, "<!doctype html>", none()),
            (200, "[]", none()),
            // Nothing can be read of it, as of a message that is null.
            (
                200,
                "null",
                RawSession::from_fields([(); 3].map(|()| Field::Unusable)),
            ),
            (201, long.as_str(), none()),
            (
                404,
                r#"{"formUrl":5,"requestId":{},"resultToken":null}"#,
                RawSession {
                    form_url: Field::Integer(5),
                    request_id: Field::Unusable,
                    result_token: Field::Absent,
                },
            ),
        ] {
            let endpoint = Endpoint::new();
            endpoint.answer(status, body);
            driver.perform(&post(7, None));
            let answered = FormInput::Answered {
                request: 7,
                status,
                session: expected,
            };
            assert_eq!(
                driver.next_input().await,
                answered,
                "{}: {body:.80}",
                driver.name
            );
            assert_eq!(endpoint.asked().len(), 1);
        }
        let endpoint = Endpoint::new();
        endpoint.answer(0, "");
        driver.perform(&post(7, None));
        let input = driver.next_input().await;
        assert!(
            matches!(
                input,
                FormInput::Answered {
                    request: 7,
                    status: 0,
                    ..
                }
            ),
            "{}: {input:?}",
            driver.name
        );
    }
}

#[wasm_bindgen_test]
async fn a_request_is_answered_after_the_driver_stopped_listening_until_it_is_finished() {
    for driver in Tested::both().await {
        let endpoint = Endpoint::new();
        endpoint.answer_later(200, "{}");
        driver.perform(&post(1, None));
        driver.stop_listening();
        endpoint.answer_now();
        let input = driver.next_input().await;
        assert!(
            matches!(input, FormInput::Answered { request: 1, .. }),
            "{}",
            driver.name
        );
        driver.perform(&Order::Finish);
        endpoint.answer(200, "{}");
        driver.perform(&post(2, None));
        page::turns(2).await;
        assert_eq!(driver.take_inputs(), [], "{}", driver.name);
    }
}
