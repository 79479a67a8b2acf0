//! The element's own orders to its script: what to show, and which events to dispatch.
//! Source: design.md, "Contract: the element".

use alloc::string::String;

use pantoken_frame::{FormMachine, FormView, Lines};
use pantoken_protocol::{Event, FailureCode, FormError, HostCode, RequestId, Warning};

/// What the element shows from now on.
pub(crate) fn view(lines: &mut Lines, machine: &FormMachine) {
    let (view, texts) = (FormView::of(machine), machine.options().texts());
    let offered = |is_offered, text| if is_offered { text } else { "" };
    let arguments = [
        view.state.as_str(),
        machine.options().language().html_lang(),
        view.aria_busy(),
        view.status,
        offered(view.may_retry, texts.retry),
        offered(view.may_redirect, texts.redirect),
    ];
    lines.push("view", &arguments);
}

pub(crate) fn warning(lines: &mut Lines, warning: &Warning) {
    let code = warning.code.as_str();
    emit(lines, "warning", Some(warning.request_id), ["code", code]);
}

pub(crate) fn event(lines: &mut Lines, event: &Event) {
    match event {
        Event::Ready(ready) => emit(lines, "ready", Some(ready.request_id), ["", ""]),
        Event::Saved(saved) => {
            let token = saved.pan_token.as_str();
            emit(lines, "saved", Some(saved.request_id), ["panToken", token]);
        }
        Event::Error(error) => self::error(lines, error),
        Event::Warning(warning) => self::warning(lines, warning),
    }
}

fn error(lines: &mut Lines, error: &FormError) {
    if matches!(error.code, FailureCode::Host(HostCode::InvalidFormUrl)) {
        lines.push("complain", &["no form:", &error.message]);
    }
    let recoverable = if error.recoverable { "true" } else { "" };
    lines.push(
        "fail",
        &[&error.message, error.source.as_str(), recoverable],
    );
    emit(
        lines,
        "error",
        error.request_id,
        ["code", error.code.as_str()],
    );
}

/// The name of the event, its request id, and the field of its detail beside that.
fn emit(lines: &mut Lines, name: &str, request_id: Option<RequestId>, field: [&str; 2]) {
    let request_id = request_id.map_or_else(String::new, RequestId::to_text);
    let [key, value] = field;
    lines.push("emit", &[name, &request_id, key, value]);
}
