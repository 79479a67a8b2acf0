//! The element's own orders to its script: what to show, and which events to dispatch.
//! Source: web/element/README.md, "Events".

use alloc::string::String;

use pantoken_a2c::{Event, FailureCode, FormError, HostCode, RequestId, Warning};
use pantoken_widget::{FormMachine, FormView, Lines, Text};

/// What the element shows from now on.
pub(crate) fn view(lines: &mut Lines, machine: &FormMachine) {
    let (view, texts) = (FormView::of(machine), machine.options().texts());
    let read = |text: Option<Text>| text.map_or("", |text| texts.get(text));
    let arguments = [
        view.state.as_str(),
        machine.options().language().html_lang(),
        view.aria_busy(),
        read(view.status),
        read(view.may_retry.then_some(Text::Retry)),
        read(view.may_redirect.then_some(Text::Redirect)),
    ];
    lines.push("view", &arguments);
}

pub(crate) fn warning(lines: &mut Lines, warning: &Warning) {
    let code = warning.code.as_str();
    emit(
        lines,
        "warning",
        Some(warning.request_id),
        ["code", code],
        None,
    );
}

pub(crate) fn event(lines: &mut Lines, event: &Event) {
    match event {
        Event::Ready(ready) => emit(lines, "ready", Some(ready.request_id), ["", ""], None),
        Event::Saved(saved) => {
            let token = ["panToken", saved.pan_token.as_str()];
            emit(lines, "saved", Some(saved.request_id), token, None);
        }
        Event::Error(error) => {
            if matches!(error.code, FailureCode::Host(HostCode::InvalidFormUrl)) {
                lines.push("complain", &["no form:", &error.message]);
            }
            let code = ["code", error.code.as_str()];
            emit(lines, "error", error.request_id, code, Some(error));
        }
        Event::Warning(warning) => self::warning(lines, warning),
    }
}

/// The name of the event, its request id, the field of its detail beside that, and the rest of an
/// error's.
fn emit(
    lines: &mut Lines,
    name: &str,
    request_id: Option<RequestId>,
    [key, value]: [&str; 2],
    error: Option<&FormError>,
) {
    let request_id = request_id.map_or_else(String::new, RequestId::to_text);
    let [message, source, recoverable] = error.map_or(["", "", ""], |error| {
        let recoverable = if error.recoverable { "true" } else { "" };
        [&error.message, error.source.as_str(), recoverable]
    });
    let arguments = [name, &request_id, key, value, message, source, recoverable];
    lines.push("emit", &arguments);
}
