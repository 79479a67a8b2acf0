use std::cell::RefCell;
use std::rc::Rc;

use pantoken_a2c::{Event, FormError, FormOrigins, Language, Origin, State};
use pantoken_widget::{
    Destination, FormView, RedirectButton as MountedButton, RedirectOptions, RedirectSource, Text,
    Texts,
};
use yew::html::Children;
use yew::prelude::*;

use crate::form_view::translatable;

/// Properties of [`RedirectButton`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct RedirectButtonProps {
    /// The URL that a session is asked of: `POST /v1/sessions`, `POST /v1/payin/verifications`, or one of
    /// your back end that answers like `POST /v1/qiwi-pay/forms`. Defaults to `/v1/sessions` on the page's own
    /// origin.
    #[prop_or_default]
    pub endpoint: Option<AttrValue>,
    /// Where a session leads that your back end made, in place of an endpoint.
    #[prop_or_default]
    pub session: Option<Destination>,
    /// Where the provider's page leads back to. Defaults to the page's own URL without its query. Your
    /// server has to allow it.
    #[prop_or_default]
    pub return_url: Option<AttrValue>,
    /// The form's language. Defaults to the form URL's own, or else to Russian.
    #[prop_or_default]
    pub language: Option<Language>,
    /// One more origin on which a form URL is accepted, besides the provider's own.
    #[prop_or_default]
    pub form_origin: Option<Origin>,
    /// Called when something went wrong.
    #[prop_or_default]
    pub on_error: Callback<FormError>,
    /// The label. Defaults to "Continue on the payment page", in the form's language.
    #[prop_or_default]
    pub children: Children,
}

/// Shows a button that leads the browser to the provider's page: by its URL, or by posting the form of
/// qiwi-pay.
///
/// ```
/// use pantoken_yew::RedirectButton;
/// use yew::prelude::*;
///
/// #[component]
/// fn Pay() -> Html {
///     html! { <RedirectButton endpoint="/pay/order-5">{ "Pay 10 000 ₸" }</RedirectButton> }
/// }
/// ```
///
/// Tips: nothing is asked for before the customer presses the button; while it is busy, it keeps the focus and
/// is `aria-disabled`. The classes are `pantoken`, `pantoken-redirect` and `pantoken-status`.
#[component]
pub fn RedirectButton(props: &RedirectButtonProps) -> Html {
    let update = use_force_update();
    // One state for everything, as in `use_card_form`.
    let slot = use_mut_ref(|| Slot::new(update));
    let rendered = Rc::clone(&slot);
    use_effect(move || mount_rendered(&rendered));
    let options = options(props);
    let language = options.language();
    let mut slot = slot.borrow_mut();
    slot.options = Some(options);
    slot.on_error = props.on_error.clone();
    button_view(language, props, &slot)
}

/// What stays from one render to the next. The button's machine is removed with it.
struct Slot {
    container: NodeRef,
    view: FormView,
    button: Rc<RefCell<Option<MountedButton>>>,
    /// What the latest render wants, until it is mounted.
    options: Option<RedirectOptions>,
    /// The receiver that the latest render named.
    on_error: Callback<FormError>,
    update: UseForceUpdateHandle,
}

impl Slot {
    fn new(update: UseForceUpdateHandle) -> Self {
        Self {
            container: NodeRef::default(),
            view: FormView {
                state: State::Idle,
                status: None,
                may_retry: false,
                may_redirect: true,
            },
            button: Rc::default(),
            options: None,
            on_error: Callback::noop(),
            update,
        }
    }
}

fn options(props: &RedirectButtonProps) -> RedirectOptions {
    let endpoint = props.endpoint.as_deref().unwrap_or("/v1/sessions");
    RedirectOptions {
        source: match &props.session {
            Some(destination) => RedirectSource::Session(destination.clone()),
            None => RedirectSource::Endpoint {
                url: endpoint.to_owned(),
                return_url: props.return_url.as_deref().map(str::to_owned),
            },
        },
        language: props.language,
        form_origins: FormOrigins::with_extra(props.form_origin.clone()),
    }
}

fn button_view(language: Language, props: &RedirectButtonProps, slot: &Slot) -> Html {
    let texts = Texts::of(language);
    let view = slot.view;
    let label = if view.may_retry {
        translatable(texts, Some(Text::Retry))
    } else if props.children.is_empty() {
        translatable(texts, Some(Text::Redirect))
    } else {
        html! { { props.children.clone() } }
    };
    let button = Rc::downgrade(&slot.button);
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(button) = button.upgrade()
            && let Some(button) = &*button.borrow()
        {
            button.press();
        }
    });
    let is_disabled = if view.may_redirect { "false" } else { "true" };
    html! {
        <div class="pantoken" lang={language.html_lang()} aria-busy={view.aria_busy()} data-state={view.state.as_str()} ref={slot.container.clone()}>
            <button class="pantoken-redirect" type="button" aria-disabled={is_disabled} {onclick}>{ label }</button>
            <p class="pantoken-status" role="status">{ translatable(texts, view.status) }</p>
        </div>
    }
}

/// Mounts what was rendered, unless it is mounted already.
fn mount_rendered(slot: &Rc<RefCell<Slot>>) {
    let (button, container, options) = {
        let mut slot = slot.borrow_mut();
        let container = slot.container.get();
        (Rc::clone(&slot.button), container, slot.options.take())
    };
    let (Some(container), Some(options)) = (container, options) else {
        return;
    };
    let is_mounted = |button: &MountedButton| button.has_options(&options);
    if button.borrow().as_ref().is_some_and(is_mounted) {
        return;
    }
    // The previous one is gone before the next one is mounted.
    drop(button.take());
    let (viewed, failed) = (Rc::downgrade(slot), Rc::downgrade(slot));
    let on_view = move |view| {
        if let Some(slot) = viewed.upgrade() {
            let mut slot = slot.borrow_mut();
            if slot.view != view {
                slot.view = view;
                slot.update.force_update();
            }
        }
    };
    let on_event = move |event| {
        if let (Event::Error(error), Some(slot)) = (event, failed.upgrade()) {
            let on_error = slot.borrow().on_error.clone();
            on_error.emit(error);
        }
    };
    button.replace(Some(MountedButton::mount(
        &container, options, on_view, on_event,
    )));
}
