use pantoken_protocol::{Event, FormError, State};

use crate::texts::Texts;

/// What a customer sees around a form: loading until the browser has had its say, and so on a
/// server.
#[derive(Clone, Debug, PartialEq)]
pub struct FormView {
    /// Where the form is.
    pub state: State,
    /// The last error, until the form is ready again.
    pub error: Option<FormError>,
}

impl Default for FormView {
    fn default() -> Self {
        Self::at(State::Loading)
    }
}

impl FormView {
    /// The view of a form that is here, and of which no error is known.
    #[must_use]
    pub fn at(state: State) -> Self {
        Self { state, error: None }
    }

    /// The view after an event of a form that is now here; none where the customer need not know.
    #[must_use]
    pub fn after(event: &Event, state: State) -> Option<Self> {
        match event {
            Event::Ready(_) | Event::Saved(_) => Some(Self::at(state)),
            Event::Error(error) => Some(Self {
                state,
                error: Some(error.clone()),
            }),
            Event::Warning(_) => None,
        }
    }

    /// The status in the customer's words; nothing while the form speaks for itself.
    #[must_use]
    pub fn status(&self, texts: &Texts) -> &'static str {
        match (self.state, &self.error) {
            (State::Failed, Some(error)) => texts.failure(&error.code),
            (State::Saved, _) => texts.saved,
            (State::Loading, _) => texts.loading,
            _ => "",
        }
    }

    /// The value of `aria-busy`.
    #[must_use]
    pub fn aria_busy(&self) -> &'static str {
        if self.state == State::Loading {
            "true"
        } else {
            "false"
        }
    }

    /// Whether to offer a retry. A form URL is for one request: only a new session helps where the
    /// request itself is spent.
    #[must_use]
    pub fn may_retry(&self, is_session: bool) -> bool {
        self.state == State::Failed
            && self
                .error
                .as_ref()
                .is_some_and(|error| is_session || error.recoverable)
    }
}

#[cfg(test)]
mod tests {
    use pantoken_protocol::{
        HostCode, Language, PanToken, Ready, RequestId, Saved, Warning, WarningCode,
    };

    use super::*;

    fn request_id() -> RequestId {
        RequestId::parse("1").unwrap()
    }

    fn failed(code: HostCode) -> FormView {
        let error = Event::Error(FormError::host(Some(request_id()), code, "reason"));
        FormView::after(&error, State::Failed).unwrap()
    }

    #[test]
    fn each_state_has_its_words_and_a_ready_form_speaks_for_itself() {
        let texts = Texts::of(Language::En);
        assert_eq!(FormView::default().status(texts), texts.loading);
        assert_eq!(FormView::at(State::Saved).status(texts), texts.saved);
        assert_eq!(FormView::at(State::Ready).status(texts), "");
        let blocked = failed(HostCode::FrameBlocked);
        let code = &blocked.error.as_ref().unwrap().code;
        assert_eq!(blocked.status(texts), texts.failure(code));
    }

    #[test]
    fn an_error_is_forgotten_when_the_form_is_ready_again() {
        let ready = Event::Ready(Ready {
            request_id: request_id(),
        });
        assert!(failed(HostCode::ReadyTimeout).error.is_some());
        let view = FormView::after(&ready, State::Ready);
        assert_eq!(view, Some(FormView::at(State::Ready)));
        let saved = Event::Saved(Saved {
            request_id: request_id(),
            pan_token: PanToken::parse("tok-1").unwrap(),
        });
        let view = FormView::after(&saved, State::Saved);
        assert_eq!(view, Some(FormView::at(State::Saved)));
    }

    #[test]
    fn a_warning_changes_nothing_that_the_customer_sees() {
        let warning = Event::Warning(Warning {
            request_id: request_id(),
            code: WarningCode::RequestMismatch,
        });
        assert_eq!(FormView::after(&warning, State::Ready), None);
    }

    #[test]
    fn a_session_may_always_start_over_and_a_form_url_only_where_that_helps() {
        let (session, form_url) = (true, false);
        let timeout = failed(HostCode::ReadyTimeout);
        assert!(timeout.may_retry(session) && timeout.may_retry(form_url));
        let blocked = failed(HostCode::FrameBlocked);
        assert!(blocked.may_retry(session) && !blocked.may_retry(form_url));
        assert!(!FormView::default().may_retry(session));
    }

    #[test]
    fn only_a_loading_form_is_busy() {
        assert_eq!(FormView::default().aria_busy(), "true");
        assert_eq!(FormView::at(State::Ready).aria_busy(), "false");
    }
}
