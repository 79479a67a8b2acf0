use pantoken_a2c::{Flow, FormError, FormOrigins, Language, Origin, Ready, Saved, Warning};
use pantoken_widget::{FormOptions, FormSource, Session, SessionOptions};
use yew::prelude::*;

use crate::form_view::{Callbacks, form_view};
use crate::use_card_form::use_card_form;

/// The session endpoint of every form below a `ContextProvider<SessionEndpoint>`.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionEndpoint(pub AttrValue);

/// Returns the endpoint of the nearest `ContextProvider<SessionEndpoint>`, for [`SessionForm`].
///
/// ```
/// use pantoken_yew::{SessionEndpoint, SessionForm, use_session_endpoint};
/// use yew::prelude::*;
///
/// #[component]
/// fn App() -> Html {
///     html! {
///         <ContextProvider<SessionEndpoint> context={SessionEndpoint("/pay/v1/sessions".into())}>
///             <Payout />
///         </ContextProvider<SessionEndpoint>>
///     }
/// }
///
/// #[component]
/// fn Payout() -> Html {
///     let endpoint = use_session_endpoint();
///     html! { <SessionForm {endpoint} /> }
/// }
/// ```
// Not a part of the component: a context is a kilobyte more for pages that have none.
#[hook]
pub fn use_session_endpoint() -> Option<AttrValue> {
    use_context::<SessionEndpoint>().map(|endpoint| endpoint.0)
}

/// Properties of [`SessionForm`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SessionFormProps {
    /// The URL of `POST /v1/sessions`, or of your back end's call that creates a session or a card
    /// verification. Defaults to `/v1/sessions` on the page's own origin;
    /// [`use_session_endpoint`] reads it from a context.
    #[prop_or_default]
    pub endpoint: Option<AttrValue>,
    /// A session that your back end made for a customer it knows, in place of an endpoint: the answer of
    /// `POST /v1/sessions` or `POST /v1/payin/verifications`. Its result is reported to its own `result_url`,
    /// or asked for there.
    #[prop_or_default]
    pub session: Option<Session>,
    /// Whether [`Saved`] has the token, which your server has already.
    #[prop_or_default]
    pub token_in_page: bool,
    /// Whether the form is inside the page, or a button leads to a page of the provider's. If the frame
    /// is blocked or never becomes ready, the customer is offered that button in any case.
    #[prop_or(Flow::Iframe)]
    pub flow: Flow,
    /// Where the provider's page leads back to. Defaults to the page's own URL without its query. Your
    /// server has to allow it.
    #[prop_or_default]
    pub return_url: Option<AttrValue>,
    /// The form's language. Defaults to Russian.
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
    /// Called when the card is saved and the endpoint has acknowledged it, at most once per session.
    #[prop_or_default]
    pub on_saved: Callback<Saved>,
    /// Called when something went wrong. After a recoverable error the customer can continue.
    #[prop_or_default]
    pub on_error: Callback<FormError>,
    /// Called for something that you may want to monitor.
    #[prop_or_default]
    pub on_warning: Callback<Warning>,
}

/// Shows a card form that asks a session endpoint for its form URL and reports the result to it.
///
/// ```
/// use pantoken_yew::{Saved, SessionForm};
/// use yew::prelude::*;
///
/// #[component]
/// fn Payout() -> Html {
///     let is_saved = use_state(|| false);
///     let on_saved = {
///         let is_saved = is_saved.clone();
///         move |_: Saved| is_saved.set(true)
///     };
///     html! { <SessionForm endpoint="/pay/v1/sessions" {on_saved} /> }
/// }
/// ```
///
/// Tips: `on_saved` runs after the endpoint has the token, so your back end can rely on it; a change
/// of language asks for a new session.
#[component]
pub fn SessionForm(props: &SessionFormProps) -> Html {
    let options = FormOptions {
        source: source(props),
        language: props.language,
        title: props.title.as_deref().map(str::to_owned),
        ready_timeout: props.ready_timeout,
        form_origins: FormOrigins::with_extra(props.form_origin.clone()),
        token_in_page: props.token_in_page,
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

fn source(props: &SessionFormProps) -> FormSource {
    if let Some(session) = &props.session {
        return FormSource::Session(session.clone().with_flow(props.flow));
    }
    let endpoint = props.endpoint.as_deref();
    FormSource::Endpoint(SessionOptions {
        endpoint: endpoint.unwrap_or("/v1/sessions").to_owned(),
        flow: props.flow,
        return_url: props.return_url.as_deref().map(str::to_owned),
    })
}
