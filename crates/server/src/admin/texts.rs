//! What the pages say, in each language. States, kinds and codes are shown as the API and the command line write them.

mod en;
mod kz;
mod ru;

use pantoken_a2c::Language;

#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Texts {
    pub(super) skip: &'static str,
    pub(super) pages: &'static str,
    pub(super) language: &'static str,
    pub(super) overview: &'static str,
    pub(super) sessions: &'static str,
    pub(super) operations: &'static str,
    pub(super) webhooks: &'static str,

    pub(super) sign_in: &'static str,
    pub(super) sign_in_advice: &'static str,
    pub(super) key: &'static str,
    pub(super) wrong_key: &'static str,
    pub(super) too_many_keys: &'static str,
    pub(super) sign_out: &'static str,

    pub(super) need_attention: &'static str,
    pub(super) nothing_needs_attention: &'static str,
    pub(super) webhooks_given_up: &'static str,
    pub(super) webhooks_pending: &'static str,
    pub(super) all_of_them: &'static str,

    pub(super) filter: &'static str,
    pub(super) any: &'static str,
    pub(super) show: &'static str,
    pub(super) clear: &'static str,
    pub(super) newest: &'static str,
    pub(super) older: &'static str,
    pub(super) first: &'static str,
    pub(super) later: &'static str,
    pub(super) more_pages: &'static str,
    pub(super) nothing_found: &'static str,
    pub(super) nothing_yet: &'static str,
    pub(super) hidden: &'static str,

    pub(super) session: &'static str,
    pub(super) request_id: &'static str,
    pub(super) state: &'static str,
    pub(super) flow: &'static str,
    pub(super) form_language: &'static str,
    pub(super) customer: &'static str,
    pub(super) error: &'static str,
    pub(super) created: &'static str,
    pub(super) expires: &'static str,
    pub(super) finished: &'static str,
    pub(super) token_not_shown: &'static str,

    pub(super) operation: &'static str,
    pub(super) number: &'static str,
    pub(super) kind: &'static str,
    pub(super) id: &'static str,
    pub(super) sum: &'static str,
    pub(super) attention: &'static str,
    pub(super) attention_only: &'static str,
    pub(super) attention_advice: &'static str,
    pub(super) changed: &'static str,
    pub(super) is_final: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) part_of: &'static str,
    pub(super) next_question: &'static str,
    pub(super) deadline: &'static str,
    pub(super) attempts: &'static str,
    pub(super) parts: &'static str,
    pub(super) history: &'static str,
    pub(super) nothing_heard: &'static str,
    pub(super) retry_operation: &'static str,
    pub(super) retry_operation_advice: &'static str,
    pub(super) operation_retried: &'static str,

    pub(super) given_up: &'static str,
    pub(super) pending: &'static str,
    pub(super) event: &'static str,
    pub(super) about: &'static str,
    pub(super) recorded: &'static str,
    pub(super) next_attempt: &'static str,
    pub(super) last_answer: &'static str,
    pub(super) action: &'static str,
    pub(super) retry_webhook: &'static str,
    pub(super) webhook_retried: &'static str,
    pub(super) nothing_given_up: &'static str,
    pub(super) nothing_pending: &'static str,

    pub(super) failures: Failures,
}

/// The title of each failure, and what to do.
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Failures {
    pub(super) not_found: (&'static str, &'static str),
    pub(super) bad_filter: (&'static str, &'static str),
    pub(super) signed_out: (&'static str, &'static str),
    pub(super) foreign_origin: (&'static str, &'static str),
    pub(super) stale_form: (&'static str, &'static str),
    pub(super) not_dead: (&'static str, &'static str),
    pub(super) store_unavailable: (&'static str, &'static str),
    pub(super) internal: (&'static str, &'static str),
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ru => &ru::TEXTS,
            Language::En => &en::TEXTS,
            Language::Kz => &kz::TEXTS,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn collect(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| collect(&format!("{path}.{name}"), value, found)),
            Value::Array(values) => values.iter().for_each(|value| collect(path, value, found)),
            text => found.push((path.to_owned(), text.as_str().unwrap().to_owned())),
        }
    }

    #[test]
    fn no_text_is_missing_or_left_in_another_language() {
        let all = Language::ALL.map(|language| {
            let mut found = Vec::new();
            let texts = serde_json::to_value(Texts::of(language)).unwrap();
            collect("", &texts, &mut found);
            (language, found)
        });
        for (language, texts) in &all {
            for (index, (name, text)) in texts.iter().enumerate() {
                assert!(!text.trim().is_empty(), "{name}");
                let is_cyrillic = text.contains(|c: char| ('а'..='я').contains(&c));
                assert!(*language != Language::En || !is_cyrillic, "{name}: {text}");
                for (other, others) in all.iter().filter(|(other, _)| other != language) {
                    assert_ne!(
                        *text, others[index].1,
                        "{name} in {language:?} and {other:?}"
                    );
                }
            }
        }
    }
}
