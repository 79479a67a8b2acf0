//! The element's own orders, in JSON. The others are the driver's.

use alloc::string::String;

use pantoken_a2c::{ErrorSource, Event, FormId};
use pantoken_widget::{JsonObject, Machine, Text};

/// Tells the page's developer about a mistake.
pub(crate) fn log_error(subject: &str, problem: &str) -> String {
    let mut json = JsonObject::new();
    json.text("order", "logError");
    json.text("subject", subject);
    json.text("problem", problem);
    json.finish()
}

/// Shows the current view.
pub(crate) fn render(machine: &dyn Machine) -> String {
    let view = machine.view();
    let mut json = JsonObject::new();
    json.text("order", "render");
    json.text("state", view.state.as_str());
    json.text("lang", machine.language().html_lang());
    // The script has the texts.
    json.text("status", view.status.map_or("", Text::key));
    json.bool("retry", view.may_retry);
    json.bool("redirect", view.may_redirect);
    json.finish()
}

/// Dispatches an event, and before it logs what the page's developer can do something about.
pub(crate) fn dispatch(event: &Event, order: &dyn Fn(&str)) {
    if let Event::Error(error) = event
        && error.source == ErrorSource::Host
    {
        order(&log_error(error.code.as_str(), &error.message));
    }
    let mut detail = JsonObject::new();
    let (name, request_id) = match event {
        Event::Ready(ready) => ("ready", Some(&ready.request_id)),
        Event::Saved(saved) => ("saved", Some(&saved.request_id)),
        Event::Error(error) => ("error", error.request_id.as_ref()),
        Event::Warning(warning) => ("warning", Some(&warning.request_id)),
    };
    detail.optional_text("requestId", request_id.map(FormId::as_str));
    match event {
        Event::Ready(_) => {}
        Event::Saved(saved) => {
            if let Some(pan_token) = &saved.pan_token {
                detail.text("panToken", pan_token.as_str());
            }
        }
        Event::Error(error) => {
            detail.text("code", error.code.as_str());
            detail.text("message", &error.message);
            detail.text("source", error.source.as_str());
            detail.bool("recoverable", error.recoverable);
            if let Some(problem) = &error.problem {
                let mut json = JsonObject::new();
                json.number("status", problem.status.into());
                json.text("code", &problem.code);
                json.text("detail", &problem.detail);
                detail.object("problem", json);
            }
        }
        Event::Warning(warning) => detail.text("code", warning.code.as_str()),
    }
    let mut json = JsonObject::new();
    json.text("order", "dispatchEvent");
    json.text("name", name);
    json.object("detail", detail);
    order(&json.finish());
}
