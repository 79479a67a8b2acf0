use pantoken_a2c::{FormOrigins, FormResult, Origin};
use pantoken_a2c_signing::Signer;
use pantoken_store::{Delivery, Message, SessionId, SessionResult, StoreError};
use serde::Serialize;

use crate::a2c::stored;
use crate::http::wire_time::to_rfc3339;

/// The body of a webhook. Every attempt of a delivery sends the same text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    id: String,
    r#type: &'static str,
    occurred_at: Option<String>,
    agent: &'a str,
    live: bool,
    request_id: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pan_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
}

/// Returns the body of a delivery by this agent, or why it cannot be made.
pub(super) fn body(delivery: &Delivery, signer: Option<&Signer>) -> Result<String, String> {
    match &delivery.message {
        Message::Result {
            session_id,
            customer,
            result,
        } => session_body(delivery, *session_id, customer.as_deref(), result, signer),
        Message::Event { body, .. } => match body {
            Ok(body) => Ok(body.expose().to_owned()),
            Err(error) => Err(error.to_string()),
        },
    }
}

fn session_body(
    delivery: &Delivery,
    session_id: SessionId,
    customer: Option<&str>,
    result: &Result<SessionResult, StoreError>,
    signer: Option<&Signer>,
) -> Result<String, String> {
    let signer = signer.ok_or("the settings of a2c are missing, which name the agent")?;
    let result = result.as_ref().map_err(ToString::to_string)?;
    let result = stored::form_result(session_id, result).map_err(|error| error.to_string())?;
    let (kind, state, pan_token, error_code, error_message) = match &result {
        FormResult::Saved(pan_token) => {
            let pan_token = Some(pan_token.as_str());
            ("session.saved", "saved", pan_token, None, None)
        }
        FormResult::Failed { code, message } => {
            let message = Some(message.as_str()).filter(|text| !text.is_empty());
            (
                "session.failed",
                "failed",
                None,
                Some(code.as_str()),
                message,
            )
        }
    };
    let event = Event {
        id: id(delivery),
        r#type: kind,
        occurred_at: to_rfc3339(delivery.recorded_at),
        agent: signer.agent_id().as_str(),
        live: is_live(signer.host().origin()),
        request_id: session_id.to_string(),
        state,
        customer,
        pan_token,
        error_code,
        error_message,
    };
    serde_json::to_string(&event).map_err(|error| error.to_string())
}

/// Returns the id of the event. The number of a delivery is unique only in one database.
pub(super) fn id(delivery: &Delivery) -> String {
    match &delivery.message {
        Message::Result { session_id, .. } => format!("{session_id}-{}", delivery.id),
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
