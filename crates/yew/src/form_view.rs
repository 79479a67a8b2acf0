use pantoken_frame::{FormOptions, Text};
use pantoken_protocol::{Event, FormError, Ready, Saved, Warning};
use yew::prelude::*;

use crate::use_card_form::use_card_form;

/// Who hears of what happens to a form.
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

/// The form with its status and, where they may help, the buttons that start over and that go on at
/// the provider's page. No component of its own, because each costs kilobytes.
#[hook]
pub(crate) fn use_form_view(options: FormOptions, callbacks: Callbacks) -> Html {
    let (language, texts) = (options.language(), options.texts());
    let form = use_card_form(
        options,
        Callback::from(move |event| callbacks.emit(event)),
    );
    let retry = form.reload.reform(|_: MouseEvent| ());
    let redirect = form.redirect.reform(|_: MouseEvent| ());
    let view = form.view;
    html! {
        <div class="pantoken" lang={language.html_lang()} aria-busy={view.aria_busy()} data-state={view.state.as_str()}>
            <p class="pantoken-status" role="status">{ view.status.map_or("", |text| texts.get(text)) }</p>
            if view.may_retry {
                <button class="pantoken-retry" type="button" onclick={retry}>{ texts.get(Text::Retry) }</button>
            }
            if view.may_redirect {
                <button class="pantoken-redirect" type="button" onclick={redirect}>{ texts.get(Text::Redirect) }</button>
            }
            <div class="pantoken-frame" ref={form.container} />
        </div>
    }
}
