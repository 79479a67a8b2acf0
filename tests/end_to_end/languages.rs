//! The page, the widget and the form speak the language that was chosen.

use pantoken_tests::{Customer, Engine, Shop, browse};

pub(crate) async fn the_page_the_widget_and_the_form_speak_one_language(engine: Engine) {
    let shop = Shop::open();
    browse(engine, "languages", async |customer| {
        for (language, html_lang, title) in [
            ("ru", "ru", "Форма ввода номера карты"),
            ("en", "en", "Card number form"),
            ("kz", "kk", "Карта нөмірін енгізу нысаны"),
        ] {
            customer
                .open_ready(&shop.url(&format!("/?lang={language}")))
                .await;
            assert_language(customer, html_lang, title).await;
        }
    })
    .await;
}

pub(crate) async fn another_language_starts_another_form(engine: Engine) {
    let shop = Shop::open();
    browse(engine, "language_switch", async |customer| {
        customer.open_ready(&shop.url("/?lang=ru")).await;
        customer.click("input[name=language][value=kz]").await;
        customer.find(".pantoken[lang=kk][data-state=ready]").await;
        assert_language(customer, "kk", "Карта нөмірін енгізу нысаны").await;
        assert_eq!(
            customer.driver.current_url().await.unwrap().as_str(),
            shop.url("/?lang=kz")
        );
    })
    .await;
}

async fn assert_language(customer: &Customer, html_lang: &str, title: &str) {
    assert_eq!(
        customer.run("return document.documentElement.lang").await,
        html_lang
    );
    let frame = customer.find(".pantoken-frame iframe").await;
    assert_eq!(frame.attr("title").await.unwrap().as_deref(), Some(title));
    customer.enter_form().await;
    assert_eq!(
        customer.run("return document.documentElement.lang").await,
        html_lang
    );
    customer.leave_form().await;
}
