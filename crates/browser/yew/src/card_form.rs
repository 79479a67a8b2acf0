use pantoken_a2c::{FormError, FormOrigins, FormUrl, Language, Origin, Ready, Saved, Warning};
use pantoken_widget::{FormOptions, FormSource};
use yew::prelude::*;

use crate::form_view::{Callbacks, form_view};
use crate::use_card_form::use_card_form;

/// Properties of [`CardForm`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CardFormProps {
    /// The form URL that a server signed for the iframe flow.
    pub form_url: FormUrl,
    /// The form's language. Defaults to the form URL's own.
    #[prop_or_default]
    pub language: Option<Language>,
    /// The iframe's title. Defaults to one in the form's language.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// How long to wait for the form's Ready, in milliseconds.
    #[prop_or(FormOptions::READY_TIMEOUT)]
    pub ready_timeout: u32,
    /// One more origin on which a form URL is accepted, besides the provider's own.
    #[prop_or_default]
    pub form_origin: Option<Origin>,
    /// Called when the form is ready, once per load of its frame.
    #[prop_or_default]
    pub on_ready: Callback<Ready>,
    /// Called when the card is saved, at most once per form URL.
    #[prop_or_default]
    pub on_saved: Callback<Saved>,
    /// Called when something went wrong. After a recoverable error the customer can continue.
    #[prop_or_default]
    pub on_error: Callback<FormError>,
    /// Called for something that you may want to monitor.
    #[prop_or_default]
    pub on_warning: Callback<Warning>,
}

/// Shows the card form of a signed form URL.
///
/// ```
/// use pantoken_yew::{CardForm, FormUrl, Language, Saved};
/// use yew::prelude::*;
///
/// #[derive(PartialEq, Properties)]
/// struct PayoutProps {
///     form_url: FormUrl,
/// }
///
/// #[component]
/// fn Payout(props: &PayoutProps) -> Html {
///     let pan_token = use_state(|| None);
///     let on_saved = {
///         let pan_token = pan_token.clone();
///         move |saved: Saved| pan_token.set(saved.pan_token)
///     };
///     html! {
///         <CardForm form_url={props.form_url.clone()} language={Language::En} {on_saved} />
///     }
/// }
/// ```
///
/// Tips: keep the form URL in state, because another form URL removes the form and starts a new one;
/// read it with [`FormUrl::parse`] where your server's answer arrives. The classes are
/// `pantoken`, `pantoken-status`, `pantoken-retry`, `pantoken-redirect` and `pantoken-frame`.
#[component]
pub fn CardForm(props: &CardFormProps) -> Html {
    let options = FormOptions {
        source: FormSource::FormUrl(props.form_url.clone()),
        language: props.language,
        title: props.title.as_deref().map(str::to_owned),
        ready_timeout: props.ready_timeout,
        form_origins: FormOrigins::with_extra(props.form_origin.clone()),
        token_in_page: true,
    };
    let callbacks = Callbacks {
        on_ready: props.on_ready.clone(),
        on_saved: props.on_saved.clone(),
        on_error: props.on_error.clone(),
        on_warning: props.on_warning.clone(),
    };
    let language = options.language();
    form_view(language, use_card_form(options, callbacks.into_one()))
}
