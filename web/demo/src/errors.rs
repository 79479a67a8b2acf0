use pantoken_yew::{ErrorCode, FailureCode, HostCode, Language, Text};
use yew::prelude::*;

use crate::texts::Texts;

const HOST_CODES: [HostCode; 5] = [
    HostCode::ReadyTimeout,
    HostCode::FrameBlocked,
    HostCode::SessionFailed,
    HostCode::ResultRejected,
    HostCode::InvalidFormUrl,
];

#[derive(PartialEq, Properties)]
pub(crate) struct ErrorsProps {
    pub(crate) language: Language,
}

/// Lists every error code, with the text that the customer reads and what to do about it.
#[component]
pub(crate) fn Errors(props: &ErrorsProps) -> Html {
    let texts = Texts::of(props.language);
    let customer = pantoken_widget::Texts::of(props.language);
    let row = |code: FailureCode| {
        html! {
            <li>
                <p><code>{ code.as_str() }</code></p>
                <p>{ texts.remedy(&code) }</p>
                <p class="quiet">{ texts.customer_reads }{ " " }<q>{ customer.get(Text::of_failure(&code)) }</q></p>
            </li>
        }
    };
    html! {
        <section class="panel errors" aria-labelledby="errors-title">
            <h2 id="errors-title">{ texts.errors }</h2>
            <h3>{ texts.by_form }</h3>
            <ul>{ for ErrorCode::listed().map(|code| row(FailureCode::Form(code))) }</ul>
            <h3>{ texts.by_page }</h3>
            <ul>{ for HOST_CODES.map(|code| row(FailureCode::Host(code))) }</ul>
        </section>
    }
}
