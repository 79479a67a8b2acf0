use serde::Serialize;

/// A language of the kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Russian,
    Kazakh,
    English,
}

impl Language {
    /// All languages, in the order of the page's links.
    pub(super) const ALL: [Self; 3] = [Self::Russian, Self::Kazakh, Self::English];

    /// Reads the parameter `lang`. Without a known language, the page is in Russian.
    pub(crate) fn read(text: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|language| text == Some(language.code()))
            .unwrap_or(Self::Russian)
    }

    /// Returns what the parameter `lang` says.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::Kazakh => "kz",
            Self::English => "en",
        }
    }

    /// Returns the code of BCP 47.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Kazakh => "kk",
            other => other.code(),
        }
    }
}

/// The texts of the page in one language. None contains a character that HTML reserves.
#[derive(Serialize)]
pub(super) struct Texts {
    /// What the language calls itself, shortened.
    pub(super) own_name: &'static str,
    pub(super) sandbox: &'static str,
    pub(super) warning: &'static str,
    pub(super) title: &'static str,
    pub(super) language_label: &'static str,
    pub(super) choose: &'static str,
    pub(super) account: &'static str,
    pub(super) account_hint: &'static str,
    pub(super) next: &'static str,
    pub(super) insert: &'static str,
    pub(super) total: &'static str,
    pub(super) pay: &'static str,
    pub(super) receipt: &'static str,
    pub(super) payment_id: &'static str,
    pub(super) again: &'static str,
    pub(super) messages: Messages,
}

/// The texts that the script shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Messages {
    pub(super) account_missing: &'static str,
    pub(super) checking: &'static str,
    pub(super) no_account: &'static str,
    pub(super) unreachable: &'static str,
    pub(super) paying: &'static str,
    pub(super) paid: &'static str,
    pub(super) pending: &'static str,
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Russian => &RUSSIAN,
            Language::Kazakh => &KAZAKH,
            Language::English => &ENGLISH,
        }
    }
}

static RUSSIAN: Texts = Texts {
    own_name: "Рус",
    sandbox: "Песочница",
    warning: "Терминал не настоящий, и купюры тоже. Деньги не списываются.",
    title: "Терминал оплаты",
    language_label: "Язык",
    choose: "Кому вы платите?",
    account: "Счёт",
    account_hint: "Номер счёта или логин у продавца",
    next: "Далее",
    insert: "Вставьте купюры",
    total: "Внесено",
    pay: "Оплатить",
    receipt: "Чек №",
    payment_id: "Платёж",
    again: "В начало",
    messages: Messages {
        account_missing: "Введите счёт.",
        checking: "Проверяем счёт…",
        no_account: "Такого счёта нет. Проверьте номер.",
        unreachable: "Продавец сейчас не отвечает. Попробуйте позже.",
        paying: "Проводим платёж…",
        paid: "Оплачено",
        pending: "Деньги приняты, но продавец пока не подтвердил платёж. Сохраните чек.",
    },
};

static KAZAKH: Texts = Texts {
    own_name: "Қаз",
    sandbox: "Құмсалғыш",
    warning: "Терминал да, банкноттар да нағыз емес. Ақша алынбайды.",
    title: "Төлем терминалы",
    language_label: "Тіл",
    choose: "Кімге төлейсіз?",
    account: "Шот",
    account_hint: "Сатушыдағы шот нөмірі немесе логин",
    next: "Әрі қарай",
    insert: "Банкноттарды салыңыз",
    total: "Салынды",
    pay: "Төлеу",
    receipt: "Түбіртек №",
    payment_id: "Төлем",
    again: "Басына қайту",
    messages: Messages {
        account_missing: "Шотты енгізіңіз.",
        checking: "Шот тексерілуде…",
        no_account: "Мұндай шот жоқ. Нөмірді тексеріңіз.",
        unreachable: "Сатушы қазір жауап бермейді. Кейінірек қайталаңыз.",
        paying: "Төлем жүргізілуде…",
        paid: "Төленді",
        pending: "Ақша қабылданды, бірақ сатушы төлемді әлі растаған жоқ. Түбіртекті сақтаңыз.",
    },
};

static ENGLISH: Texts = Texts {
    own_name: "Eng",
    sandbox: "Sandbox",
    warning: "Neither the kiosk nor the notes are real. No money is taken.",
    title: "Payment kiosk",
    language_label: "Language",
    choose: "Whom do you pay?",
    account: "Account",
    account_hint: "Your account number or login at the merchant",
    next: "Next",
    insert: "Insert notes",
    total: "Inserted",
    pay: "Pay",
    receipt: "Receipt",
    payment_id: "Payment",
    again: "Start again",
    messages: Messages {
        account_missing: "Enter the account.",
        checking: "Checking the account…",
        no_account: "There is no such account. Check the number.",
        unreachable: "The merchant does not answer now. Try again later.",
        paying: "Making the payment…",
        paid: "Paid",
        pending: "The money was taken, but the merchant has not confirmed the payment yet. Keep the receipt.",
    },
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn texts(language: Language) -> Vec<String> {
        fn collect(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => members.values().for_each(|it| collect(it, found)),
                text => found.push(text.as_str().unwrap().to_owned()),
            }
        }
        let mut found = Vec::new();
        collect(
            &serde_json::to_value(Texts::of(language)).unwrap(),
            &mut found,
        );
        found
    }

    #[test]
    fn no_text_is_missing_or_left_in_another_language_or_needs_escaping() {
        let all = Language::ALL.map(texts);
        for (index, russian) in all[0].iter().enumerate() {
            let translations: BTreeSet<_> = all.iter().map(|texts| &texts[index]).collect();
            assert_eq!(translations.len(), all.len(), "{russian}");
            for text in translations {
                let needs_escaping = text.contains(['<', '>', '&', '\\', '\'', '"', '{']);
                assert!(!text.is_empty() && !needs_escaping, "{text}");
            }
        }
    }
}
