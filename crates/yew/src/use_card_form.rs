use std::cell::RefCell;
use std::rc::Rc;

use pantoken_frame::{Form, FormOptions as CardFormOptions, FormView};
use pantoken_protocol::{Event, FormError, State};
use web_sys::Element;
use yew::prelude::*;

/// A form that [`use_card_form`] keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFormHandle {
    /// Put it on the element in which the form shall be, at least 320 by 500 pixels.
    pub container: NodeRef,
    /// What the customer sees around the form.
    pub view: FormView,
    /// The last error, until the form is ready again.
    pub error: Option<FormError>,
    /// Loads the form afresh; with a session endpoint, in a new session.
    pub reload: Callback<()>,
    /// Goes on at the provider's page, where the form is of a session endpoint.
    pub redirect: Callback<()>,
}

/// A card form in an element of your own: shows it, runs its handshake, takes it down.
///
/// ```
/// use pantoken_yew::{CardFormOptions, Event, FormSource, use_card_form};
/// use yew::prelude::*;
///
/// #[component]
/// fn Payout() -> Html {
///     let options = CardFormOptions::new(FormSource::Session("/v1/sessions".into()));
///     let form = use_card_form(options, Callback::from(|event: Event| drop(event)));
///     html! { <div ref={form.container.clone()} class={form.view.state.as_str()} /> }
/// }
/// ```
#[hook]
pub fn use_card_form(options: CardFormOptions, on_event: Callback<Event>) -> CardFormHandle {
    let container = use_node_ref();
    let view = use_state_eq(FormView::loading);
    let error = use_state(|| None);
    let latest = use_mut_ref(|| on_event.clone());
    *latest.borrow_mut() = on_event;
    let mounted = use_mut_ref(|| None::<Form>);
    {
        let (container, mounted) = (container.clone(), Rc::clone(&mounted));
        let receiver = Receiver {
            latest,
            view: view.setter(),
            error: error.setter(),
        };
        use_effect_with(options, move |options| {
            if let Some(container) = container.cast::<Element>() {
                *mounted.borrow_mut() = Some(receiver.mount(&container, options));
            }
            move || drop(mounted.take())
        });
    }
    let reload = use_form(&mounted, Form::reload);
    let redirect = use_form(&mounted, Form::redirect);
    CardFormHandle {
        container,
        view: *view,
        // What is ready again, or saved, has no error any more.
        error: match view.state {
            State::Loading | State::Saved => None,
            _ => (*error).clone(),
        },
        reload,
        redirect,
    }
}

/// A callback that does something to the form, while there is one.
#[hook]
fn use_form(mounted: &Rc<RefCell<Option<Form>>>, act: fn(&Form)) -> Callback<()> {
    let mounted = Rc::clone(mounted);
    use_callback((), move |(), ()| {
        if let Some(form) = &*mounted.borrow() {
            act(form);
        }
    })
}

/// Takes each event to the view, and then to whoever the latest render named.
struct Receiver {
    latest: Rc<RefCell<Callback<Event>>>,
    view: UseStateSetter<FormView>,
    error: UseStateSetter<Option<FormError>>,
}

impl Receiver {
    fn mount(self, container: &Element, options: &CardFormOptions) -> Form {
        let Self {
            latest,
            view,
            error,
        } = self;
        let on_event = move |event: Event| {
            match &event {
                Event::Error(failure) => error.set(Some(failure.clone())),
                Event::Ready(_) => error.set(None),
                Event::Saved(_) | Event::Warning(_) => {}
            }
            let on_event = latest.borrow().clone();
            on_event.emit(event);
        };
        Form::mount(
            container,
            options.clone(),
            move |now| view.set(now),
            on_event,
        )
    }
}
