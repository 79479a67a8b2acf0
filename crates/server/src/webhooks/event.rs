use pantoken_a2c::{FormOrigins, Origin};
use pantoken_a2c_signing::Signer;
use pantoken_store::{Delivery, Message, RecordedResult, Session, SessionResult, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::a2c::get_session::{self, SessionState};
use crate::a2c::{schemas, stored};
use crate::http::wire_time::to_rfc3339;

/// A result that was recorded. The body has the fields of the session as `GET /v1/sessions/{requestId}` returns it.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionEvent)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event<'a> {
    /// The id of the event. It is the same when the event is sent again.
    id: String,
    #[schema(schema_with = schemas::event_type)]
    r#type: &'static str,
    /// When the result was recorded.
    #[schema(value_type = String, format = "date-time")]
    occurred_at: Option<String>,
    /// The agent id at the provider.
    agent: &'a str,
    /// Whether the card is a real one: `false` for forms on the provider's test host or on loopback.
    live: bool,
    #[serde(flatten)]
    session: SessionState,
}

/// Returns the body of the delivery of a result by this agent, or why it cannot be made. Every attempt sends the same text.
pub(super) fn body(
    delivery: &Delivery,
    result: Result<SessionResult, StoreError>,
    session: Session,
    signer: &Signer,
) -> Result<String, String> {
    let event = event(delivery, result, session, signer).map_err(|error| error.to_string())?;
    serde_json::to_string(&event).map_err(|error| error.to_string())
}

fn event<'a>(
    delivery: &Delivery,
    result: Result<SessionResult, StoreError>,
    session: Session,
    signer: &'a Signer,
) -> Result<Event<'a>, StoreError> {
    let result = result?;
    let kind = match result {
        SessionResult::Saved { .. } => "session.saved",
        SessionResult::Failed { .. } => "session.failed",
    };
    // The session as it was with this result, which a later one may have replaced.
    let recorded_at = delivery.recorded_at;
    let recorded = Some(RecordedResult {
        result,
        recorded_at,
    });
    let session = Session {
        recorded,
        ..session
    };
    let request_id = stored::request_id(session.data.id)?;
    Ok(Event {
        id: id(delivery),
        r#type: kind,
        occurred_at: to_rfc3339(recorded_at),
        agent: signer.agent_id().as_str(),
        live: is_live(signer.host().origin()),
        session: get_session::describe(request_id, session, recorded_at)?,
    })
}

/// Returns the id of the event, of which there is one for each object and type. Another error of a session is another
/// text of the same event.
pub(super) fn id(delivery: &Delivery) -> String {
    match &delivery.message {
        Message::Result {
            session_id, result, ..
        } => match result {
            Ok(SessionResult::Saved { .. }) => format!("{session_id}-saved"),
            _ => format!("{session_id}-failed"),
        },
        Message::Event { id, .. } => id.clone(),
    }
}

/// Returns whether the cards of this form host are real ones.
fn is_live(host: &Origin) -> bool {
    !host.is_loopback() && host.as_str() != FormOrigins::TEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cards_of_test_hosts_are_not_real() {
        let table = [
            (FormOrigins::PRODUCTION, true),
            ("https://a2c.agent.kz", true),
            ("https://a2c-test.qiwi.kz.agent.kz", true),
            (FormOrigins::TEST, false),
            ("http://localhost:3020", false),
            ("http://127.0.0.1:3020", false),
            ("https://[::1]:3020", false),
        ];
        for (host, expected) in table {
            assert_eq!(is_live(&Origin::parse(host).unwrap()), expected, "{host}");
        }
    }
}
