use pantoken_a2c::{Event, FormError, Language, Ready, Saved, Warning};
use pantoken_widget::{Text, Texts};
use yew::prelude::*;
use yew::virtual_dom::VText;

use crate::use_card_form::CardFormHandle;

/// The receivers of a form's events.
pub(crate) struct Callbacks {
    pub(crate) on_ready: Callback<Ready>,
    pub(crate) on_saved: Callback<Saved>,
    pub(crate) on_error: Callback<FormError>,
    pub(crate) on_warning: Callback<Warning>,
}

impl Callbacks {
    /// Returns one callback for all events.
    pub(crate) fn into_one(self) -> Callback<Event> {
        Callback::from(move |event| match event {
            Event::Ready(ready) => self.on_ready.emit(ready),
            Event::Saved(saved) => self.on_saved.emit(saved),
            Event::Error(error) => self.on_error.emit(error),
            Event::Warning(warning) => self.on_warning.emit(warning),
        })
    }
}

/// Renders the form with its status and, where they may help, the buttons that start over and that
/// continue on the provider's page. It is neither a component nor a hook: each of those is more code on
/// the customer's phone.
pub(crate) fn form_view(language: Language, form: CardFormHandle) -> Html {
    let texts = Texts::of(language);
    let text = |text| VText::new(texts.get(text));
    let view = form.view;
    let retry = form.reload.reform(|_: MouseEvent| ());
    let redirect = form.redirect.reform(|_: MouseEvent| ());
    html! {
        <div class="pantoken" translate="no" lang={language.html_lang()} aria-busy={view.aria_busy()} data-state={view.state.as_str()}>
            <p class="pantoken-status" role="status">{ translatable(texts, view.status) }</p>
            if view.may_retry {
                <button class="pantoken-retry" type="button" onclick={retry}>{ text(Text::Retry) }</button>
            }
            if view.may_redirect {
                <button class="pantoken-redirect" type="button" onclick={redirect}>{ text(Text::Redirect) }</button>
            }
            <div class="pantoken-frame" ref={form.container} />
        </div>
    }
}

/// Renders a text that changes, or nothing. A translator may put its own elements in the place of a text: another text
/// is another element, so that they go with it.
pub(crate) fn translatable(texts: Texts, text: Option<Text>) -> Html {
    let text = text.map_or("", |text| texts.get(text));
    html! { <span key={text}>{ VText::new(text) }</span> }
}
