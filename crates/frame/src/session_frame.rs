use std::cell::RefCell;
use std::rc::{Rc, Weak};

use pantoken_protocol::{
    ErrorMessage, Event, FailureCode, FormError, FormOrigins, FormResult, HostCode, Language,
    Saved, State,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use crate::backoff;
use crate::card_frame::{CardFrame, FrameOptions};
use crate::session::{CallError, Session, sleep};

/// Where sessions come from, and how their forms are shown.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The URL of `POST /v1/sessions`, as `fetch` takes it.
    pub endpoint: String,
    /// The form's language.
    pub language: Language,
    /// The origins on which a form URL is accepted.
    pub form_origins: FormOrigins,
    /// The iframe's title, for who hears the page.
    pub title: String,
    /// How long to wait for the form's Ready, in milliseconds.
    pub ready_timeout: u32,
}

/// A session's form in its iframe, as long as this lives: asks the endpoint for a session, shows its
/// form, and reports the result before it emits it.
///
/// A saved card is reported again and again until the endpoint has acknowledged it, because the
/// token is all that there is of it.
#[must_use = "the form is taken away when this is dropped"]
pub struct SessionFrame(Rc<Inner>);

struct Inner {
    parent: Element,
    options: SessionOptions,
    on_event: Box<dyn Fn(Event)>,
    current: RefCell<Option<Current>>,
}

/// The session that counts; a new one takes its place, and what the old one still says is nothing.
struct Current {
    number: u32,
    frame: Option<CardFrame>,
    progress: Progress,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Creating,
    Shown,
    /// The token is here, and not acknowledged yet.
    Reporting,
    Saved,
    Failed,
}

impl SessionFrame {
    /// Asks for a session, shows its form at the end of `parent`, and tells `on_event` what happens.
    pub fn mount(
        parent: &Element,
        options: SessionOptions,
        on_event: impl Fn(Event) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            parent: parent.clone(),
            options,
            on_event: Box::new(on_event),
            current: RefCell::default(),
        });
        inner.start();
        Self(inner)
    }

    /// Starts over with a new session; does nothing once a token has come.
    pub fn reload(&self) {
        self.0.start();
    }

    /// Where the session is; `ready` until the endpoint has acknowledged a saved card.
    #[must_use]
    pub fn state(&self) -> State {
        let current = self.0.current.borrow();
        let Some(current) = &*current else {
            return State::Idle;
        };
        match (current.progress, &current.frame) {
            (Progress::Creating, _) => State::Loading,
            (Progress::Shown, Some(frame)) => frame.state(),
            (Progress::Shown, None) | (Progress::Failed, _) => State::Failed,
            (Progress::Reporting, _) => State::Ready,
            (Progress::Saved, _) => State::Saved,
        }
    }
}

impl Drop for SessionFrame {
    fn drop(&mut self) {
        self.0.current.take();
    }
}

impl Inner {
    fn start(self: &Rc<Self>) {
        let number = match &*self.current.borrow() {
            Some(Current {
                progress: Progress::Reporting | Progress::Saved,
                ..
            }) => return,
            Some(current) => current.number.wrapping_add(1),
            None => 0,
        };
        let new = Current {
            number,
            frame: None,
            progress: Progress::Creating,
        };
        drop(self.current.replace(Some(new)));
        let inner = Rc::downgrade(self);
        let SessionOptions {
            endpoint, language, ..
        } = self.options.clone();
        spawn_local(async move {
            let session = Session::create(&endpoint, language, None).await;
            if let Some(inner) = inner.upgrade() {
                inner.created(number, session);
            }
        });
    }

    fn created(self: &Rc<Self>, number: u32, session: Result<Session, CallError>) {
        if !self.is_current(number) {
            return;
        }
        let shown = session
            .map_err(CallError::into_session_failed)
            .and_then(|session| self.show(number, session));
        match shown {
            Ok(frame) => self.update(|current| {
                current.frame = Some(frame);
                current.progress = Progress::Shown;
            }),
            Err(error) => self.fail(error),
        }
    }

    fn show(self: &Rc<Self>, number: u32, session: Session) -> Result<CardFrame, FormError> {
        let options = FrameOptions {
            form_url: session.form_url.clone(),
            form_origins: self.options.form_origins.clone(),
            title: self.options.title.clone(),
            ready_timeout: self.options.ready_timeout,
        };
        let inner = Rc::downgrade(self);
        let session = Rc::new(session);
        CardFrame::mount(&self.parent, options, move |event| {
            if let Some(inner) = inner.upgrade() {
                inner.form_event(number, &session, event);
            }
        })
    }

    fn form_event(self: &Rc<Self>, number: u32, session: &Rc<Session>, event: Event) {
        match event {
            Event::Saved(saved) => {
                self.update(|current| current.progress = Progress::Reporting);
                let inner = Rc::downgrade(self);
                spawn_local(report_saved(inner, number, Rc::clone(session), saved));
            }
            Event::Error(error) => {
                report_failed(session, &error);
                (self.on_event)(Event::Error(error));
            }
            other => (self.on_event)(other),
        }
    }

    fn reported(&self, number: u32, outcome: Result<Saved, FormError>) {
        if !self.is_current(number) {
            return;
        }
        match outcome {
            Ok(saved) => {
                self.update(|current| current.progress = Progress::Saved);
                (self.on_event)(Event::Saved(saved));
            }
            Err(error) => self.fail(error),
        }
    }

    fn fail(&self, error: FormError) {
        self.update(|current| current.progress = Progress::Failed);
        (self.on_event)(Event::Error(error));
    }

    fn update(&self, change: impl FnOnce(&mut Current)) {
        if let Some(current) = &mut *self.current.borrow_mut() {
            change(current);
        }
    }

    fn is_current(&self, number: u32) -> bool {
        self.current
            .borrow()
            .as_ref()
            .is_some_and(|current| current.number == number)
    }
}

/// Goes on after the form is gone from the page: the card is saved, and only we know its token.
async fn report_saved(inner: Weak<Inner>, number: u32, session: Rc<Session>, saved: Saved) {
    let result = FormResult::Saved(saved.pan_token.clone());
    let mut tries = 0;
    let outcome = loop {
        match session.report(&result).await {
            Ok(()) => break Ok(saved),
            Err(CallError::Unavailable(_)) => sleep(backoff::delay(tries)).await,
            Err(CallError::Refused(reason)) => {
                let request_id = Some(saved.request_id);
                break Err(FormError::host(
                    request_id,
                    HostCode::ResultRejected,
                    &reason,
                ));
            }
        }
        tries += 1;
    };
    if let Some(inner) = inner.upgrade() {
        inner.reported(number, outcome);
    }
}

/// Told once and not waited for: an error is no loss, and the customer may still correct it.
fn report_failed(session: &Rc<Session>, error: &FormError) {
    if let FailureCode::Form(code) = &error.code {
        let session = Rc::clone(session);
        let message = ErrorMessage::from_text(&error.message);
        let result = FormResult::Failed {
            code: code.clone(),
            message,
        };
        spawn_local(async move {
            let _ = session.report(&result).await;
        });
    }
}
