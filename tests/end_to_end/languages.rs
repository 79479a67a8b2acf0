//! Checks that the page, the widget and the form use the chosen language.

use serde_json::json;

use pantoken_tests::{Tab, TestContext};

pub(crate) async fn the_page_the_widget_and_the_form_speak_one_language(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            for (language, html_lang, title) in [
                ("ru", "ru", "Форма ввода номера карты"),
                ("en", "en", "Card number form"),
                ("kz", "kk", "Карта нөмірін енгізу нысаны"),
            ] {
                tab.open_ready(&site.url(&format!("/?lang={language}")))
                    .await;
                assert_language(tab, html_lang, title).await;
            }
        })
        .await;
}

pub(crate) async fn another_language_starts_another_form(context: TestContext) {
    let site = context.site();
    context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=ru")).await;
            tab.click("input[name=language][value=kz]").await;
            assert_language(tab, "kk", "Карта нөмірін енгізу нысаны").await;
            assert_eq!(
                tab.driver.current_url().await.unwrap().as_str(),
                site.url("/?lang=kz")
            );
        })
        .await;
}

async fn assert_language(tab: &Tab, html_lang: &str, title: &str) {
    tab.find(&format!("iframe[title='{title}']")).await;
    let languages = "return [
        document.documentElement.lang,
        findDeep('[role=status]').closest('[lang]').lang,
    ]";
    assert_eq!(tab.run(languages).await, json!([html_lang, html_lang]));
    tab.enter_form().await;
    assert_eq!(
        tab.run("return document.documentElement.lang").await,
        html_lang
    );
    tab.leave_form().await;
}
