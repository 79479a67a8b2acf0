use pantoken_a2c::{ErrorCode, PanToken, RequestId};
use serde::Serialize;

use crate::a2c::refusal::Refusal;

/// The result of a form. The form's page passes it on unchanged, to the embedding page or in the
/// callback URL.
///
/// Source: docs/a2c.md, "Iframe flow", step 5, and "Redirect flow".
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(crate) enum Answer {
    Saved {
        request_id: RequestId,
        pan_token: PanToken,
    },
    Failed {
        /// The request id, or an empty text if it could not be read.
        request_id: String,
        error_code: ErrorCode,
        error_message: String,
    },
}

impl Answer {
    pub(crate) fn refused(request_id: Option<RequestId>, refusal: Refusal) -> Self {
        Self::Failed {
            request_id: request_id.map_or_else(String::new, |id| id.to_string()),
            error_code: refusal.code(),
            error_message: refusal.to_string(),
        }
    }
}
