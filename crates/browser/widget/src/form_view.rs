use pantoken_a2c::{Flow, State};

use crate::form_machine::FormMachine;
use crate::texts::Text;

/// What a customer sees around a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormView {
    /// Where the form is.
    pub state: State,
    /// What the status says. It is empty while the form itself says what to do.
    pub status: Option<Text>,
    /// Whether to offer to start over.
    pub may_retry: bool,
    /// Whether to offer to continue on the provider's page.
    pub may_redirect: bool,
}

impl FormView {
    /// Returns the view of a form that is loading, which is also what a server renders.
    #[must_use]
    pub fn loading() -> Self {
        Self {
            state: State::Loading,
            status: Some(Text::Loading),
            may_retry: false,
            may_redirect: false,
        }
    }

    /// Returns the view of a form in its current state.
    #[must_use]
    pub fn of(form: &FormMachine) -> Self {
        let state = form.state();
        // Without an error there is nothing that the customer could try again.
        let failure = form.failure().filter(|_| state == State::Failed);
        let status = match (state, failure) {
            (_, Some(failure)) => Some(failure.text),
            (State::Saved, _) => Some(Text::Saved),
            (State::Loading, _) => Some(Text::Loading),
            _ => None,
        };
        let failed = failure.is_some();
        let options = form.options();
        let has_endpoint = options.endpoint().is_some();
        let (may_retry, may_redirect) = if options.flow() == Flow::Redirect {
            (false, failed || state == State::Idle)
        } else {
            (
                // A form URL is for one request: only a new session helps where that is spent.
                failure.is_some_and(|failure| failure.recoverable || has_endpoint),
                failure.is_some_and(|failure| failure.is_about_the_frame && has_endpoint),
            )
        };
        Self {
            state,
            status,
            may_retry,
            may_redirect,
        }
    }

    /// Returns the value of `aria-busy`.
    #[must_use]
    pub fn aria_busy(&self) -> &'static str {
        if self.state == State::Loading {
            "true"
        } else {
            "false"
        }
    }
}
