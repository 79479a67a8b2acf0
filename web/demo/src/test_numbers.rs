use pantoken_yew::Language;
use yew::prelude::*;

use crate::browser;
use crate::texts::Texts;

/// Source: docs/sandbox.md, "Cards". No real card has any of them.
const NUMBERS: [(&str, &str); 5] = [
    ("4242 4242 4242 4242", "panToken"),
    ("5555 5555 5555 4444", "panToken"),
    ("4242 4242 4242 4241", "INVALID_PAN"),
    ("4000 0000 0000 0002", "FORBIDDEN"),
    ("4000 0000 0000 0069", "INVALID_SESSION"),
];

#[derive(PartialEq, Properties)]
pub(crate) struct TestNumbersProps {
    pub(crate) language: Language,
}

/// The numbers that the sandbox knows, each with a button that copies it.
#[component]
pub(crate) fn TestNumbers(props: &TestNumbersProps) -> Html {
    let texts = Texts::of(props.language);
    let copied = use_state(|| None::<&'static str>);
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
