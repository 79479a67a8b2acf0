use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Field, Flow, FormUrl};
use pantoken_core::text::join;

use crate::policy;

/// The fields of a session endpoint's answer, before they are judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawSession<Text> {
    /// `formUrl`
    pub form_url: Field<Text>,
    /// `requestId`
    pub request_id: Field<Text>,
    /// `resultToken`
    pub result_token: Field<Text>,
}

impl<Text> RawSession<Text> {
    /// The names of the fields in the answer's JSON.
    pub const NAMES: [&str; 3] = ["formUrl", "requestId", "resultToken"];

    /// Builds an answer from its fields, in the order of [`Self::NAMES`].
    #[must_use]
    pub fn from_fields(fields: [Field<Text>; 3]) -> Self {
        let [form_url, request_id, result_token] = fields;
        Self {
            form_url,
            request_id,
            result_token,
        }
    }
}

/// Where and how the result of a session is reported.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) result_url: String,
    pub(crate) result_token: String,
}

impl Session {
    /// Reads the answer of the session endpoint: the session and its form URL. The error says why there is
    /// no session, for developers.
    pub(crate) fn from_answer(
        endpoint: &str,
        flow: Flow,
        status: u16,
        raw: &RawSession<String>,
    ) -> Result<(Self, FormUrl), String> {
        match policy::problem(status) {
            Some(problem) => Err(problem),
            None => Self::read(endpoint, flow, raw)
                .ok_or_else(|| "the session endpoint gave no session".to_owned()),
        }
    }

    fn read(endpoint: &str, flow: Flow, raw: &RawSession<String>) -> Option<(Self, FormUrl)> {
        let (Field::Text(form_url), Field::Text(request_id), Field::Text(result_token)) =
            (&raw.form_url, &raw.request_id, &raw.result_token)
        else {
            return None;
        };
        let form_url = FormUrl::parse(form_url).ok()?;
        if form_url.request_id().to_text() != *request_id || form_url.flow() != flow {
            return None;
        }
        let endpoint = endpoint.strip_suffix('/').unwrap_or(endpoint);
        let session = Self {
            result_url: join(&[endpoint, "/", request_id, "/result"]),
            result_token: result_token.clone(),
        };
        Some((session, form_url))
    }
}
