use pantoken_a2c::{ErrorCode, Language};
use serde::Serialize;

/// The texts that the customer reads, in one language. None contains a character that HTML reserves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Texts {
    pub(super) title: &'static str,
    pub(super) sandbox: &'static str,
    pub(super) warning: &'static str,
    pub(super) card_number: &'static str,
    pub(super) hint: &'static str,
    pub(super) mistyped: &'static str,
    pub(super) save: &'static str,
    pub(super) saving: &'static str,
    pub(super) saved: &'static str,
    pub(super) returning: &'static str,
    pub(super) back: &'static str,
    pub(super) connecting: &'static str,
    pub(super) unregistered: &'static str,
    pub(super) not_embedded: &'static str,
    pub(super) unreachable: &'static str,
    pub(super) test_numbers: &'static str,
    pub(super) test_saved: &'static str,
    pub(super) errors: ErrorTexts,
}

/// The text for each of the provider's error codes. The field's name is the code.
#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) struct ErrorTexts {
    agent_not_found: &'static str,
    agent_sign_invalid: &'static str,
    parse_request_error: &'static str,
    invalid_session: &'static str,
    invalid_pan: &'static str,
    pan_is_exists_for_request: &'static str,
    forbidden: &'static str,
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ru => &RUSSIAN,
            Language::En => &ENGLISH,
            Language::Kz => &KAZAKH,
        }
    }
}

impl ErrorTexts {
    /// Returns the text for a code. A code that the provider does not list has none.
    pub(super) fn of(&self, code: &ErrorCode) -> &'static str {
        match code {
            ErrorCode::AgentNotFound => self.agent_not_found,
            ErrorCode::AgentSignInvalid => self.agent_sign_invalid,
            ErrorCode::ParseRequestError => self.parse_request_error,
            ErrorCode::InvalidSession => self.invalid_session,
            ErrorCode::InvalidPan => self.invalid_pan,
            ErrorCode::PanIsExistsForRequest => self.pan_is_exists_for_request,
            ErrorCode::Forbidden => self.forbidden,
            _ => "",
        }
    }
}

static RUSSIAN: Texts = Texts {
    title: "Сохранение карты",
    sandbox: "Песочница",
    warning: "Тестовая форма. Не вводите настоящую карту, только тестовые номера.",
    card_number: "Номер карты",
    hint: "От 13 до 19 цифр",
    mistyped: "Похоже, в номере опечатка. Проверьте цифры.",
    save: "Сохранить карту",
    saving: "Сохраняем…",
    saved: "Карта сохранена",
    returning: "Возвращаем вас в магазин…",
    back: "Вернуться в магазин",
    connecting: "Соединяемся со страницей магазина…",
    unregistered: "Сайт, на котором открыта форма, не зарегистрирован. Сохранить карту здесь нельзя.",
    not_embedded: "Эта ссылка работает только внутри страницы магазина (в iframe).",
    unreachable: "Не удалось связаться с сервером. Попробуйте ещё раз.",
    test_numbers: "Тестовые номера",
    test_saved: "карта сохраняется",
    errors: ErrorTexts {
        agent_not_found: "Магазин не найден. Сообщите об этом магазину.",
        agent_sign_invalid: "Ссылка на форму подписана неверно. Сообщите об этом магазину.",
        parse_request_error: "В ссылке на форму ошибка. Сообщите об этом магазину.",
        invalid_session: "Сеанс прерван. Вернитесь в магазин и начните заново.",
        invalid_pan: "Неверный номер карты. Исправьте его и сохраните ещё раз.",
        pan_is_exists_for_request: "Карта для этого запроса уже сохранена. Начните заново в магазине.",
        forbidden: "Эту карту сейчас нельзя сохранить. Попробуйте позже.",
    },
};

static ENGLISH: Texts = Texts {
    title: "Save your card",
    sandbox: "Sandbox",
    warning: "A test form. Do not enter a real card, only test numbers.",
    card_number: "Card number",
    hint: "13 to 19 digits",
    mistyped: "This number looks mistyped. Check the digits.",
    save: "Save card",
    saving: "Saving…",
    saved: "Card saved",
    returning: "Taking you back to the shop…",
    back: "Return to the shop",
    connecting: "Connecting to the shop’s page…",
    unregistered: "The site that shows this form is not registered. The card cannot be saved here.",
    not_embedded: "This link works only inside the shop’s page (in an iframe).",
    unreachable: "The server could not be reached. Try again.",
    test_numbers: "Test numbers",
    test_saved: "card is saved",
    errors: ErrorTexts {
        agent_not_found: "The shop is unknown. Please tell the shop.",
        agent_sign_invalid: "The link to this form is not signed correctly. Please tell the shop.",
        parse_request_error: "The link to this form is malformed. Please tell the shop.",
        invalid_session: "The session has ended. Go back to the shop and start again.",
        invalid_pan: "The card number is not valid. Correct it and save again.",
        pan_is_exists_for_request: "A card is already saved for this request. Start again in the shop.",
        forbidden: "This card cannot be saved now. Try again later.",
    },
};

static KAZAKH: Texts = Texts {
    title: "Картаны сақтау",
    sandbox: "Сынақ ортасы",
    warning: "Сынақ формасы. Нағыз картаны енгізбеңіз, тек сынақ нөмірлерін теріңіз.",
    card_number: "Карта нөмірі",
    hint: "13-тен 19-ға дейін цифр",
    mistyped: "Нөмірде қате бар сияқты. Цифрларды тексеріңіз.",
    save: "Картаны сақтау",
    saving: "Сақталуда…",
    saved: "Карта сақталды",
    returning: "Сізді дүкенге қайтарып жатырмыз…",
    back: "Дүкенге оралу",
    connecting: "Дүкен бетіне қосылуда…",
    unregistered: "Форма ашылған сайт тіркелмеген. Картаны мұнда сақтауға болмайды.",
    not_embedded: "Бұл сілтеме тек дүкен бетінің ішінде (iframe) жұмыс істейді.",
    unreachable: "Сервермен байланысу мүмкін болмады. Қайталап көріңіз.",
    test_numbers: "Сынақ нөмірлері",
    test_saved: "карта сақталады",
    errors: ErrorTexts {
        agent_not_found: "Дүкен табылмады. Бұл туралы дүкенге хабарлаңыз.",
        agent_sign_invalid: "Форма сілтемесінің қолтаңбасы дұрыс емес. Бұл туралы дүкенге хабарлаңыз.",
        parse_request_error: "Форма сілтемесінде қате бар. Бұл туралы дүкенге хабарлаңыз.",
        invalid_session: "Сеанс аяқталды. Дүкенге оралып, қайта бастаңыз.",
        invalid_pan: "Карта нөмірі дұрыс емес. Түзетіп, қайта сақтаңыз.",
        pan_is_exists_for_request: "Бұл сұрау үшін карта сақталып қойған. Дүкенде қайта бастаңыз.",
        forbidden: "Бұл картаны қазір сақтау мүмкін емес. Кейінірек қайталап көріңіз.",
    },
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_listed_code_has_its_text_in_every_language() {
        for language in Language::ALL {
            let texts = Texts::of(language);
            let named = serde_json::to_value(&texts.errors).unwrap();
            assert_eq!(named.as_object().unwrap().len(), ErrorCode::listed().len());
            for code in ErrorCode::listed() {
                assert_ne!(texts.errors.of(&code), "", "{code}");
                assert_eq!(named[code.as_str()], texts.errors.of(&code));
            }
        }
    }

    #[test]
    fn no_text_needs_escaping_in_html() {
        for language in Language::ALL {
            let json = serde_json::to_string(Texts::of(language)).unwrap();
            assert!(!json.contains(['<', '>', '&', '\\', '\'']), "{json}");
        }
    }

    #[test]
    fn no_text_is_left_in_another_language() {
        let texts = |language| match serde_json::to_value(Texts::of(language)).unwrap() {
            serde_json::Value::Object(texts) => texts,
            other => panic!("{other}"),
        };
        let all = Language::ALL.map(texts);
        for name in all[0].keys() {
            let different: BTreeSet<_> = all.iter().map(|texts| texts[name].to_string()).collect();
            assert_eq!(different.len(), all.len(), "{name}");
        }
    }
}
