//! The page's texts for developers, in each language.

mod en;
mod kz;
mod ru;

use pantoken_yew::{ErrorCode, FailureCode, HostCode, Language};

/// The texts of the page in one language.
pub(crate) struct Texts {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) language: &'static str,
    pub(crate) navigation: &'static str,
    /// The links to the documents of the demo. The other documents have them from tabs/texts.js.
    pub(crate) tabs: [&'static str; 4],
    pub(crate) form_title: &'static str,
    pub(crate) flow: &'static str,
    pub(crate) flow_iframe: &'static str,
    pub(crate) flow_redirect: &'static str,
    pub(crate) redirect_about: &'static str,
    pub(crate) saved_title: &'static str,
    pub(crate) saved_next: &'static str,
    pub(crate) again: &'static str,
    pub(crate) timeline: &'static str,
    pub(crate) timeline_empty: &'static str,
    pub(crate) step_session: &'static str,
    pub(crate) step_ready: &'static str,
    pub(crate) step_origin: &'static str,
    pub(crate) step_saved: &'static str,
    pub(crate) step_returned: &'static str,
    pub(crate) step_returned_next: &'static str,
    pub(crate) warned_mismatch: &'static str,
    pub(crate) warned_unreadable: &'static str,
    pub(crate) warned_conflict: &'static str,
    pub(crate) warned_early: &'static str,
    pub(crate) numbers: &'static str,
    pub(crate) numbers_about: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) by_form: &'static str,
    pub(crate) by_page: &'static str,
    pub(crate) customer_reads: &'static str,
    pub(crate) footer: &'static str,
    remedies: Remedies,
}

/// The advice for each error code.
struct Remedies {
    agent_not_found: &'static str,
    agent_sign_invalid: &'static str,
    parse_request_error: &'static str,
    invalid_session: &'static str,
    invalid_pan: &'static str,
    pan_is_exists: &'static str,
    forbidden: &'static str,
    ready_timeout: &'static str,
    frame_blocked: &'static str,
    session_failed: &'static str,
    result_rejected: &'static str,
    invalid_form_url: &'static str,
    unknown: &'static str,
}

impl Texts {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ru => &ru::TEXTS,
            Language::En => &en::TEXTS,
            Language::Kz => &kz::TEXTS,
        }
    }

    /// Returns the advice for this code.
    pub(crate) fn remedy(&self, code: &FailureCode) -> &'static str {
        let remedies = &self.remedies;
        match code {
            FailureCode::Form(code) => match code {
                ErrorCode::AgentNotFound => remedies.agent_not_found,
                ErrorCode::AgentSignInvalid => remedies.agent_sign_invalid,
                ErrorCode::ParseRequestError => remedies.parse_request_error,
                ErrorCode::InvalidSession => remedies.invalid_session,
                ErrorCode::InvalidPan => remedies.invalid_pan,
                ErrorCode::PanIsExistsForRequest => remedies.pan_is_exists,
                ErrorCode::Forbidden => remedies.forbidden,
                _ => remedies.unknown,
            },
            FailureCode::Host(code) => match code {
                HostCode::ReadyTimeout => remedies.ready_timeout,
                HostCode::FrameBlocked => remedies.frame_blocked,
                HostCode::SessionFailed => remedies.session_failed,
                HostCode::ResultRejected => remedies.result_rejected,
                HostCode::InvalidFormUrl => remedies.invalid_form_url,
                _ => remedies.unknown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use pantoken_yew::Language;

    /// The tabs are in JavaScript, and have the languages of this page.
    #[test]
    fn the_tabs_are_in_every_language() {
        let shared = include_str!("../tabs/texts.js");
        let tabs = [
            include_str!("../tabs/payin-texts.js"),
            include_str!("../tabs/jetpay-texts.js"),
            include_str!("../tabs/qiwi-pay-texts.js"),
        ];
        for language in Language::ALL {
            let start = format!("\n  {}: {{\n", language.as_str());
            assert!(tabs.iter().all(|tab| tab.contains(&start)), "{start}");
            let (html_lang, name) = (language.html_lang(), language.own_name());
            let named = format!("    htmlLang: \"{html_lang}\",\n    ownName: \"{name}\",\n");
            assert!(shared.contains(&(start + &named)), "{named}");
        }
    }
}
