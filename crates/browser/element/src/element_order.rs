use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Event, FailureCode, FormError, HostCode};
use pantoken_widget::{FormMachine, FormView, Order, Text};
use serde::Serialize;

/// What the element's script has to do: an object in JSON, whose field `order` names it.
#[derive(Debug, Serialize)]
#[serde(
    tag = "order",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum ElementOrder<'a> {
    /// Shows this around the form.
    Render {
        state: &'static str,
        lang: &'static str,
        aria_busy: &'static str,
        /// What the status says.
        status: &'static str,
        /// The label of the button that starts over; empty for no button.
        retry: &'static str,
        /// The label of the button that continues on the provider's page; empty for no button.
        redirect: &'static str,
    },
    /// Dispatches the event `pantoken-…` with this detail.
    DispatchEvent {
        name: &'static str,
        detail: Detail<'a>,
    },
    /// Tells the page's developer about a mistake.
    LogError(&'a Problem),
    /// An order for the driver.
    #[serde(untagged)]
    Driver(&'a Order),
}

/// A mistake that the page's developer should correct.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// What is wrong, such as an attribute's name.
    pub(crate) subject: String,
    pub(crate) problem: String,
}

/// The detail of an event, as `web/element/index.d.ts` declares it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail<'a> {
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pan_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recoverable: Option<bool>,
}

impl ElementOrder<'_> {
    /// Returns the order to show the form's current view.
    pub(crate) fn render(machine: &FormMachine) -> Self {
        let (view, texts) = (FormView::of(machine), machine.options().texts());
        let text = |text: Option<Text>| text.map_or("", |text| texts.get(text));
        Self::Render {
            state: view.state.as_str(),
            lang: machine.options().language().html_lang(),
            aria_busy: view.aria_busy(),
            status: text(view.status),
            retry: text(view.may_retry.then_some(Text::Retry)),
            redirect: text(view.may_redirect.then_some(Text::Redirect)),
        }
    }
}

impl<'a> ElementOrder<'a> {
    /// Returns the order to dispatch this event.
    pub(crate) fn dispatch(event: &'a Event) -> Self {
        let (name, request_id, detail) = match event {
            Event::Ready(ready) => ("ready", Some(ready.request_id), Detail::default()),
            Event::Saved(saved) => {
                let pan_token = Some(saved.pan_token.as_str());
                let detail = Detail {
                    pan_token,
                    ..Detail::default()
                };
                ("saved", Some(saved.request_id), detail)
            }
            Event::Error(error) => ("error", error.request_id, Detail::of_error(error)),
            Event::Warning(warning) => {
                let code = Some(warning.code.as_str());
                let detail = Detail {
                    code,
                    ..Detail::default()
                };
                ("warning", Some(warning.request_id), detail)
            }
        };
        let request_id = request_id.map(|id| id.to_text());
        Self::DispatchEvent {
            name,
            detail: Detail {
                request_id,
                ..detail
            },
        }
    }
}

impl<'a> Detail<'a> {
    fn of_error(error: &'a FormError) -> Self {
        Self {
            code: Some(error.code.as_str()),
            message: Some(&error.message),
            source: Some(error.source.as_str()),
            recoverable: Some(error.recoverable),
            ..Self::default()
        }
    }
}

impl Problem {
    /// Returns the mistake behind an event, if only the page's developer can correct it.
    pub(crate) fn behind(event: &Event) -> Option<Self> {
        match event {
            Event::Error(error)
                if matches!(error.code, FailureCode::Host(HostCode::InvalidFormUrl)) =>
            {
                Some(Self {
                    subject: "no form:".to_owned(),
                    problem: error.message.clone(),
                })
            }
            _ => None,
        }
    }
}
