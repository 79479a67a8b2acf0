use alloc::string::String;

use pantoken_a2c::{Event, FailureCode, HostCode, RequestId};
use pantoken_core::text::append;
use pantoken_widget::{FormMachine, FormView, JsonObject, Text};

/// A list of orders in JSON: those of the driver, and the element's own.
#[derive(Debug, Default)]
pub(crate) struct OrderList(String);

impl OrderList {
    /// Adds an order.
    pub(crate) fn push(&mut self, order: &str) {
        let separator = if self.0.is_empty() { "[" } else { "," };
        append(&mut self.0, separator);
        append(&mut self.0, order);
    }

    /// Adds the order to tell the page's developer about a mistake.
    pub(crate) fn log_error(&mut self, subject: &str, problem: &str) {
        let mut json = JsonObject::new();
        json.text("order", "logError");
        json.text("subject", subject);
        json.text("problem", problem);
        self.push(&json.finish());
    }

    /// Adds the order to show the form's current view.
    pub(crate) fn render(&mut self, machine: &FormMachine) {
        let (view, texts) = (FormView::of(machine), machine.options().texts());
        let text = |text: Option<Text>| text.map_or("", |text| texts.get(text));
        let mut json = JsonObject::new();
        json.text("order", "render");
        json.text("state", view.state.as_str());
        json.text("lang", machine.options().language().html_lang());
        json.text("ariaBusy", view.aria_busy());
        json.text("status", text(view.status));
        // An empty label stands for no button.
        json.text("retry", text(view.may_retry.then_some(Text::Retry)));
        json.text(
            "redirect",
            text(view.may_redirect.then_some(Text::Redirect)),
        );
        self.push(&json.finish());
    }

    /// Adds the order to dispatch an event, and before it the order to log its reason if only the page's
    /// developer can correct it.
    pub(crate) fn dispatch(&mut self, event: &Event) {
        if let Event::Error(error) = event
            && matches!(error.code, FailureCode::Host(HostCode::InvalidFormUrl))
        {
            self.log_error("no form:", &error.message);
        }
        let mut detail = JsonObject::new();
        let (name, request_id) = match event {
            Event::Ready(ready) => ("ready", Some(ready.request_id)),
            Event::Saved(saved) => ("saved", Some(saved.request_id)),
            Event::Error(error) => ("error", error.request_id),
            Event::Warning(warning) => ("warning", Some(warning.request_id)),
        };
        let request_id = request_id.map(RequestId::to_text);
        detail.optional_text("requestId", request_id.as_deref());
        match event {
            Event::Ready(_) => {}
            Event::Saved(saved) => detail.text("panToken", saved.pan_token.as_str()),
            Event::Error(error) => {
                detail.text("code", error.code.as_str());
                detail.text("message", &error.message);
                detail.text("source", error.source.as_str());
                detail.bool("recoverable", error.recoverable);
            }
            Event::Warning(warning) => detail.text("code", warning.code.as_str()),
        }
        let mut json = JsonObject::new();
        json.text("order", "dispatchEvent");
        json.text("name", name);
        json.object("detail", detail);
        self.push(&json.finish());
    }

    /// Ends the list and returns its text.
    pub(crate) fn finish(mut self) -> String {
        let end = if self.0.is_empty() { "[]" } else { "]" };
        append(&mut self.0, end);
        self.0
    }
}
