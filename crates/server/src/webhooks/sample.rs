//! Events that never happened, for those who write a receiver.

use pantoken_core::{Random, RandomError};
use serde_json::{Map, Value, json};

use super::sender::Sender;
use super::target::WebhookTarget;
use crate::event_types;
use crate::http::wire_time::to_rfc3339;

/// The fields of events about sessions. Those about operations are the examples of the OpenAPI document.
const SESSIONS: &str = include_str!("samples.json");

/// What every event has, which the command sets itself.
const COMMON: [&str; 4] = ["id", "type", "occurredAt", "live"];

/// An event to send, which never happened.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) id: String,
    pub(crate) body: String,
}

/// Why there is no such event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SampleError {
    #[error("there is no type of this name; the types are:\n  {0}")]
    UnknownType(String),
    #[error("the data must be a JSON object, such as {{\"customer\":\"customer-7\"}}")]
    NotAnObject,
    #[error("the data must not have the field `{0}`, which the command sets itself")]
    Reserved(&'static str),
    #[error("the field `id` must be 1 to 100 letters, digits, `-` and `_`")]
    Id,
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl Sample {
    const LONGEST_ID: usize = 100;

    /// Creates an event of this type at this time, in Unix milliseconds. The fields of `data` replace those
    /// of the sample, and `null` removes one.
    pub(crate) fn new(
        kind: &str,
        data: &str,
        now: i64,
        random: &impl Random,
    ) -> Result<Self, SampleError> {
        let samples = samples();
        let Some(Value::Object(sample)) = samples.get(kind) else {
            let types: Vec<&str> = samples.keys().map(String::as_str).collect();
            return Err(SampleError::UnknownType(types.join("\n  ")));
        };
        let mut body = Map::new();
        body.insert("id".to_owned(), json!(new_id(random)?));
        body.insert("type".to_owned(), json!(kind));
        body.insert("occurredAt".to_owned(), json!(to_rfc3339(now)));
        // No receiver may take it for real.
        body.insert("live".to_owned(), json!(false));
        body.extend(sample.clone());
        for (name, value) in parse(data)? {
            match value {
                Value::Null => drop(body.remove(&name)),
                value => drop(body.insert(name, value)),
            }
        }
        let id = body.get("id").and_then(Value::as_str).filter(|id| fits(id));
        let id = id.ok_or(SampleError::Id)?.to_owned();
        let body = Value::Object(body).to_string();
        Ok(Self { id, body })
    }

    /// Sends the event, signed at this time in Unix seconds. Returns why the receiver did not accept it.
    pub(crate) async fn send(self, target: WebhookTarget, seconds: i64) -> Result<(), String> {
        let sender = Sender::new(target).map_err(|error| error.to_string())?;
        sender.send(&self.id, self.body, seconds).await
    }
}

/// Returns the fields of an event of each type, without those that every event has.
fn samples() -> Map<String, Value> {
    let mut samples: Map<String, Value> = serde_json::from_str(SESSIONS).unwrap_or_default();
    for event in event_types::all() {
        let mut example = event.example().clone();
        if let Some(fields) = example.as_object_mut() {
            fields.retain(|name, _| !COMMON.contains(&name.as_str()));
        }
        samples.insert(event.kind().to_owned(), example);
    }
    samples
}

fn parse(data: &str) -> Result<Map<String, Value>, SampleError> {
    let Ok(Value::Object(data)) = serde_json::from_str(data) else {
        return Err(SampleError::NotAnObject);
    };
    let mut reserved = ["type", "live"].into_iter();
    match reserved.find(|name| data.contains_key(*name)) {
        Some(name) => Err(SampleError::Reserved(name)),
        None => Ok(data),
    }
}

/// The id becomes a header.
fn fits(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=Sample::LONGEST_ID).contains(&id.len()) && id.bytes().all(is_plain)
}

fn new_id(random: &impl Random) -> Result<String, RandomError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes)?;
    Ok(format!("evt_{}", hex::encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Random for Fixed {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.fill(7);
            Ok(())
        }
    }

    fn sample(kind: &str, data: &str) -> Result<Sample, SampleError> {
        Sample::new(kind, data, 1_748_779_200_000, &Fixed)
    }

    fn body(kind: &str, data: &str) -> Value {
        serde_json::from_str(&sample(kind, data).unwrap().body).unwrap()
    }

    #[test]
    fn own_fields_replace_those_of_the_sample_and_null_removes_one() {
        let data = r#"{"customer":"order 8","language":null,"more":[1],"id":"seen-1"}"#;
        let event = body("session.saved", data);
        assert_eq!(event["customer"], "order 8");
        assert_eq!(event["more"], json!([1]));
        assert_eq!(event.get("language"), None);
        assert_eq!(event["occurredAt"], "2025-06-01T12:00:00Z");
        assert_eq!(sample("session.saved", data).unwrap().id, "seen-1");
    }

    #[test]
    fn no_event_is_live_and_each_has_the_common_fields() {
        let samples = samples();
        for kind in [
            "session.saved",
            "payin.qr-code.paid",
            "jetpay.payout.paid",
            "qiwi-pay.refund.attention",
        ] {
            assert!(samples.contains_key(kind), "{kind}");
        }
        for kind in samples.keys() {
            let event = body(kind, "{}");
            assert_eq!(
                (&event["type"], &event["live"]),
                (&json!(kind), &json!(false))
            );
            assert_eq!(event["id"], format!("evt_{}", "07".repeat(16)));
        }
    }

    #[test]
    fn what_no_event_can_be_is_refused() {
        for data in ["", "[]", "5", "{", "nothing"] {
            let error = sample("session.saved", data).unwrap_err();
            assert!(matches!(error, SampleError::NotAnObject), "{data}");
        }
        for (data, name) in [(r#"{"type":"x"}"#, "type"), (r#"{"live":true}"#, "live")] {
            let error = sample("session.saved", data).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
        let long = format!(r#"{{"id":"{}"}}"#, "a".repeat(101));
        for data in [r#"{"id":""}"#, r#"{"id":"a b"}"#, r#"{"id":null}"#, &long] {
            let error = sample("session.saved", data).unwrap_err();
            assert!(matches!(error, SampleError::Id), "{data}");
        }
        let error = sample("session.done", "{}").unwrap_err().to_string();
        assert!(error.contains("session.saved") && error.contains("payin.bill.paid"));
    }
}
