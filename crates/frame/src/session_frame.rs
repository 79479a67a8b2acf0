use alloc::boxed::Box;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use core::cell::RefCell;

use pantoken_protocol::{
    ErrorMessage, Event, FailureCode, FormError, FormOrigins, FormResult, HostCode, Language,
    Saved, State,
};
use web_sys::Element;

use crate::backoff;
use crate::card_frame::{CardFrame, FrameOptions};
use crate::session::{CallError, Results, Session};
use crate::timer::after;

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
        } = &self.options;
        Session::create(endpoint, *language, None, move |session| {
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
        let Session { form_url, results } = session;
        let options = FrameOptions {
            form_url,
            form_origins: self.options.form_origins.clone(),
            title: self.options.title.clone(),
            ready_timeout: self.options.ready_timeout,
        };
        let inner = Rc::downgrade(self);
        let results = Rc::new(results);
        CardFrame::mount(&self.parent, options, move |event| {
            if let Some(inner) = inner.upgrade() {
                inner.form_event(number, &results, event);
            }
        })
    }

    fn form_event(self: &Rc<Self>, number: u32, results: &Rc<Results>, event: Event) {
        match event {
            Event::Saved(saved) => {
                self.update(|current| current.progress = Progress::Reporting);
                let report = Report {
                    inner: Rc::downgrade(self),
                    number,
                    results: Rc::clone(results),
                    saved,
                };
                report.send(0);
            }
            Event::Error(error) => {
                report_failed(results, &error);
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

/// The report of a saved card.
struct Report {
    inner: Weak<Inner>,
    number: u32,
    results: Rc<Results>,
    saved: Saved,
}

impl Report {
    /// Goes on after the form is gone from the page: the card is saved, and only we know its token.
    fn send(self, tries: u32) {
        let result = FormResult::Saved(self.saved.pan_token.clone());
        let results = Rc::clone(&self.results);
        results.report(&result, move |outcome| match outcome {
            Ok(()) => self.done(None),
            Err(CallError::Unavailable(_)) => {
                after(backoff::delay(tries), move || self.send(tries + 1));
            }
            Err(CallError::Refused(reason)) => self.done(Some(&reason)),
        });
    }

    fn done(self, refused: Option<&str>) {
        let Some(inner) = self.inner.upgrade() else {
            return;
        };
        let request_id = Some(self.saved.request_id);
        let outcome = match refused {
            None => Ok(self.saved),
            Some(reason) => Err(FormError::host(
                request_id,
                HostCode::ResultRejected,
                reason,
            )),
        };
        inner.reported(self.number, outcome);
    }
}

/// Told once and not waited for: an error is no loss, and the customer may still correct it.
fn report_failed(results: &Results, error: &FormError) {
    if let FailureCode::Form(code) = &error.code {
        let result = FormResult::Failed {
            code: code.clone(),
            message: ErrorMessage::from_text(&error.message),
        };
        results.report(&result, drop);
    }
}
