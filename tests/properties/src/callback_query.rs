use pantoken_a2c::{CallbackQuery, FormResult};
use url::form_urlencoded::Serializer;

use crate::message::keeps_its_rules;

/// Checks that a callback's query of any text is read or refused. A query that was read must satisfy the
/// rules of its parts, and must mean the same when another library writes it again.
pub fn callback_query(text: &[u8]) {
    let Ok(query) = CallbackQuery::parse(&String::from_utf8_lossy(text)) else {
        return;
    };
    keeps_its_rules(&query.result);
    assert_eq!(CallbackQuery::parse(&written(&query)), Ok(query));
}

fn written(query: &CallbackQuery) -> String {
    let mut pairs = Serializer::new(String::new());
    pairs.append_pair("requestId", &query.request_id.to_text());
    match &query.result {
        FormResult::Saved(token) => pairs.append_pair("panToken", token.as_str()),
        FormResult::Failed { code, message } => pairs
            .append_pair("errorCode", code.as_str())
            .append_pair("errorMessage", message.as_str()),
    };
    pairs.finish()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_callback_query_means_the_same_when_it_is_written_again() {
        crate::corpus::try_all("callback_query", super::callback_query, 4_000);
    }
}
