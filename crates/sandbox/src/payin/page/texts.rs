use pantoken_payin::FormLanguage;
use serde::Serialize;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Russian,
    English,
}

impl Language {
    /// Reads the parameter `lang`. Without a known language, the pages are in Russian.
    pub(crate) fn read(text: Option<&str>) -> Self {
        if text == Some(FormLanguage::English.as_str()) {
            return Self::English;
        }
        Self::Russian
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }
}

/// The texts of the pages in one language. None contains a character that HTML reserves.
#[derive(Serialize)]
pub(super) struct Texts {
    pub(super) sandbox: &'static str,
    pub(super) warning: &'static str,
    pub(super) unknown: &'static str,
    pub(super) card_number: &'static str,
    pub(super) expiry: &'static str,
    pub(super) code: &'static str,
    pub(super) holder: &'static str,
    pub(super) back: &'static str,
    pub(super) test_cards: &'static str,
    pub(super) succeeds: &'static str,
    pub(super) declined: &'static str,
    pub(super) succeeds_late: &'static str,
    pub(super) declined_late: &'static str,
    pub(super) asks_3ds: &'static str,
    pub(super) payment: FormTexts,
    pub(super) check: FormTexts,
    pub(super) acs: AcsTexts,
}

/// The texts of a form. Its script has them, too.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FormTexts {
    pub(super) title: &'static str,
    pub(super) submit: &'static str,
    pub(super) hint: &'static str,
    pub(super) mistyped: &'static str,
    pub(super) wrong_expiry: &'static str,
    pub(super) wrong_code: &'static str,
    pub(super) wrong_holder: &'static str,
    pub(super) check: &'static str,
    pub(super) waiting: &'static str,
    pub(super) succeeded: &'static str,
    pub(super) failed: &'static str,
    pub(super) expired: &'static str,
    pub(super) unreachable: &'static str,
}

/// The texts of the issuer's page.
#[derive(Serialize)]
pub(super) struct AcsTexts {
    pub(super) title: &'static str,
    pub(super) question: &'static str,
    pub(super) confirm: &'static str,
    pub(super) refuse: &'static str,
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Russian => &RUSSIAN,
            Language::English => &ENGLISH,
        }
    }
}

const RUSSIAN_PAYMENT: FormTexts = FormTexts {
    title: "Оплата картой",
    submit: "Оплатить",
    hint: "От 13 до 19 цифр",
    mistyped: "Похоже, в номере опечатка. Проверьте цифры.",
    wrong_expiry: "Месяц и год, например 12/34",
    wrong_code: "Три цифры с обратной стороны карты",
    wrong_holder: "Не больше 26 букв",
    check: "Проверьте данные карты.",
    waiting: "Ждём ответа банка…",
    succeeded: "Оплачено",
    failed: "Банк отклонил платёж. Деньги не списаны. Попробуйте другую карту.",
    expired: "Срок оплаты этого счёта истёк. Начните заново в магазине.",
    unreachable: "Не удалось связаться с сервером. Попробуйте ещё раз.",
};

const ENGLISH_PAYMENT: FormTexts = FormTexts {
    title: "Pay by card",
    submit: "Pay",
    hint: "13 to 19 digits",
    mistyped: "This number looks mistyped. Check the digits.",
    wrong_expiry: "Month and year, such as 12/34",
    wrong_code: "Three digits on the back of the card",
    wrong_holder: "At most 26 letters",
    check: "Check the details of your card.",
    waiting: "Waiting for the bank’s answer…",
    succeeded: "Paid",
    failed: "The bank declined the payment, and no money was taken. Try another card.",
    expired: "The time to pay this bill is over. Start again in the shop.",
    unreachable: "The server could not be reached. Try again.",
};

static RUSSIAN: Texts = Texts {
    sandbox: "Песочница",
    warning: "Тестовая форма. Не вводите настоящую карту, только тестовые номера.",
    unknown: "Счёт не найден. Сообщите об этом магазину.",
    card_number: "Номер карты",
    expiry: "Срок",
    code: "CVV/CVC",
    holder: "Имя на карте (необязательно)",
    back: "Вернуться в магазин",
    test_cards: "Тестовые карты",
    succeeds: "операция проходит",
    declined: "отклоняется",
    succeeds_late: "проходит через 3 секунды",
    declined_late: "отклоняется через 3 секунды",
    asks_3ds: "нужно подтверждение 3-D Secure",
    payment: RUSSIAN_PAYMENT,
    check: FormTexts {
        title: "Проверка карты",
        submit: "Проверить карту",
        succeeded: "Карта проверена",
        failed: "Банк не подтвердил эту карту. Начните заново в магазине с другой картой.",
        expired: "Срок проверки карты истёк. Начните заново в магазине.",
        ..RUSSIAN_PAYMENT
    },
    acs: AcsTexts {
        title: "Подтвердите операцию",
        question: "Эта страница заменяет банк, который выпустил карту. Вы подтверждаете операцию?",
        confirm: "Подтвердить",
        refuse: "Отказаться",
    },
};

static ENGLISH: Texts = Texts {
    sandbox: "Sandbox",
    warning: "A test form. Do not enter a real card, only test numbers.",
    unknown: "There is no such bill. Please tell the shop.",
    card_number: "Card number",
    expiry: "Expires",
    code: "CVC",
    holder: "Name on the card (optional)",
    back: "Return to the shop",
    test_cards: "Test cards",
    succeeds: "succeeds",
    declined: "is declined",
    succeeds_late: "succeeds after 3 seconds",
    declined_late: "is declined after 3 seconds",
    asks_3ds: "asks for 3-D Secure",
    payment: ENGLISH_PAYMENT,
    check: FormTexts {
        title: "Verify your card",
        submit: "Verify card",
        succeeded: "Card verified",
        failed: "The bank did not confirm this card. Start again in the shop with another card.",
        expired: "The time to verify the card is over. Start again in the shop.",
        ..ENGLISH_PAYMENT
    },
    acs: AcsTexts {
        title: "Confirm the operation",
        question: "This page stands for the bank that issued the card. Do you confirm the operation?",
        confirm: "Confirm",
        refuse: "Refuse",
    },
};

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn texts(language: Language) -> Vec<(String, String)> {
        fn collect(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
            match value {
                Value::Object(members) => {
                    for (name, value) in members {
                        collect(&format!("{path}.{name}"), value, found);
                    }
                }
                text => found.push((path.to_owned(), text.as_str().unwrap().to_owned())),
            }
        }
        let mut found = Vec::new();
        let json = serde_json::to_value(Texts::of(language)).unwrap();
        collect("", &json, &mut found);
        found
    }

    #[test]
    fn no_text_is_missing_or_left_in_another_language_or_needs_escaping() {
        let (russian, english) = (texts(Language::Russian), texts(Language::English));
        for ((name, russian), (_, english)) in russian.iter().zip(&english) {
            assert!(russian != english, "{name}");
            for text in [russian, english] {
                let needs_escaping = text.contains(['<', '>', '&', '\\', '\'', '"', '{']);
                assert!(!text.is_empty() && !needs_escaping, "{name}: {text}");
            }
        }
    }

    #[test]
    fn a_language_that_the_provider_does_not_have_is_russian() {
        for (text, expected) in [
            (Some("en"), Language::English),
            (Some("ru"), Language::Russian),
            (Some("kz"), Language::Russian),
            (None, Language::Russian),
        ] {
            assert_eq!(Language::read(text), expected, "{text:?}");
        }
    }
}
