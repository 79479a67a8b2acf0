//! The page on narrow and wide screens; with `PANTOKEN_SCREENSHOTS=folder`, pictures of it too.

use std::path::PathBuf;

use pantoken_tests::{Customer, FORBIDDEN_NUMBER, GOOD_NUMBER, Scene, Screen};

pub(crate) async fn nothing_is_wider_than_the_screen(scene: Scene) {
    let shop = scene.shop();
    for (width, prefers_dark) in [
        (320, false),
        (320, true),
        (768, false),
        (1280, true),
        (1280, false),
    ] {
        let screen = Screen {
            width,
            height: 900,
            prefers_dark,
        };
        scene
            .browse_on(screen, async |customer| {
                for language in ["ru", "en", "kz"] {
                    let name = format!(
                        "{width}-{language}{}",
                        if prefers_dark { "-dark" } else { "" }
                    );
                    customer
                        .open_ready(&shop.url(&format!("/?lang={language}")))
                        .await;
                    assert_fits(customer).await;
                    picture(customer, &format!("{name}-ready")).await;
                    customer.save_in_frame(FORBIDDEN_NUMBER).await;
                    customer.find_state("failed").await;
                    assert_fits(customer).await;
                    picture(customer, &format!("{name}-failed")).await;
                    customer.save_in_frame(GOOD_NUMBER).await;
                    customer.find("#pan-token").await;
                    assert_fits(customer).await;
                    picture(customer, &format!("{name}-saved")).await;
                    customer.click("input[name=flow][value=redirect]").await;
                    customer.find("#redirect").await;
                    assert_fits(customer).await;
                    picture(customer, &format!("{name}-redirect")).await;
                }
            })
            .await;
    }
}

async fn assert_fits(customer: &Customer) {
    let widths = "return [document.documentElement.scrollWidth, innerWidth]";
    let page = customer.run(widths).await;
    assert!(page[0].as_u64() <= page[1].as_u64(), "the page: {page}");
    if customer
        .run("return !!document.querySelector('iframe')")
        .await
        == true
    {
        customer.find("iframe").await.enter_frame().await.unwrap();
        let form = customer.run(widths).await;
        assert!(
            form[0].as_u64() <= form[1].as_u64() && form[1].as_u64() >= Some(320),
            "the form: {form}"
        );
        customer.leave_form().await;
    }
}

/// The whole page, however long.
async fn picture(customer: &Customer, name: &str) {
    let Some(folder) = std::env::var_os("PANTOKEN_SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    customer
        .whole_page(&folder.join(format!("{name}.png")))
        .await;
}
