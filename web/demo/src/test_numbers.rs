use gloo::timers::callback::Timeout;
use pantoken_yew::Language;
use yew::prelude::*;

use crate::browser;
use crate::texts::Texts;

/// Test card numbers and their outcomes. No real card has one of these numbers.
/// Source: docs/sandbox.md, "Cards".
const NUMBERS: [(&str, &str); 5] = [
    ("4242 4242 4242 4242", "panToken"),
    ("5555 5555 5555 4444", "panToken"),
    ("4242 4242 4242 4241", "INVALID_PAN"),
    ("4000 0000 0000 0002", "FORBIDDEN"),
    ("4000 0000 0000 0069", "INVALID_SESSION"),
];

/// How long the button says that the number was copied, in milliseconds.
const COPIED: u32 = 3_000;

#[derive(PartialEq, Properties)]
pub(crate) struct TestNumbersProps {
    pub(crate) language: Language,
}

/// Lists the test card numbers, each with a button that copies it.
#[component]
pub(crate) fn TestNumbers(props: &TestNumbersProps) -> Html {
    let texts = Texts::of(props.language);
    let copied = use_state(|| None::<&'static str>);
    {
        let copied = copied.clone();
        use_effect_with(*copied, move |number| {
            let reset = number.map(|_| Timeout::new(COPIED, move || copied.set(None)));
            // Dropping the timer cancels it.
            move || drop(reset)
        });
    }
    let row = |(number, outcome): (&'static str, &'static str)| {
        let onclick = {
            let copied = copied.clone();
            Callback::from(move |_: MouseEvent| {
                browser::copy(number);
                copied.set(Some(number));
            })
        };
        let label = if *copied == Some(number) {
            texts.copied
        } else {
            texts.copy
        };
        html! {
            <li>
                <code class="number">{ number }</code>
                <code class="outcome">{ outcome }</code>
                <button type="button" class="plain" aria-label={format!("{label} {number}")} {onclick}>{ label }</button>
            </li>
        }
    };
    html! {
        <section class="panel" aria-labelledby="numbers-title">
            <h2 id="numbers-title">{ texts.numbers }</h2>
            <p class="quiet">{ texts.numbers_about }</p>
            <ul class="numbers">{ for NUMBERS.map(row) }</ul>
        </section>
    }
}
