//! The page, the widget and the form speak the language that was chosen.

use serde_json::json;

use pantoken_tests::{Customer, Scene};

pub(crate) async fn the_page_the_widget_and_the_form_speak_one_language(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
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

pub(crate) async fn another_language_starts_another_form(scene: Scene) {
    let shop = scene.shop();
    scene
        .browse(async |customer| {
            customer.open_ready(&shop.url("/?lang=ru")).await;
            customer.click("input[name=language][value=kz]").await;
            assert_language(customer, "kk", "Карта нөмірін енгізу нысаны").await;
            assert_eq!(
                customer.driver.current_url().await.unwrap().as_str(),
                shop.url("/?lang=kz")
            );
        })
        .await;
}

async fn assert_language(customer: &Customer, html_lang: &str, title: &str) {
    customer.find(&format!("iframe[title='{title}']")).await;
    let languages = "return [
        document.documentElement.lang,
        document.querySelector('[role=status]').closest('[lang]').lang,
    ]";
    assert_eq!(customer.run(languages).await, json!([html_lang, html_lang]));
    customer.enter_form().await;
    assert_eq!(
        customer.run("return document.documentElement.lang").await,
        html_lang
    );
    customer.leave_form().await;
}
