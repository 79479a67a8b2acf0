//! The element's own orders to its script: what to show, and which events to dispatch.
//! Source: design.md, "Contract: the element".

use alloc::string::String;

use pantoken_frame::{FormMachine, FormView, Lines};
use pantoken_protocol::{Event, FailureCode, HostCode, RequestId};

/// The view first, so that who hears of an event finds the element as it then is.
pub(crate) fn push(lines: &mut Lines, events: &[Event], machine: &FormMachine) {
    if machine.is_left() {
        return;
    }
    let (view, texts) = (FormView::of(machine), machine.options().texts());
    let offered = |is_offered, text| if is_offered { text } else { "" };
    lines.push(
        "view",
        &[
            view.state.as_str(),
            machine.options().language().html_lang(),
            view.aria_busy(),
            view.status,
            offered(view.may_retry, texts.retry),
            offered(view.may_redirect, texts.redirect),
        ],
    );
    for event in events {
        emit(lines, event);
    }
}

/// The name of the event, and its detail: `requestId`, the field that it has beside it, and for an
/// error the rest.
fn emit(lines: &mut Lines, event: &Event) {
    let (name, request_id, key, value) = match event {
        Event::Ready(ready) => ("pantoken-ready", Some(ready.request_id), "", ""),
        Event::Saved(saved) => {
            let token = saved.pan_token.as_str();
            ("pantoken-saved", Some(saved.request_id), "panToken", token)
        }
        Event::Error(error) => (
            "pantoken-error",
            error.request_id,
            "code",
            error.code.as_str(),
        ),
        Event::Warning(warning) => {
            let code = warning.code.as_str();
            ("pantoken-warning", Some(warning.request_id), "code", code)
        }
    };
    let (mut message, mut source, mut recoverable) = ("", "", "");
    if let Event::Error(error) = event {
        message = &error.message;
        source = error.source.as_str();
        recoverable = if error.recoverable { "true" } else { "" };
        if error.code == FailureCode::Host(HostCode::InvalidFormUrl) {
            lines.push("complain", &[message]);
        }
    }
    let request_id = request_id.map_or_else(String::new, RequestId::to_text);
    let arguments = [name, &request_id, key, value, message, source, recoverable];
    lines.push("emit", &arguments);
}
