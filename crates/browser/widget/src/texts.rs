use pantoken_a2c::{ErrorCode, FailureCode, FormError, HostCode, Language, Remedy};
use pantoken_core::text::split_once;

use crate::policy;

/// What a customer reads around the form, in one language.
///
/// Each language has a file with one text per line, in the order of [`Text`]. The custom element has the same
/// files in a script, because it needs texts where the module does not load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts(&'static str);

/// One of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Text {
    /// The iframe's title.
    Title,
    /// Shown while the form loads.
    Loading,
    /// Shown when the card is saved.
    Saved,
    /// The label of the button that starts over.
    Retry,
    /// The label of the button that continues on the provider's page.
    Redirect,
    /// The form did not open; the customer checks the connection.
    Network,
    /// The form is unavailable until the shop corrects its site.
    Shop,
    /// The session is over; a new one is needed.
    NewSession,
    /// The request already has a card; another card needs a new session.
    CardSavedBefore,
    /// The customer corrects the number.
    InvalidNumber,
    /// The customer tries again later.
    Wait,
    /// Anything else.
    Other,
    /// The form did not open, and nobody knows why.
    NotOpened,
    /// The provider refused the card; another one may do.
    CardRefused,
}

impl Texts {
    /// Returns the texts in this language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self(match language {
            Language::Ru => include_str!("texts/ru.txt"),
            Language::En => include_str!("texts/en.txt"),
            Language::Kz => include_str!("texts/kz.txt"),
        })
    }

    /// Returns one of the texts.
    #[must_use]
    pub fn get(self, text: Text) -> &'static str {
        line(self.0, text)
    }
}

impl Text {
    /// Returns the name of the text in the element's property `texts`.
    #[must_use]
    pub fn key(self) -> &'static str {
        line(include_str!("texts/keys.txt"), self)
    }

    /// Returns what to tell the customer about an error. It blames the connection only where there was
    /// none.
    #[must_use]
    pub fn of_error(error: &FormError) -> Self {
        match (&error.code, &error.problem) {
            (FailureCode::Host(HostCode::SessionFailed), Some(problem)) => {
                if policy::is_transient(problem.status) {
                    Self::Wait
                } else {
                    Self::Shop
                }
            }
            // Nothing was asked: the page itself has a session that cannot be shown.
            (FailureCode::Host(HostCode::SessionFailed), None) if !error.recoverable => Self::Shop,
            (FailureCode::Host(HostCode::ResultRejected), Some(problem))
                if problem.code == policy::SESSION_EXPIRED =>
            {
                Self::NewSession
            }
            (code, _) => Self::of_failure(code),
        }
    }

    /// Returns what to tell the customer about an error of which nothing but the code is known.
    #[must_use]
    pub fn of_failure(code: &FailureCode) -> Self {
        match code {
            FailureCode::Host(HostCode::SessionFailed) => Self::Network,
            FailureCode::Host(HostCode::ReadyTimeout) => Self::NotOpened,
            FailureCode::Host(HostCode::FrameBlocked | HostCode::InvalidFormUrl) => Self::Shop,
            FailureCode::Form(ErrorCode::PanIsExistsForRequest) => Self::CardSavedBefore,
            FailureCode::Form(ErrorCode::Other(code)) if code == policy::CARD_REFUSED => {
                Self::CardRefused
            }
            FailureCode::Form(code) => match code.remedy() {
                Remedy::AgentConfiguration => Self::Shop,
                Remedy::NewSession => Self::NewSession,
                Remedy::CustomerCorrects => Self::InvalidNumber,
                Remedy::Wait => Self::Wait,
                _ => Self::Other,
            },
            FailureCode::Host(_) => Self::Other,
        }
    }
}

/// Returns the text's line of a file.
fn line(file: &'static str, text: Text) -> &'static str {
    let mut rest = file;
    for _ in 0..text as usize {
        rest = split_once(rest, b'\n').map_or("", |(_, rest)| rest);
    }
    split_once(rest, b'\n').map_or(rest, |(line, _)| line)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pantoken_a2c::{ErrorMessage, RequestId};

    use super::*;
    use crate::RawAnswer;

    fn form_error(code: ErrorCode) -> FormError {
        let request_id = RequestId::from_i64(1).unwrap();
        FormError::form(request_id, code, ErrorMessage::default())
    }

    fn host_error(code: HostCode) -> FormError {
        FormError::host(None, code, "")
    }

    fn session_failed(status: u16) -> FormError {
        RawAnswer::default().error(None, HostCode::SessionFailed, status)
    }

    #[test]
    fn each_language_has_its_own_text_for_each_failure() {
        let form = ErrorCode::listed().into_iter().map(form_error);
        let host = [
            HostCode::ReadyTimeout,
            HostCode::FrameBlocked,
            HostCode::SessionFailed,
            HostCode::ResultRejected,
            HostCode::InvalidFormUrl,
        ];
        for error in form.chain(host.map(host_error)) {
            let texts =
                Language::ALL.map(|language| Texts::of(language).get(Text::of_error(&error)));
            assert!(texts.iter().all(|text| !text.is_empty()));
            assert_eq!(BTreeSet::from(texts).len(), texts.len(), "{error:?}");
        }
    }

    #[test]
    fn what_the_customer_can_do_differs_by_whose_move_it_is() {
        let text = |code| Text::of_error(&form_error(code));
        assert_ne!(text(ErrorCode::InvalidPan), text(ErrorCode::Forbidden));
        assert_ne!(
            text(ErrorCode::InvalidSession),
            text(ErrorCode::AgentNotFound)
        );
        assert_eq!(
            text(ErrorCode::AgentSignInvalid),
            text(ErrorCode::ParseRequestError)
        );
    }

    #[test]
    fn the_connection_is_blamed_only_where_there_was_none() {
        let text = |status| Text::of_error(&session_failed(status));
        assert_eq!(text(0), Text::Network);
        for status in [408, 429, 500, 503] {
            assert_eq!(text(status), Text::Wait, "{status}");
        }
        for status in [200, 201, 401, 403, 404] {
            assert_eq!(text(status), Text::Shop, "{status}");
        }
        let silent = host_error(HostCode::ReadyTimeout);
        assert_eq!(Text::of_error(&silent), Text::NotOpened);
    }

    #[test]
    fn each_language_has_every_text_and_no_more() {
        let files = Language::ALL.map(|language| Texts::of(language).0);
        for file in files.into_iter().chain([include_str!("texts/keys.txt")]) {
            assert_eq!(file.lines().count(), Text::CardRefused as usize + 1);
            assert!(file.lines().all(|line| !line.trim().is_empty()));
        }
        assert_eq!(Texts::of(Language::En).get(Text::Title), "Card number form");
        assert_eq!(Texts::of(Language::Ru).get(Text::Saved), "Карта сохранена");
        assert_eq!(Text::CardSavedBefore.key(), "cardSavedBefore");
        assert_eq!(Text::NotOpened.key(), "notOpened");
    }
}
