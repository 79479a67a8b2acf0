use pantoken_a2c::Event;
use web_sys::Node;

use crate::driver::{Driver, resolve};
use crate::form_input::FormInput;
use crate::form_machine::FormMachine;
use crate::form_options::{FormOptions, FormSource};
use crate::form_view::FormView;
use crate::mounted::{Mounted, page_url, redirect_input};

/// A form in its iframe: a [`FormMachine`] with its [`Driver`], for any framework in Rust.
///
/// Drop it to remove the iframe, every listener and the timer. It emits nothing after that.
#[must_use = "the form is removed when this is dropped"]
pub struct Form {
    /// The options as the page gave them.
    options: FormOptions,
    mounted: Mounted<FormMachine>,
}

impl Form {
    /// Shows the form at the end of `parent`. Calls `on_view` with what the customer sees around it, and
    /// then `on_event` with what happened.
    pub fn mount(
        parent: &Node,
        options: FormOptions,
        on_view: impl Fn(FormView) + 'static,
        on_event: impl Fn(Event) + 'static,
    ) -> Self {
        let driver = Driver::new(parent);
        driver.set_title(options.title());
        let machine = FormMachine::new(in_page(options.clone()));
        Self {
            options,
            mounted: Mounted::start(driver, machine, on_view, on_event),
        }
    }

    /// Returns whether the form was made with these options. The title does not count.
    #[must_use]
    pub fn has_options(&self, options: &FormOptions) -> bool {
        let FormOptions {
            source,
            language,
            title: _,
            ready_timeout,
            form_origins,
            token_in_page,
        } = &self.options;
        *source == options.source
            && *language == options.language
            && *ready_timeout == options.ready_timeout
            && *form_origins == options.form_origins
            && *token_in_page == options.token_in_page
    }

    /// Gives the iframe another title, without starting over.
    pub fn set_title(&self, title: &str) {
        self.mounted.driver().set_title(title);
    }

    /// Starts over; with a session endpoint, in a new session. Does nothing once the card is saved.
    pub fn reload(&self) {
        self.mounted.handle(&FormInput::Reload);
    }

    /// Continues on the provider's page, if the form comes from a session endpoint.
    pub fn redirect(&self) {
        self.mounted.handle(&redirect_input());
    }

    /// Returns what the customer sees around the form.
    #[must_use]
    pub fn view(&self) -> FormView {
        self.mounted.view()
    }
}

/// Returns the options with what the page they are on decides: its base URL, once and for all, and whether
/// forms for tests may be shown.
fn in_page(mut options: FormOptions) -> FormOptions {
    if let FormSource::Endpoint(session) = &mut options.source {
        session.endpoint = resolve(&session.endpoint, None);
        let return_url = session.return_url.as_deref();
        session.return_url = return_url.map(|url| resolve(url, None));
    }
    options.form_origins = options.form_origins.on_page(&page_url());
    options
}
