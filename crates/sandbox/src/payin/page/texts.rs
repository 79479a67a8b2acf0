use serde::Serialize;

use crate::page::Language;

/// The texts of the pages in one language. None contains a character that HTML reserves.
#[derive(Serialize)]
pub(super) struct Texts {
    pub(super) unknown: &'static str,
    pub(super) payment: FormTexts,
    pub(super) check: FormTexts,
}

/// The texts of a form. Its script has them, too.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FormTexts {
    pub(super) title: &'static str,
    pub(super) submit: &'static str,
    pub(super) succeeded: &'static str,
    pub(super) failed: &'static str,
    pub(super) expired: &'static str,
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        language.choose(&RUSSIAN, &ENGLISH)
    }
}

const RUSSIAN_PAYMENT: FormTexts = FormTexts {
    title: "Оплата картой",
    submit: "Оплатить",
    succeeded: "Оплачено",
    failed: "Банк отклонил платёж. Деньги не списаны. Попробуйте другую карту.",
    expired: "Срок оплаты этого счёта истёк. Начните заново в магазине.",
};

const ENGLISH_PAYMENT: FormTexts = FormTexts {
    title: "Pay by card",
    submit: "Pay",
    succeeded: "Paid",
    failed: "The bank declined the payment, and no money was taken. Try another card.",
    expired: "The time to pay this bill is over. Start again in the shop.",
};

static RUSSIAN: Texts = Texts {
    unknown: "Счёт не найден. Сообщите об этом магазину.",
    payment: RUSSIAN_PAYMENT,
    check: FormTexts {
        title: "Проверка карты",
        submit: "Проверить карту",
        succeeded: "Карта проверена",
        failed: "Банк не подтвердил эту карту. Начните заново в магазине с другой картой.",
        expired: "Срок проверки карты истёк. Начните заново в магазине.",
    },
};

static ENGLISH: Texts = Texts {
    unknown: "There is no such bill. Please tell the shop.",
    payment: ENGLISH_PAYMENT,
    check: FormTexts {
        title: "Verify your card",
        submit: "Verify card",
        succeeded: "Card verified",
        failed: "The bank did not confirm this card. Start again in the shop with another card.",
        expired: "The time to verify the card is over. Start again in the shop.",
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::language::assert_translated;

    #[test]
    fn every_text_is_in_both_languages() {
        assert_translated(Texts::of);
    }
}
