use std::rc::Rc;

use pantoken_yew::{ErrorSource, FormError, FormId, Language, Saved, Warning, WarningCode};
use yew::prelude::*;

use crate::browser::Return;
use crate::texts::Texts;

/// One event of the form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    SessionAsked,
    Ready(FormId),
    Saved(Saved),
    Failed(FormError),
    Warned(Warning),
    Returned(Return),
}

/// Lists the events so far, each with its time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Log(Vec<(String, Step)>);

pub(crate) enum LogAction {
    Add(String, Step),
    Clear,
}

impl Reducible for Log {
    type Action = LogAction;

    fn reduce(self: Rc<Self>, action: LogAction) -> Rc<Self> {
        match action {
            LogAction::Add(time, step) => {
                let mut steps = self.0.clone();
                steps.push((time, step));
                Rc::new(Self(steps))
            }
            LogAction::Clear => Rc::default(),
        }
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct TimelineProps {
    pub(crate) language: Language,
    pub(crate) log: Log,
}

/// Explains the event in plain words.
#[component]
pub(crate) fn Timeline(props: &TimelineProps) -> Html {
    let texts = Texts::of(props.language);
    html! {
        <section class="panel" aria-labelledby="timeline-title">
            <h2 id="timeline-title">{ texts.timeline }</h2>
            if props.log.0.is_empty() {
                <p class="quiet">{ texts.timeline_empty }</p>
            }
            <ol class="timeline" id="timeline" aria-live="polite">
                { for props.log.0.iter().map(|(time, step)| item(texts, time, step)) }
            </ol>
        </section>
    }
}

fn item(texts: &Texts, time: &str, step: &Step) -> Html {
    let (name, kind) = match step {
        Step::SessionAsked => ("session", "info"),
        Step::Ready(_) => ("ready", "info"),
        Step::Saved(_) => ("saved", "good"),
        Step::Failed(_) => ("error", "bad"),
        Step::Warned(_) => ("warning", "bad"),
        Step::Returned(back) if back.status == "saved" => ("returned", "good"),
        Step::Returned(_) => ("returned", "bad"),
    };
    html! {
        <li class={kind} data-step={name}>
            <time>{ time }</time>
            { words(texts, step) }
        </li>
    }
}

fn words(texts: &Texts, step: &Step) -> Html {
    match step {
        Step::SessionAsked => html! { <p>{ texts.step_session }</p> },
        Step::Ready(request_id) => html! {
            <>
                <p>{ texts.step_ready }{ " " }<code>{ request_id.to_string() }</code></p>
                <p>{ texts.step_origin }</p>
            </>
        },
        Step::Saved(_) => html! { <p>{ texts.step_saved }</p> },
        Step::Failed(error) => failure(texts, error),
        Step::Warned(warning) => html! {
            <>
                <p><code data-code={warning.code.as_str()}>{ warning.code.as_str() }</code></p>
                <p>{ warned(texts, warning.code) }</p>
            </>
        },
        Step::Returned(back) => html! {
            <>
                <p>{ texts.step_returned }{ " " }<code>{ &back.request_id }</code>{ ": " }<code>{ &back.status }</code></p>
                <p>{ texts.step_returned_next }</p>
            </>
        },
    }
}

fn failure(texts: &Texts, error: &FormError) -> Html {
    let source = match error.source {
        ErrorSource::Form => texts.by_form,
        ErrorSource::Host => texts.by_page,
    };
    html! {
        <>
            <p><code data-code={error.code.as_str().to_owned()}>{ error.code.as_str() }</code>{ " · " }{ source }</p>
            <p>{ texts.remedy(&error.code) }</p>
            if !error.message.is_empty() {
                <p class="quiet" lang="">{ &error.message }</p>
            }
        </>
    }
}

fn warned(texts: &Texts, code: WarningCode) -> &'static str {
    match code {
        WarningCode::RequestMismatch => texts.warned_mismatch,
        WarningCode::UnreadableMessage => texts.warned_unreadable,
        WarningCode::ConflictingResult => texts.warned_conflict,
        _ => texts.warned_early,
    }
}
