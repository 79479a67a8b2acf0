use pantoken_frame::{FormOptions, FormView as View, Texts};
use pantoken_protocol::{Event, FormError, Ready, Saved, Warning};
use yew::prelude::*;

use crate::use_card_form::use_card_form;

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
    pub(crate) options: FormOptions,
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
    let view = View {
        state: form.state,
        error: form.error,
    };
    html! {
        <div class="pantoken" lang={language.html_lang()} aria-busy={view.aria_busy()} data-state={view.state.as_str()}>
            <p class="pantoken-status" role="status">{ view.status(texts) }</p>
            if view.may_retry(props.options.is_session()) {
                <button class="pantoken-retry" type="button" {onclick}>{ texts.retry }</button>
            }
            <div class="pantoken-frame" ref={form.container} />
        </div>
    }
}
