use alloc::borrow::ToOwned;
use alloc::string::String;

use pantoken_a2c::{Field, Flow, FormUrl};
use serde::Serialize;

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

/// A session that the endpoint created.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) form_url: FormUrl,
    /// Where the result is reported.
    pub(crate) result_url: String,
    pub(crate) result_token: String,
}

impl Session {
    /// Reads the answer of the session endpoint. The error says why there is no session, for developers.
    pub(crate) fn from_answer(
        endpoint: &str,
        flow: Flow,
        status: u16,
        raw: &RawSession<String>,
    ) -> Result<Self, String> {
        match policy::problem(status) {
            Some(problem) => Err(problem),
            None => Self::read(endpoint, flow, raw)
                .ok_or_else(|| "the session endpoint's answer is not a session".to_owned()),
        }
    }

    fn read(endpoint: &str, flow: Flow, raw: &RawSession<String>) -> Option<Self> {
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
        Some(Self {
            form_url,
            result_url: [endpoint, "/", request_id, "/result"].concat(),
            result_token: result_token.clone(),
        })
    }
}

/// The body of the request that creates a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateSession<'a> {
    pub(crate) flow: &'a str,
    pub(crate) language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) return_url: Option<&'a str>,
}

/// The body of the request that reports a result.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(crate) enum Report<'a> {
    Saved {
        pan_token: &'a str,
    },
    Failed {
        error_code: &'a str,
        error_message: &'a str,
    },
}
