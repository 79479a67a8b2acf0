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
    /// Where the form is.
    pub state: State,
    /// The last error, until the form is ready again.
    pub error: Option<FormError>,
    /// Loads the form afresh; with a session endpoint, in a new session.
    pub reload: Callback<()>,
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
///     html! { <div ref={form.container.clone()} class={form.state.as_str()} /> }
/// }
/// ```
#[hook]
pub fn use_card_form(options: CardFormOptions, on_event: Callback<Event>) -> CardFormHandle {
    let container = use_node_ref();
    let view = use_state(FormView::default);
    let latest = use_mut_ref(|| on_event.clone());
    *latest.borrow_mut() = on_event;
    let mounted = use_mut_ref(|| None::<Form>);

    {
        let (container, view, mounted) = (container.clone(), view.setter(), Rc::clone(&mounted));
        use_effect_with(options, move |options| {
            view.set(FormView::default());
            if let Some(container) = container.cast::<Element>() {
                let receiver = Receiver {
                    latest,
                    view,
                    mounted: Rc::clone(&mounted),
                };
                mount(&container, options, &receiver);
            }
            move || drop(mounted.take())
        });
    }

    let reload = {
        let view = view.setter();
        use_callback((), move |(), ()| {
            if let Some(mounted) = &*mounted.borrow() {
                mounted.reload();
                view.set(FormView::at(mounted.state()));
            }
        })
    };
    CardFormHandle {
        container,
        state: view.state,
        error: view.error.clone(),
        reload,
    }
}

/// Takes each event to the view, and then to whoever the latest render named.
#[derive(Clone)]
struct Receiver {
    latest: Rc<RefCell<Callback<Event>>>,
    view: UseStateSetter<FormView>,
    mounted: Rc<RefCell<Option<Form>>>,
}

impl Receiver {
    fn receive(&self, event: Event) {
        let state = self
            .mounted
            .borrow()
            .as_ref()
            .map_or(State::Failed, Form::state);
        if let Some(view) = FormView::after(&event, state) {
            self.view.set(view);
        }
        let on_event = self.latest.borrow().clone();
        on_event.emit(event);
    }
}

fn mount(container: &Element, options: &CardFormOptions, receiver: &Receiver) {
    let on_event = {
        let receiver = receiver.clone();
        move |event| receiver.receive(event)
    };
    match Form::mount(container, options.clone(), on_event) {
        Ok(form) => *receiver.mounted.borrow_mut() = Some(form),
        Err(error) => receiver.receive(Event::Error(error)),
    }
}
