use pantoken_store::{Delivery, Message, OperationId, SessionId, SessionResult, StoreError};

/// What a webhook is about, without anything secret.
pub(crate) struct Summary<'a> {
    /// The type of its event.
    pub(crate) event: &'a str,
    pub(crate) about: About,
}

/// The session or the operation of a webhook.
#[derive(Clone, Copy)]
pub(crate) enum About {
    Session(SessionId),
    Operation(OperationId),
}

impl<'a> Summary<'a> {
    pub(crate) fn of(delivery: &'a Delivery) -> Self {
        match &delivery.message {
            Message::Result {
                session_id, result, ..
            } => Self {
                event: event_of(result),
                about: About::Session(*session_id),
            },
            Message::Event {
                operation_id, kind, ..
            } => Self {
                event: kind,
                about: About::Operation(*operation_id),
            },
        }
    }
}

fn event_of(result: &Result<SessionResult, StoreError>) -> &'static str {
    match result {
        // Only panTokens are encrypted, so that a result that needs an unknown key is one.
        Ok(SessionResult::Saved { .. }) | Err(StoreError::UnknownKey { .. }) => "session.saved",
        Ok(SessionResult::Failed { .. }) => "session.failed",
        Err(_) => "unreadable",
    }
}
