//! Checks that the agent's secret and the card number appear nowhere, and that no log contains the token.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::json;

use pantoken_tests::{API_KEY, GOOD_NUMBER, SECRET_KEY, Tab, TestContext, TestSite, dist};

pub(crate) async fn the_secret_the_card_number_and_the_token_stay_in_their_place(
    context: TestContext,
) {
    let site = context.site();
    let (pan_token, page) = context
        .browse(async |tab| {
            tab.open_ready(&site.url("/?lang=en")).await;
            tab.run(LISTEN).await;
            tab.save_in_frame(GOOD_NUMBER).await;
            let pan_token = tab.text("#pan-token").await;
            (pan_token, everything_in_the_page(tab).await)
        })
        .await;
    assert!(page["messages"].contains(&pan_token) && page["document"].contains(&pan_token));
    for place in ["addresses", "storage"] {
        assert!(
            !page[place].contains(&pan_token),
            "the token is in the {place}"
        );
    }
    assert!(page["addresses"].contains("/v1/sessions"));
    for (place, text) in &page {
        assert!(!text.contains(SECRET_KEY), "the secret is in the {place}");
        assert!(
            !text.contains(GOOD_NUMBER),
            "the card number is in the {place}"
        );
    }
    let answers = every_answer(&site).await;
    let (server_log, sandbox_log) = site.logs();
    assert!(
        server_log.contains("/v1/sessions"),
        "the server logs what it is asked:\n{server_log}"
    );
    let database = contents(&site.folder());

    for (name, text) in [
        ("answers", &answers),
        ("server log", &server_log),
        ("sandbox log", &sandbox_log),
    ] {
        assert!(!text.contains(SECRET_KEY), "the secret is in the {name}");
        assert!(
            !text.contains(GOOD_NUMBER),
            "the card number is in the {name}"
        );
    }
    for (name, text) in [("server log", &server_log), ("sandbox log", &sandbox_log)] {
        assert!(!text.contains(&pan_token), "the token is in the {name}");
        assert!(!text.contains(API_KEY), "the API key is in the {name}");
    }
    assert!(database.contains(&pan_token), "the store has the token");
    assert!(
        !database.contains(SECRET_KEY)
            && !database.contains(GOOD_NUMBER)
            && !database.contains(API_KEY)
    );
}

pub(crate) fn the_secret_is_in_no_file_that_a_browser_loads() {
    let files = contents(&dist());
    assert!(files.contains("pantoken"));
    assert!(!files.contains(SECRET_KEY));
}

/// Records each message and each event that the page receives from now on.
const LISTEN: &str = "
    window.heard = [];
    addEventListener('message', ({ data }) => heard.push(data));
    for (const name of ['ready', 'saved', 'error', 'warning']) {
        addEventListener(`pantoken-${name}`, ({ detail }) => heard.push({ name, detail }), true);
    }";

/// Returns everything that a script of the page can read, by place.
async fn everything_in_the_page(tab: &Tab) -> HashMap<String, String> {
    let places = "return JSON.stringify({
        messages: JSON.stringify(heard),
        document: document.documentElement.outerHTML,
        storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
        addresses: [location.href, ...performance.getEntries().map(({ name }) => name)].join(),
    })";
    let places = tab.run(places).await;
    serde_json::from_str(places.as_str().unwrap()).unwrap()
}

/// Returns the headers and bodies of the responses to valid and invalid requests.
async fn every_answer(site: &TestSite) -> String {
    let http = site.http();
    let body = json!({"flow": "iframe", "customer": "a customer"});
    let wrong = json!({"flow": "iframe", "customer": GOOD_NUMBER});
    let form_url = json!({"flow": "iframe", "requestId": "12345678"});
    let requests = [
        http.get(site.url("/")),
        http.get(site.url("/healthz")),
        http.get(site.url("/readyz")),
        http.get(site.url("/nowhere")),
        http.get(site.url("/v1/callback/1.nothing?requestId=1&panToken=x")),
        http.get(site.url("/v1/sessions/1")),
        http.get(site.url("/v1/sessions/1")).bearer_auth(API_KEY),
        http.post(site.url("/v1/sessions")).json(&body),
        http.post(site.url("/v1/sessions"))
            .bearer_auth(API_KEY)
            .json(&body),
        http.post(site.url("/v1/sessions"))
            .bearer_auth(API_KEY)
            .json(&wrong),
        http.post(site.url("/v1/form-urls"))
            .bearer_auth(API_KEY)
            .json(&form_url),
        http.post(site.url("/v1/form-urls"))
            .bearer_auth("not-the-key")
            .json(&form_url),
        http.post(site.url("/v1/sessions/1/result"))
            .bearer_auth("x")
            .json(&json!({"panToken": GOOD_NUMBER})),
    ];
    let mut answers = String::new();
    for request in requests {
        let answer = request.send().await.unwrap();
        answers += &format!("{} {:?}\n", answer.status(), answer.headers());
        answers += &answer.text().await.unwrap();
    }
    answers
}

/// Returns all files in the folder as text. Bytes that are not UTF-8 are replaced.
fn contents(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &contents(&path);
        } else {
            text += &String::from_utf8_lossy(&fs::read(path).unwrap());
        }
    }
    text
}
