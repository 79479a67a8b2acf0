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
use pantoken_widget::{FormInput, Order, RawAnswer, Timer};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SESSION: &str = r#"{"formUrl":"url","requestId":"12","resultToken":"token","more":1}"#;

fn post(request: u32, token: Option<&str>) -> Order {
    Order::Post {
        request,
        url: "/v1/sessions".to_owned(),
        base: None,
        token: token.map(ToOwned::to_owned),
        body: r#"{"flow":"iframe"}"#.to_owned(),
        timeout: 15_000,
        keepalive: true,
    }
}

fn show_frame() -> Order {
    Order::ShowFrame {
        src: page::form_url(&page::origin(), ""),
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
        driver.set_title("Card");
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
        driver.set_title("Another");
        assert_eq!(attribute("title"), "Another");
        assert!(frame.is_connected(), "{}", driver.name);
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

/// Another frame has the focus when the window loses it, as in a browser that names the focused frame late.
#[wasm_bindgen_test]
async fn a_frame_is_seen_to_have_the_focus_though_it_gets_it_after_the_windows_blur() {
    for driver in Tested::both().await {
        driver.perform(&show_frame());
        page::form_loaded(&driver.iframe().unwrap()).await;
        page::run_in_page(
            "const other = document.createElement('iframe');
             other.id = 'other';
             addEventListener('blur', () => { window.isBlurred = true }, { once: true });
             document.body.append(other);
             other.focus();",
        );
        while page::run_in_page("return !window.isBlurred").is_truthy() {
            page::turns(1).await;
        }
        driver.take_inputs();
        driver.iframe().unwrap().focus().unwrap();
        assert_eq!(
            driver.next_input().await,
            FormInput::FrameFocused,
            "{}",
            driver.name
        );
        page::run_in_page(
            "delete window.isBlurred; document.querySelector('#other').remove(); window.focus()",
        );
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
                answer: RawAnswer {
                    form_url: "url".to_owned(),
                    request_id: "12".to_owned(),
                    result_token: "token".to_owned(),
                    ..RawAnswer::default()
                },
            };
            assert_eq!(driver.next_input().await, expected, "{}", driver.name);
        }
        assert_eq!(
            endpoint.asked(),
            [
                r#"POST /v1/sessions {"content-type":"application/json"} {"flow":"iframe"}"#,
                r#"POST /v1/sessions {"content-type":"application/json","pantoken-result-token":"secret"} {"flow":"iframe"}"#
            ]
        );
        assert!(endpoint.all_calls_are_kept_alive_and_limited());
    }
}

#[wasm_bindgen_test]
async fn a_url_is_resolved_as_a_browser_does() {
    for driver in Tested::both().await {
        let endpoint = Endpoint::new();
        for (url, base, expected) in [
            ("1/result", None, "/1/result"),
            (
                "1/result",
                Some("https://shop.kz/pay/v1/sessions?tenant=5#top"),
                "https://shop.kz/pay/v1/1/result",
            ),
            (
                "https://pay.shop.kz/1/result",
                Some("https://shop.kz"),
                "https://pay.shop.kz/1/result",
            ),
            (" /a b", Some("https://shop.kz"), "https://shop.kz/a%20b"),
        ] {
            endpoint.answer(200, "{}");
            let Order::Post { body, .. } = post(1, None) else {
                unreachable!("it is a request")
            };
            driver.perform(&Order::Post {
                request: 1,
                url: url.to_owned(),
                base: base.map(ToOwned::to_owned),
                token: None,
                body,
                timeout: 15_000,
                keepalive: true,
            });
            driver.next_input().await;
            let asked = endpoint.asked();
            let asked = asked.last().unwrap().split(' ').nth(1);
            assert_eq!(asked, Some(expected), "{}", driver.name);
        }
    }
}

#[wasm_bindgen_test]
async fn the_headers_of_an_answer_are_read() {
    for driver in Tested::both().await {
        let endpoint = Endpoint::new();
        endpoint.answer(
            429,
            r#"{"code":"RATE_LIMITED","expiresAt":"2026-11-25T00:30:00Z"}"#,
        );
        endpoint.with_headers(&[
            ("content-type", "application/problem+json"),
            ("retry-after", "7"),
            ("date", "Wed, 25 Nov 2026 00:00:00 GMT"),
        ]);
        driver.perform(&post(1, None));
        let expected = FormInput::Answered {
            request: 1,
            status: 429,
            answer: RawAnswer {
                code: "RATE_LIMITED".to_owned(),
                is_problem: true,
                retry_after: Some(7),
                expires_in: Some(1_800_000),
                ..RawAnswer::default()
            },
        };
        assert!(driver.next_input().await == expected, "{}", driver.name);
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_is_missing_or_unreadable_has_no_fields() {
    let long = format!("{SESSION:16385}");
    for driver in Tested::both().await {
        for (status, body) in [
            (503, ""),
            (200, "<!doctype html>"),
            (200, "[]"),
            (200, "null"),
            (201, long.as_str()),
            (404, r#"{"formUrl":5,"requestId":{},"resultToken":null}"#),
        ] {
            let endpoint = Endpoint::new();
            endpoint.answer(status, body);
            driver.perform(&post(7, None));
            let answered = FormInput::Answered {
                request: 7,
                status,
                answer: RawAnswer::default(),
            };
            assert!(
                driver.next_input().await == answered,
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

/// The page of the test must stay, so `submit` only says what would be sent.
#[wasm_bindgen_test]
async fn a_form_is_posted_with_exactly_its_fields_and_leaves_the_page() {
    page::run_in_page(
        "this.submit = HTMLFormElement.prototype.submit;
         HTMLFormElement.prototype.submit = function () {
           const { method, action, target, acceptCharset, enctype } = Object.fromEntries(
             ['method', 'action', 'target', 'acceptCharset', 'enctype'].map((name) =>
               [name, Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, name).get.call(this)]));
           const kinds = [...this.querySelectorAll('*')].map(({ localName, type }) => localName + type);
           window.sent = JSON.stringify([method, action, target, acceptCharset, enctype, kinds, [...new FormData(this)]]);
         };",
    );
    for driver in Tested::both().await {
        let fields = [("action", "1"), ("submit", "Чай & <b>"), ("append", "")];
        let field = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        driver.perform(&Order::SubmitForm {
            url: "https://pay.qiwi.com/paypage/initial".to_owned(),
            fields: fields.map(field).to_vec(),
        });
        let sent = page::run_in_page("return window.sent").as_string().unwrap();
        assert_eq!(
            sent,
            r#"["post","https://pay.qiwi.com/paypage/initial","_self","utf-8","application/x-www-form-urlencoded",["inputhidden","inputhidden","inputhidden"],[["action","1"],["submit","Чай & <b>"],["append",""]]]"#,
            "{}",
            driver.name
        );
        assert_eq!(driver.place.child_element_count(), 0, "{}", driver.name);
    }
    page::run_in_page("HTMLFormElement.prototype.submit = this.submit");
}

#[wasm_bindgen_test]
async fn the_fields_of_an_answer_are_its_own_and_texts() {
    page::run_in_page("Object.prototype.card = '4242'");
    let answer = |body: &str| pantoken_widget::decode::answer(&body.into(), None).fields;
    let value = |text: &str| Some(text.to_owned());
    assert_eq!(
        answer(r#"{"fields":{"sign":"1","amount":10,"more":{},"none":null}}"#),
        [
            ("sign".to_owned(), value("1")),
            ("amount".to_owned(), None),
            ("more".to_owned(), None),
            ("none".to_owned(), None)
        ]
    );
    for body in ["{}", "[]", "no", r#"{"fields":null}"#, r#"{"fields":5}"#] {
        assert_eq!(answer(body), [], "{body}");
    }
    page::run_in_page("delete Object.prototype.card");
}
