use pantoken_a2c::Event;
use web_sys::Node;

use crate::decode;
use crate::driver::{Driver, Listener, resolve};
use crate::form_input::FormInput;
use crate::form_view::FormView;
use crate::mounted::{Mounted, page_url, redirect_input};
use crate::redirect::{RedirectMachine, RedirectOptions, RedirectSource};

/// A button that leads to a page of the provider's: a [`RedirectMachine`] with its driver, for any framework
/// in Rust. The framework draws the button itself.
///
/// Drop it to remove every listener and the timer. It emits nothing after that.
#[must_use = "the button does nothing when this is dropped"]
pub struct RedirectButton {
    /// The options as the page gave them.
    options: RedirectOptions,
    mounted: Mounted<RedirectMachine>,
    /// A page that comes back from the browser's cache has a button that can be pressed.
    _on_page_show: Option<Listener>,
}

impl RedirectButton {
    /// Prepares a button whose hidden form, if it posts one, is a child of `parent` for a moment. Calls
    /// `on_view` with what the customer sees, and then `on_event` with what happened.
    pub fn mount(
        parent: &Node,
        options: RedirectOptions,
        on_view: impl Fn(FormView) + 'static,
        on_event: impl Fn(Event) + 'static,
    ) -> Self {
        let machine = RedirectMachine::new(in_page(options.clone()));
        let mounted = Mounted::start(Driver::new(parent), machine, on_view, on_event);
        let handle = mounted.weak_handle();
        let on_page_show = web_sys::window().map(|window| {
            Listener::new(&window, "pageshow", move |event| {
                if decode::get(&event, "persisted").is_ok_and(|value| value.is_truthy()) {
                    handle(&FormInput::Reload);
                }
            })
        });
        Self {
            options,
            mounted,
            _on_page_show: on_page_show,
        }
    }

    /// Returns whether the button was made with these options.
    #[must_use]
    pub fn has_options(&self, options: &RedirectOptions) -> bool {
        self.options == *options
    }

    /// Leads to the provider's page. Does nothing while it is on the way.
    pub fn press(&self) {
        self.mounted.handle(&redirect_input());
    }

    /// Forgets the last error, and waits for the customer again.
    pub fn reload(&self) {
        self.mounted.handle(&FormInput::Reload);
    }

    /// Returns what the customer sees.
    #[must_use]
    pub fn view(&self) -> FormView {
        self.mounted.view()
    }
}

/// Returns the options with what the page they are on decides: its base URL, once and for all, and whether
/// forms for tests may be opened.
fn in_page(mut options: RedirectOptions) -> RedirectOptions {
    if let RedirectSource::Endpoint { url, return_url } = &mut options.source {
        *url = resolve(url, None);
        *return_url = return_url.as_deref().map(|url| resolve(url, None));
    }
    options.form_origins = options.form_origins.on_page(&page_url());
    options
}
