use serde::Serialize;

use crate::page::Language;

/// The texts of the pages, beside those of the card's fields. None contains a character that HTML reserves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Texts {
    pub(super) title: &'static str,
    pub(super) pay: &'static str,
    pub(super) order: &'static str,
    pub(super) saved_card: &'static str,
    pub(super) other_language: &'static str,
    pub(super) status_title: &'static str,
    pub(super) paid: &'static str,
    pub(super) held: &'static str,
    pub(super) declined_payment: &'static str,
    pub(super) confirm: &'static str,
    pub(super) not_paid: &'static str,
    pub(super) again: &'static str,
    pub(super) expired: &'static str,
    pub(super) unknown: &'static str,
    pub(super) refused: &'static str,
    pub(super) already_paid: &'static str,
    pub(super) in_process: &'static str,
    pub(super) test_limit: &'static str,
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        language.choose(&RUSSIAN, &ENGLISH)
    }
}

static RUSSIAN: Texts = Texts {
    title: "Оплата заказа",
    pay: "Оплатить",
    order: "Заказ",
    saved_card: "Сохранённая карта",
    other_language: "English",
    status_title: "Состояние платежа",
    paid: "Оплачено",
    held: "Сумма заблокирована на карте",
    declined_payment: "Банк отклонил платёж. Деньги не списаны.",
    confirm: "Подтвердите платёж на странице банка.",
    not_paid: "Заказ ещё не оплачен.",
    again: "Вернуться к оплате",
    expired: "Время на оплату заказа истекло. Начните заново в магазине.",
    unknown: "Форма не найдена. Начните заново в магазине.",
    refused: "Магазин прислал данные, по которым оплатить нельзя. Сообщите об этом магазину.",
    already_paid: "Этот заказ уже оплачен.",
    in_process: "Этот заказ уже оплачивается. Дождитесь ответа банка.",
    test_limit: "В тестовом режиме можно платить не больше 10 рублей и не больше 100 раз в день.",
};

static ENGLISH: Texts = Texts {
    title: "Pay for your order",
    pay: "Pay",
    order: "Order",
    saved_card: "Saved card",
    other_language: "Русский",
    status_title: "Status of the payment",
    paid: "Paid",
    held: "The amount is held on your card",
    declined_payment: "The bank declined the payment, and no money was taken.",
    confirm: "Confirm the payment on the page of your bank.",
    not_paid: "The order is not paid yet.",
    again: "Return to the payment",
    expired: "The time to pay for this order is over. Start again in the shop.",
    unknown: "There is no such form. Start again in the shop.",
    refused: "The shop sent data with which you cannot pay. Please tell the shop.",
    already_paid: "This order is paid already.",
    in_process: "This order is being paid. Wait for the bank’s answer.",
    test_limit: "Test mode takes up to 10 roubles, and up to 100 payments a day.",
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
