use std::cell::RefCell;
use std::rc::Rc;

use pantoken_a2c::Event;
use pantoken_widget::{Form, FormOptions as CardFormOptions, FormView};
use web_sys::Node;
use yew::prelude::*;

/// A form that [`use_card_form`] keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFormHandle {
    /// Put it on the element in which the form shall be, at least 320 by 500 pixels.
    pub container: NodeRef,
    /// What the customer sees around the form.
    pub view: FormView,
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
    let update = use_force_update();
    // One state for all: each state of its own would be more code on the customer's phone.
    let kept = use_mut_ref(|| Kept::new(update));
    let rendered = Rc::clone(&kept);
    use_effect(move || show(&rendered));
    let mut kept = kept.borrow_mut();
    kept.options = Some(options);
    kept.on_event = on_event;
    kept.handle.clone()
}

/// What stays from one render to the next. The form is taken down with it.
struct Kept {
    handle: CardFormHandle,
    form: Rc<RefCell<Option<Form>>>,
    /// What the latest render wants to show, until it is there.
    options: Option<CardFormOptions>,
    /// Whom the latest render named.
    on_event: Callback<Event>,
    update: UseForceUpdateHandle,
}

impl Kept {
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

/// A callback that does something to the form, while there is one.
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

/// Shows what was rendered, unless it is there already.
fn show(kept: &Rc<RefCell<Kept>>) {
    let (form, container, options) = {
        let mut kept = kept.borrow_mut();
        let container = kept.handle.container.get();
        (Rc::clone(&kept.form), container, kept.options.take())
    };
    let (Some(container), Some(options)) = (container, options) else {
        return;
    };
    if form
        .borrow()
        .as_ref()
        .is_some_and(|form| form.is_of(&options))
    {
        return;
    }
    // One form is gone before the next comes.
    drop(form.take());
    form.replace(Some(mount(kept, &container, options)));
}

fn mount(kept: &Rc<RefCell<Kept>>, container: &Node, options: CardFormOptions) -> Form {
    let viewed = Rc::downgrade(kept);
    let on_view = move |view| {
        if let Some(kept) = viewed.upgrade() {
            let mut kept = kept.borrow_mut();
            if kept.handle.view != view {
                kept.handle.view = view;
                kept.update.force_update();
            }
        }
    };
    let kept = Rc::downgrade(kept);
    let on_event = move |event| {
        if let Some(kept) = kept.upgrade() {
            let on_event = kept.borrow().on_event.clone();
            on_event.emit(event);
        }
    };
    Form::mount(container, options, on_view, on_event)
}
