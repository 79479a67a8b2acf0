use pantoken_a2c::{ErrorCode, FailureCode, HostCode, Language, Remedy};
use pantoken_core::text::split_once;

/// What a customer reads around the form, in one language.
///
/// Each language has a file with one text per line, in the order of [`Text`].
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
        let mut rest = self.0;
        for _ in 0..text as usize {
            rest = split_once(rest, b'\n').map_or("", |(_, rest)| rest);
        }
        split_once(rest, b'\n').map_or(rest, |(line, _)| line)
    }
}

impl Text {
    /// Returns what to tell the customer about an error.
    #[must_use]
    pub fn of_failure(code: &FailureCode) -> Self {
        match code {
            FailureCode::Host(HostCode::ReadyTimeout | HostCode::SessionFailed) => Self::Network,
            FailureCode::Host(HostCode::FrameBlocked | HostCode::InvalidFormUrl) => Self::Shop,
            FailureCode::Form(ErrorCode::PanIsExistsForRequest) => Self::CardSavedBefore,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn failures() -> Vec<FailureCode> {
        let form = ErrorCode::listed().into_iter().map(FailureCode::Form);
        let host = [
            HostCode::ReadyTimeout,
            HostCode::FrameBlocked,
            HostCode::SessionFailed,
            HostCode::ResultRejected,
            HostCode::InvalidFormUrl,
        ];
        form.chain(host.map(FailureCode::Host)).collect()
    }

    #[test]
    fn each_language_has_its_own_text_for_each_failure() {
        for code in failures() {
            let texts =
                Language::ALL.map(|language| Texts::of(language).get(Text::of_failure(&code)));
            assert!(texts.iter().all(|text| !text.is_empty()));
            assert!(
                texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2],
                "{code:?}"
            );
        }
    }

    #[test]
    fn what_the_customer_can_do_differs_by_whose_move_it_is() {
        let text = |code| Text::of_failure(&FailureCode::Form(code));
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
    fn each_language_has_every_text_and_no_more() {
        for language in Language::ALL {
            let texts = Texts::of(language);
            assert_eq!(texts.0.lines().count(), Text::Other as usize + 1);
            assert!(texts.0.lines().all(|line| !line.trim().is_empty()));
        }
        assert_eq!(Texts::of(Language::En).get(Text::Title), "Card number form");
        assert_eq!(Texts::of(Language::Ru).get(Text::Saved), "Карта сохранена");
    }
}
