use serde::Serialize;

use super::language::Language;

/// The texts of a page with the fields of a card. None contains a character that HTML reserves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CardTexts {
    pub(crate) sandbox: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) card_number: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) mistyped: &'static str,
    pub(crate) expiry: &'static str,
    pub(crate) wrong_expiry: &'static str,
    pub(crate) code: &'static str,
    pub(crate) wrong_code: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) wrong_holder: &'static str,
    pub(crate) check: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) unreachable: &'static str,
    pub(crate) back: &'static str,
    pub(crate) test_cards: &'static str,
    pub(crate) succeeds: &'static str,
    pub(crate) declined: &'static str,
    pub(crate) succeeds_late: &'static str,
    pub(crate) declined_late: &'static str,
    pub(crate) asks_3ds: &'static str,
}

impl CardTexts {
    pub(crate) fn of(language: Language) -> &'static Self {
        language.choose(&RUSSIAN, &ENGLISH)
    }

    /// Returns the HTML of the fields.
    pub(crate) fn fields(&self) -> String {
        format!(
            include_str!("card-fields.html"),
            card_number = self.card_number,
            hint = self.hint,
            expiry = self.expiry,
            code = self.code,
            holder = self.holder,
        )
    }

    /// Returns the HTML of the list of test cards. `card_with_3ds` is the button of the card that asks for 3-D
    /// Secure.
    pub(crate) fn test_cards(&self, card_with_3ds: &str) -> String {
        format!(
            include_str!("test-cards.html"),
            test_cards = self.test_cards,
            succeeds = self.succeeds,
            declined = self.declined,
            succeeds_late = self.succeeds_late,
            declined_late = self.declined_late,
            card_with_3ds = card_with_3ds,
            asks_3ds = self.asks_3ds,
        )
    }
}

static RUSSIAN: CardTexts = CardTexts {
    sandbox: "Песочница",
    warning: "Тестовая форма. Не вводите настоящую карту, только тестовые номера.",
    card_number: "Номер карты",
    hint: "От 13 до 19 цифр",
    mistyped: "Похоже, в номере опечатка. Проверьте цифры.",
    expiry: "Срок",
    wrong_expiry: "Месяц и год, например 12/34",
    code: "CVV/CVC",
    wrong_code: "Три цифры с обратной стороны карты",
    holder: "Имя на карте (необязательно)",
    wrong_holder: "Не больше 26 букв",
    check: "Проверьте данные карты.",
    waiting: "Ждём ответа банка…",
    unreachable: "Не удалось связаться с сервером. Попробуйте ещё раз.",
    back: "Вернуться в магазин",
    test_cards: "Тестовые карты",
    succeeds: "операция проходит",
    declined: "отклоняется",
    succeeds_late: "проходит через 3 секунды",
    declined_late: "отклоняется через 3 секунды",
    asks_3ds: "нужно подтверждение 3-D Secure",
};

static ENGLISH: CardTexts = CardTexts {
    sandbox: "Sandbox",
    warning: "A test form. Do not enter a real card, only test numbers.",
    card_number: "Card number",
    hint: "13 to 19 digits",
    mistyped: "This number looks mistyped. Check the digits.",
    expiry: "Expires",
    wrong_expiry: "Month and year, such as 12/34",
    code: "CVC",
    wrong_code: "Three digits on the back of the card",
    holder: "Name on the card (optional)",
    wrong_holder: "At most 26 letters",
    check: "Check the details of your card.",
    waiting: "Waiting for the bank’s answer…",
    unreachable: "The server could not be reached. Try again.",
    back: "Return to the shop",
    test_cards: "Test cards",
    succeeds: "succeeds",
    declined: "is declined",
    succeeds_late: "succeeds after 3 seconds",
    declined_late: "is declined after 3 seconds",
    asks_3ds: "asks for 3-D Secure",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::language::assert_translated;

    #[test]
    fn every_text_is_in_both_languages() {
        assert_translated(CardTexts::of);
    }
}
