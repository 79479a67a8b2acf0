use pantoken_protocol::{ErrorCode, FailureCode, HostCode, Language, Remedy};

/// What a customer reads around the form, in one language: the one catalogue for every widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Texts {
    /// The iframe's title.
    pub title: &'static str,
    /// While the form is on its way.
    pub loading: &'static str,
    /// When the card is saved.
    pub saved: &'static str,
    /// On the button that starts over.
    pub retry: &'static str,
    /// On the button that goes on at the provider's page.
    pub redirect: &'static str,
    network: &'static str,
    shop: &'static str,
    new_session: &'static str,
    card_saved_before: &'static str,
    invalid_number: &'static str,
    wait: &'static str,
    other: &'static str,
}

const RU: Texts = Texts {
    title: "Форма ввода номера карты",
    loading: "Загружаем защищённую форму…",
    saved: "Карта сохранена",
    retry: "Попробовать снова",
    redirect: "Перейти на страницу оплаты",
    network: "Форма не открылась. Проверьте интернет и попробуйте снова.",
    shop: "Форма сейчас недоступна из-за ошибки на сайте. Сообщите о ней магазину.",
    new_session: "Время сеанса истекло. Начните заново.",
    card_saved_before: "По этому запросу карта уже сохранена. Чтобы сохранить другую, начните заново.",
    invalid_number: "Номер карты неверный. Проверьте его и введите ещё раз.",
    wait: "Сейчас сохранить карту нельзя. Попробуйте позже.",
    other: "Карту сохранить не удалось. Попробуйте снова.",
};

const EN: Texts = Texts {
    title: "Card number form",
    loading: "Loading the secure form…",
    saved: "Card saved",
    retry: "Try again",
    redirect: "Continue on the payment page",
    network: "The form did not open. Check your connection and try again.",
    shop: "The form is unavailable because of a mistake on this site. Please tell the shop.",
    new_session: "This session is over. Please start again.",
    card_saved_before: "A card is already saved for this request. To save another, start again.",
    invalid_number: "The card number is wrong. Check it and type it again.",
    wait: "The card cannot be saved right now. Please try later.",
    other: "The card was not saved. Please try again.",
};

const KZ: Texts = Texts {
    title: "Карта нөмірін енгізу нысаны",
    loading: "Қорғалған нысан жүктелуде…",
    saved: "Карта сақталды",
    retry: "Қайталап көру",
    redirect: "Төлем бетіне өту",
    network: "Нысан ашылмады. Интернетті тексеріп, қайталап көріңіз.",
    shop: "Сайттағы қатеге байланысты нысан қолжетімсіз. Бұл туралы дүкенге хабарлаңыз.",
    new_session: "Сеанс аяқталды. Қайтадан бастаңыз.",
    card_saved_before: "Бұл сұрау бойынша карта бұрын сақталған. Басқасын сақтау үшін қайтадан бастаңыз.",
    invalid_number: "Карта нөмірі қате. Тексеріп, қайта енгізіңіз.",
    wait: "Картаны қазір сақтау мүмкін емес. Кейінірек көріңіз.",
    other: "Карта сақталмады. Қайталап көріңіз.",
};

impl Texts {
    /// The texts in this language.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Ru => &RU,
            Language::En => &EN,
            Language::Kz => &KZ,
        }
    }

    /// What to tell the customer about an error.
    #[must_use]
    pub fn failure(&self, code: &FailureCode) -> &'static str {
        match code {
            FailureCode::Host(HostCode::ReadyTimeout | HostCode::SessionFailed) => self.network,
            FailureCode::Host(HostCode::FrameBlocked | HostCode::InvalidFormUrl) => self.shop,
            FailureCode::Form(ErrorCode::PanIsExistsForRequest) => self.card_saved_before,
            FailureCode::Form(code) => match code.remedy() {
                Remedy::AgentConfiguration => self.shop,
                Remedy::NewSession => self.new_session,
                Remedy::CustomerCorrects => self.invalid_number,
                Remedy::Wait => self.wait,
                _ => self.other,
            },
            FailureCode::Host(_) => self.other,
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
    fn each_language_has_its_own_words_for_each_failure() {
        for code in failures() {
            let texts = Language::ALL.map(|language| Texts::of(language).failure(&code));
            assert!(texts.iter().all(|text| !text.is_empty()));
            assert!(
                texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2],
                "{code:?}"
            );
        }
    }

    #[test]
    fn what_the_customer_can_do_differs_by_whose_move_it_is() {
        let texts = Texts::of(Language::En);
        let text = |code| texts.failure(&FailureCode::Form(code));
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
}
