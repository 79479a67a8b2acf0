use pantoken_frame::Texts;
use pantoken_protocol::{Event, FormError, Ready, Saved, State, Warning};
use yew::prelude::*;

use crate::use_card_form::{CardFormOptions, FormSource, use_card_form};

/// Who hears of what happens to a form.
#[derive(Clone, PartialEq)]
pub(crate) struct Callbacks {
    pub(crate) on_ready: Callback<Ready>,
    pub(crate) on_saved: Callback<Saved>,
    pub(crate) on_error: Callback<FormError>,
    pub(crate) on_warning: Callback<Warning>,
}

impl Callbacks {
    fn emit(&self, event: Event) {
        match event {
            Event::Ready(ready) => self.on_ready.emit(ready),
            Event::Saved(saved) => self.on_saved.emit(saved),
            Event::Error(error) => self.on_error.emit(error),
            Event::Warning(warning) => self.on_warning.emit(warning),
        }
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct FormViewProps {
    pub(crate) options: CardFormOptions,
    pub(crate) callbacks: Callbacks,
}

/// The form with its status and, on a failure that a retry may mend, its retry button.
#[component]
pub(crate) fn FormView(props: &FormViewProps) -> Html {
    let language = props.options.language();
    let callbacks = props.callbacks.clone();
    let form = use_card_form(
        props.options.clone(),
        Callback::from(move |event| callbacks.emit(event)),
    );
    let texts = Texts::of(language);
    let onclick = form.reload.reform(|_: MouseEvent| ());
    let busy = if form.state == State::Loading {
        "true"
    } else {
        "false"
    };
    html! {
        <div class="pantoken" lang={language.html_lang()} aria-busy={busy} data-state={form.state.as_str()}>
            <p class="pantoken-status" role="status">{ status(texts, form.state, form.error.as_ref()) }</p>
            if may_retry(&props.options.source, form.state, form.error.as_ref()) {
                <button class="pantoken-retry" type="button" {onclick}>{ texts.retry }</button>
            }
            <div class="pantoken-frame" ref={form.container} />
        </div>
    }
}

/// While the customer can type, the form speaks for itself.
fn status(texts: &Texts, state: State, error: Option<&FormError>) -> &'static str {
    match (state, error) {
        (State::Failed, Some(error)) => texts.failure(&error.code),
        (State::Saved, _) => texts.saved,
        (State::Loading, _) => texts.loading,
        _ => "",
    }
}

/// A form URL is for one request: only a new session helps where the request itself is spent.
fn may_retry(source: &FormSource, state: State, error: Option<&FormError>) -> bool {
    let session = matches!(source, FormSource::Session(_));
    state == State::Failed && error.is_some_and(|error| session || error.recoverable)
}
