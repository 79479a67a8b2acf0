//! The packed custom element in the HTML example, under the server's strict policy.

use std::fs;
use std::path::Path;

use pantoken_tests::{Engine, GOOD_NUMBER, Shop, ShopOptions, browse, element_package, workspace};
use tempfile::TempDir;

pub(crate) async fn a_page_without_a_framework_takes_a_card(engine: Engine) {
    let pages = example("html");
    let shop = shop_with(&pages);
    browse(engine, "element_saved", async |customer| {
        customer.driver.goto(shop.url("/")).await.unwrap();
        customer.save_in_frame(GOOD_NUMBER).await;
        customer.find("output:not(:empty)").await;
        let pan_token = customer.text("output").await;
        let state = customer
            .run("return document.querySelector('pantoken-form').state")
            .await;
        assert_eq!(state, "saved");
        let frame = customer.find("pantoken-form iframe").await;
        let form_url = frame.attr("src").await.unwrap().unwrap();
        let form_url = pantoken_protocol::FormUrl::parse(&form_url).unwrap();
        let request_id = form_url.request().request_id().to_string();
        assert_eq!(
            shop.session(&request_id).await["panToken"],
            pan_token.as_str()
        );
    })
    .await;
}

pub(crate) async fn a_form_url_of_a_stranger_opens_nothing(engine: Engine) {
    let pages = example("html");
    let page = pages.path().join("index.html");
    let stranger = "form-url=\"https://evil.kz/form?agentId=a&requestId=1&agentSign=x\"";
    let html = fs::read_to_string(&page).unwrap();
    fs::write(
        &page,
        html.replace("session-url=\"/v1/sessions\"", stranger),
    )
    .unwrap();
    let shop = shop_with(&pages);
    browse(engine, "element_stranger", async |customer| {
        customer.driver.goto(shop.url("/")).await.unwrap();
        customer.find("output:not(:empty)").await;
        assert_eq!(customer.text("output").await, "INVALID_FORM_URL");
        let frames = customer
            .run("return document.querySelectorAll('iframe').length")
            .await;
        assert_eq!(frames, 0);
    })
    .await;
}

fn shop_with(pages: &TempDir) -> Shop {
    Shop::open_with(ShopOptions {
        pages: pages.path().to_owned(),
        ..ShopOptions::default()
    })
}

/// An example's page, with the package in the folder `pantoken` beside it.
fn example(name: &str) -> TempDir {
    let pages = tempfile::tempdir().unwrap();
    copy(&workspace().join("examples").join(name), pages.path());
    copy(&element_package(), &pages.path().join("pantoken"));
    pages
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
