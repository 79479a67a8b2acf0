//! Makes the picture of the README: a page with the form, a half-typed number in it, and the code that put it
//! there.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use pantoken_tests::{Screen, workspace};

use crate::{PORTS, Running, blocks};

const SCREEN: Screen = Screen {
    width: 1360,
    height: 823,
    prefers_dark: false,
};

#[tokio::test]
#[ignore = "it writes docs/images/form.png: run it when the form or the snippet has changed"]
async fn the_picture_shows_the_form_and_the_code_that_put_it_there() {
    let _ports = PORTS.lock().await;
    let mut dev = Running::start("cargo xtask dev").expect("Chromium");
    let snippet = &blocks("html")[0];
    // The first line says only what kind of file it is.
    let (_, snippet) = snippet.split_once('\n').unwrap();
    let lines = snippet.trim().replace('<', "&lt;");
    let words = |line: &str| {
        let words = line.split(' ').map(|word| format!("<span>{word}</span>"));
        words.collect::<Vec<_>>().join(" ")
    };
    let lines = lines.lines().map(|line| format!("<p>{}</p>", words(line)));
    let snippet: String = lines.collect();
    let page = include_str!("picture.html")
        .replace("{server}", &dev.address)
        .replace("{snippet}", &snippet);
    let router = Router::new().route("/", get(async move || Html(page)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await;
    let listener = listener.unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    dev.browse_on(SCREEN, async |tab| {
        tab.open_ready("http://localhost:8000").await;
        tab.enter_form().await;
        let field = tab.find("#card-number").await;
        field.click().await.unwrap();
        field.send_keys("4242 4242 42").await.unwrap();
        tab.leave_form().await;
        let picture = workspace().join("docs/images/form.png");
        tab.whole_page(&picture).await;
    })
    .await;
    dev.interrupt().await;
}
