use std::cell::RefCell;
use std::rc::Rc;

use pantoken_a2c::Event;
use pantoken_widget::{Form, FormOptions as CardFormOptions, FormView};
use web_sys::Node;
use yew::prelude::*;

/// A form that [`use_card_form`] shows.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFormHandle {
    /// Put it on the element that should contain the form. It needs at least 320 by 500 pixels.
    pub container: NodeRef,
    /// What the customer sees around the form.
    pub view: FormView,
    /// Loads the form again; with a session endpoint, in a new session.
    pub reload: Callback<()>,
    /// Continues on the provider's page, if the form comes from a session endpoint.
    pub redirect: Callback<()>,
}

/// Shows a card form in an element of your own, runs its handshake and removes it on unmount.
///
/// ```
/// use pantoken_yew::{CardFormOptions, Event, FormSource, use_card_form};
/// use yew::prelude::*;
///
/// #[component]
/// fn Payout() -> Html {
///     let options = CardFormOptions::new(FormSource::Endpoint("/v1/sessions".into()));
///     let form = use_card_form(options, Callback::from(|event: Event| drop(event)));
///     html! { <div ref={form.container.clone()} class={form.view.state.as_str()} /> }
/// }
/// ```
#[hook]
pub fn use_card_form(options: CardFormOptions, on_event: Callback<Event>) -> CardFormHandle {
    let update = use_force_update();
    // One state for everything: each further hook is more code on the customer's phone.
    let slot = use_mut_ref(|| Slot::new(update));
    let rendered = Rc::clone(&slot);
    use_effect(move || mount_rendered(&rendered));
    let mut slot = slot.borrow_mut();
    slot.options = Some(options);
    slot.on_event = on_event;
    slot.handle.clone()
}

/// What stays from one render to the next. The form is removed with it.
struct Slot {
    handle: CardFormHandle,
    form: Rc<RefCell<Option<Form>>>,
    /// What the latest render wants to show, until it is mounted.
    options: Option<CardFormOptions>,
    /// The receiver that the latest render named.
    on_event: Callback<Event>,
    update: UseForceUpdateHandle,
}

impl Slot {
    fn new(update: UseForceUpdateHandle) -> Self {
        let form = Rc::default();
        let handle = CardFormHandle {
            container: NodeRef::default(),
            view: FormView::loading(),
            reload: callback(&form, Form::reload),
            redirect: callback(&form, Form::redirect),
        };
        Self {
            handle,
            form,
            options: None,
            on_event: Callback::noop(),
            update,
        }
    }
}

/// Returns a callback that does something to the form, while there is one.
fn callback(form: &Rc<RefCell<Option<Form>>>, act: fn(&Form)) -> Callback<()> {
    let form = Rc::downgrade(form);
    Callback::from(move |()| {
        if let Some(form) = form.upgrade()
            && let Some(form) = &*form.borrow()
        {
            act(form);
        }
    })
}

/// Mounts what was rendered, unless it is mounted already.
fn mount_rendered(slot: &Rc<RefCell<Slot>>) {
    let (form, container, options) = {
        let mut slot = slot.borrow_mut();
        let container = slot.handle.container.get();
        (Rc::clone(&slot.form), container, slot.options.take())
    };
    let (Some(container), Some(options)) = (container, options) else {
        return;
    };
    if let Some(form) = &*form.borrow()
        && form.has_options(&options)
    {
        return form.set_title(options.title());
    }
    // The previous form is gone before the next one is mounted.
    drop(form.take());
    form.replace(Some(mount(slot, &container, options)));
}

fn mount(slot: &Rc<RefCell<Slot>>, container: &Node, options: CardFormOptions) -> Form {
    let weak = Rc::downgrade(slot);
    let on_view = move |view| {
        if let Some(slot) = weak.upgrade() {
            let mut slot = slot.borrow_mut();
            if slot.handle.view != view {
                slot.handle.view = view;
                slot.update.force_update();
            }
        }
    };
    let slot = Rc::downgrade(slot);
    let on_event = move |event| {
        if let Some(slot) = slot.upgrade() {
            let on_event = slot.borrow().on_event.clone();
            on_event.emit(event);
        }
    };
    Form::mount(container, options, on_view, on_event)
}
