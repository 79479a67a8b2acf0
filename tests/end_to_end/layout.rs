//! Checks the layout on narrow and wide screens. With `PANTOKEN_SCREENSHOTS=folder`, it also takes
//! screenshots.

use std::path::PathBuf;

use pantoken_tests::{Screen, Tab, TestContext};

use crate::states::{self, State};

pub(crate) async fn nothing_is_wider_than_the_screen(context: TestContext) {
    // Texts differ in length between languages, but colours are the same.
    for (width, prefers_dark, language) in [
        (320, false, "ru"),
        (320, false, "en"),
        (320, false, "kz"),
        (320, true, "en"),
        (768, false, "ru"),
        (1280, false, "en"),
        (1280, true, "kz"),
    ] {
        let screen = Screen {
            width,
            height: 900,
            prefers_dark,
        };
        let dark = if prefers_dark { "-dark" } else { "" };
        let name = format!("{}-{width}-{language}{dark}", context.page);
        let looked = context.browse_on(screen, async |tab| {
            states::visit(&context, tab, language, async |state| {
                assert_fits(tab, state).await;
                picture(tab, &format!("{name}-{}", state.name)).await;
            })
            .await;
        });
        looked.await;
    }
}

async fn assert_fits(tab: &Tab, state: &State) {
    let widths = "return [document.documentElement.scrollWidth, innerWidth]";
    let page = tab.run(widths).await;
    assert!(
        page[0].as_u64() <= page[1].as_u64(),
        "the page, {}: {page}",
        state.name
    );
    if state.has_form {
        tab.find("iframe").await.enter_frame().await.unwrap();
        let form = tab.run(widths).await;
        assert!(
            form[0].as_u64() <= form[1].as_u64() && form[1].as_u64() >= Some(320),
            "the form, {}: {form}",
            state.name
        );
        tab.leave_form().await;
    }
}

/// Takes a screenshot of the whole page, including the part that does not fit on the screen.
pub(crate) async fn picture(tab: &Tab, name: &str) {
    let Some(folder) = std::env::var_os("PANTOKEN_SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    tab.whole_page(&folder.join(format!("{name}.png"))).await;
}
