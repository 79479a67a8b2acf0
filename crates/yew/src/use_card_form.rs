use std::cell::RefCell;
use std::rc::Rc;

use pantoken_frame::{CardFrame, FrameOptions, SessionFrame, SessionOptions, Texts};
use pantoken_protocol::{Event, FormError, FormOrigins, FormUrl, Language, Origin, State};
use web_sys::Element;
use yew::prelude::*;

/// Where a form comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum FormSource {
    /// A form URL that a server signed.
    FormUrl(FormUrl),
    /// The URL of `POST /v1/sessions`, which gives a form URL and takes the result.
    Session(AttrValue),
}

/// What [`use_card_form`] shows; a change of it takes the form down and starts a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFormOptions {
    /// Where the form comes from.
    pub source: FormSource,
    /// The form's language; a form URL's own, or else Russian, when there is none.
    pub language: Option<Language>,
    /// The iframe's title; one in the form's language when there is none.
    pub title: Option<AttrValue>,
    /// How long to wait for the form's Ready, in milliseconds.
    pub ready_timeout: u32,
    /// One more origin on which a form URL is accepted.
    pub form_origin: Option<Origin>,
}

impl CardFormOptions {
    /// The usual options for this source.
    #[must_use]
    pub fn new(source: FormSource) -> Self {
        Self {
            source,
            language: None,
            title: None,
            ready_timeout: FrameOptions::READY_TIMEOUT,
            form_origin: None,
        }
    }

    /// The language in which the customer meets the form.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(|| match &self.source {
            FormSource::FormUrl(form_url) => form_url.request().language(),
            FormSource::Session(_) => Language::default(),
        })
    }
}

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
    let view = use_state(View::default);
    let latest = use_mut_ref(|| on_event.clone());
    *latest.borrow_mut() = on_event;
    let mounted = use_mut_ref(|| None::<Mounted>);

    {
        let (container, view, mounted) = (container.clone(), view.setter(), Rc::clone(&mounted));
        use_effect_with(options, move |options| {
            view.set(View::default());
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
                view.set(View {
                    state: mounted.state(),
                    error: None,
                });
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

/// What a render shows; loading until the browser has had its say, and so on a server.
#[derive(Clone, PartialEq)]
struct View {
    state: State,
    error: Option<FormError>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            state: State::Loading,
            error: None,
        }
    }
}

enum Mounted {
    Card(CardFrame),
    Session(SessionFrame),
}

impl Mounted {
    fn state(&self) -> State {
        match self {
            Self::Card(frame) => frame.state(),
            Self::Session(frame) => frame.state(),
        }
    }

    fn reload(&self) {
        match self {
            Self::Card(frame) => frame.reload(),
            Self::Session(frame) => frame.reload(),
        }
    }
}

/// Takes each event to the view, and then to whoever the latest render named.
#[derive(Clone)]
struct Receiver {
    latest: Rc<RefCell<Callback<Event>>>,
    view: UseStateSetter<View>,
    mounted: Rc<RefCell<Option<Mounted>>>,
}

impl Receiver {
    fn receive(&self, event: Event) {
        let state = self
            .mounted
            .borrow()
            .as_ref()
            .map_or(State::Failed, Mounted::state);
        match &event {
            Event::Ready(_) | Event::Saved(_) => self.view.set(View { state, error: None }),
            Event::Error(error) => self.view.set(View {
                state,
                error: Some(error.clone()),
            }),
            Event::Warning(_) => {}
        }
        let on_event = self.latest.borrow().clone();
        on_event.emit(event);
    }
}

fn mount(container: &Element, options: &CardFormOptions, receiver: &Receiver) {
    let language = options.language();
    let title = options
        .title
        .as_deref()
        .unwrap_or(Texts::of(language).title)
        .to_owned();
    let form_origins = FormOrigins::with_extra(options.form_origin.clone());
    let ready_timeout = options.ready_timeout;
    let on_event = {
        let receiver = receiver.clone();
        move |event| receiver.receive(event)
    };
    let frame = match &options.source {
        FormSource::FormUrl(form_url) => {
            let form_url = form_url.clone().with_language(language);
            let options = FrameOptions {
                form_url,
                form_origins,
                title,
                ready_timeout,
            };
            CardFrame::mount(container, options, on_event).map(Mounted::Card)
        }
        FormSource::Session(endpoint) => {
            let endpoint = endpoint.to_string();
            let options = SessionOptions {
                endpoint,
                language,
                form_origins,
                title,
                ready_timeout,
            };
            Ok(Mounted::Session(SessionFrame::mount(
                container, options, on_event,
            )))
        }
    };
    match frame {
        Ok(frame) => *receiver.mounted.borrow_mut() = Some(frame),
        Err(error) => receiver.receive(Event::Error(error)),
    }
}
