use super::operator::{
    HOST, KEY, Operator, PEER, create_payment, give_up_webhooks, needs_attention, server_with_pages,
};
use crate::support::Server;

/// Returns the addresses of the pages that are linked from this one.
pub(super) fn links(html: &str) -> Vec<String> {
    let hrefs = html.split("href=\"").skip(1);
    let hrefs = hrefs.filter_map(|rest| rest.split('"').next());
    let pages = hrefs.filter(|href| href.starts_with("/admin") && !href.contains(".css"));
    pages.map(|href| href.replace("&#38;", "&")).collect()
}

fn rows(html: &str) -> usize {
    html.matches("<tr role=\"row\">").count().saturating_sub(1)
}

fn link_with(html: &str, text: &str) -> String {
    let found = links(html).into_iter().find(|link| link.contains(text));
    found.unwrap_or_else(|| panic!("no link with {text}: {html}"))
}

#[tokio::test]
async fn each_page_is_in_each_language() {
    let server = server_with_pages().await;
    let payment = create_payment(&server, "order-7", "customer-7", "token").await;
    let session = server.iframe_session().await.field("requestId");
    let operator = Operator::sign_in(&server).await;
    let (session, payment) = (
        format!("/admin/sessions/{session}"),
        format!("/admin/operations/{}", payment.id),
    );
    for (language, lang, titles) in [
        (
            "ru",
            "ru",
            [
                "Обзор",
                "Сессии",
                "Сессия",
                "Операции",
                "Операция",
                "Вебхуки",
            ],
        ),
        (
            "en",
            "en",
            [
                "Overview",
                "Sessions",
                "Session",
                "Operations",
                "Operation",
                "Webhooks",
            ],
        ),
        (
            "kz",
            "kk",
            [
                "Шолу",
                "Сессиялар",
                "Сессия",
                "Операциялар",
                "Операция",
                "Вебхуктар",
            ],
        ),
    ] {
        let pages = [
            "/admin",
            "/admin/sessions",
            &session,
            "/admin/operations",
            &payment,
            "/admin/webhooks",
        ];
        for (page, title) in pages.iter().zip(titles) {
            let html = operator.page(&format!("{page}?lang={language}")).await;
            assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{html}");
            assert!(html.contains(&format!("<h1>{title}")), "{title}: {html}");
            let current = format!("hreflang=\"{lang}\" aria-current=\"true\"");
            assert!(html.contains(&current), "{html}");
        }
    }
}

#[tokio::test]
async fn a_language_that_was_chosen_stays() {
    let server = server_with_pages().await;
    let open = async |path: &str, header: (&str, &str)| {
        server
            .call_metrics_from(PEER, "GET", path, &[HOST, header], "")
            .await
    };
    let accepted = ("accept-language", "kk-KZ, ru;q=0.5");
    let answer = open("/admin/sign-in", accepted).await;
    assert!(answer.text.contains("<html lang=\"kk\">"));
    assert_eq!(answer.header("set-cookie"), "");
    let answer = open("/admin/sign-in?lang=en", accepted).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("pantoken_admin_language=en; Path=/admin"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    let answer = open("/admin/sign-in", ("cookie", cookie)).await;
    assert!(answer.text.contains("<html lang=\"en\">"));
    let answer = open("/admin/sessions?lang=kz", accepted).await;
    let location = answer.header("location");
    assert_eq!(
        location,
        "/admin/sign-in?next=%2Fadmin%2Fsessions%3Flang%3Dkz&lang=kz"
    );
}

#[tokio::test]
async fn a_wrong_key_is_told_in_the_language_of_the_form() {
    let server = server_with_pages().await;
    let headers = [
        HOST,
        super::operator::ORIGIN,
        super::operator::FORM,
        ("cookie", "pantoken_admin_language=en"),
    ];
    let answer = server
        .call_metrics_from(PEER, "POST", "/admin/sign-in", &headers, "key=wrong")
        .await;
    assert!(
        answer.text.contains("role=\"alert\">This is not the key."),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains("wrong") && !answer.text.contains(KEY));
}

async fn create_sessions(server: &Server, number: usize) {
    for _ in 0..number {
        server.iframe_session().await;
    }
}

#[tokio::test]
async fn sessions_are_filtered_and_listed_page_by_page() {
    let server = server_with_pages().await;
    create_sessions(&server, 52).await;
    let body = r#"{"flow":"iframe","customer":"order & 7"}"#;
    let failed = server.post("/v1/sessions", body).await;
    let error = r#"{"errorCode":"INVALID_PAN","errorMessage":"wrong"}"#;
    server.post_result(&failed, error).await;
    let operator = Operator::sign_in(&server).await;

    let first = operator.page("/admin/sessions").await;
    assert_eq!(rows(&first), 50);
    let second = operator.page(&link_with(&first, "after=")).await;
    assert_eq!(rows(&second), 3);
    assert!(
        second.contains("href=\"/admin/sessions\">"),
        "back to the newest"
    );

    let id = failed.field("requestId");
    for filter in [
        "state=failed",
        "customer=order+%26+7",
        &format!("requestId={id}"),
    ] {
        let html = operator.page(&format!("/admin/sessions?{filter}")).await;
        assert_eq!(rows(&html), 1, "{filter}: {html}");
        assert!(html.contains(&id) && html.contains("INVALID_PAN"));
        assert!(html.contains("order &#38; 7"), "{html}");
    }
    let html = operator
        .page("/admin/sessions?state=created&customer=&requestId=")
        .await;
    let older = operator.page(&link_with(&html, "after=")).await;
    assert_eq!(rows(&html) + rows(&older), 52);
    for filter in [
        "state=lost",
        "requestId=x",
        "after=x",
        "customer=4111111111111111",
    ] {
        let answer = operator.get(&format!("/admin/sessions?{filter}")).await;
        assert_eq!(answer.status, 400, "{filter}");
    }
    assert_eq!(operator.get("/admin/sessions/1").await.status, 404);
}

#[tokio::test]
async fn operations_are_filtered_and_listed_page_by_page() {
    let server = server_with_pages().await;
    for number in 0..51 {
        create_payment(&server, &format!("order-{number}"), "customer-7", "token").await;
    }
    let payment = create_payment(&server, "order-x", "customer-8", "token").await;
    needs_attention(&server, &payment, "WAITING", "{}").await;
    let operator = Operator::sign_in(&server).await;

    let first = operator.page("/admin/operations").await;
    assert_eq!(rows(&first), 50);
    let second = operator.page(&link_with(&first, "after=")).await;
    assert_eq!(rows(&second), 2);
    for filter in [
        "attention=1",
        "customer=customer-8",
        "kind=payin.payment&attention=1&state=pending",
    ] {
        let html = operator.page(&format!("/admin/operations?{filter}")).await;
        assert_eq!(rows(&html), 1, "{filter}: {html}");
        assert!(
            html.contains("order-x") && html.contains("DEADLINE") && html.contains("10.00 RUB")
        );
    }
    for filter in ["state=captured", "kind=payin.refund", "customer=nobody"] {
        let html = operator.page(&format!("/admin/operations?{filter}")).await;
        assert_eq!(rows(&html), 0, "{filter}");
    }
    let html = operator.page("/admin/operations?kind=payin.payment").await;
    assert!(html.contains("<option selected>payin.payment</option>"));
    assert_eq!(operator.get("/admin/operations/999").await.status, 404);

    let overview = operator.page("/admin").await;
    assert_eq!(rows(&overview), 1, "{overview}");
    assert!(overview.contains("<strong>1</strong>"));
}

#[tokio::test]
async fn webhooks_are_listed_page_by_page() {
    let server = server_with_pages().await;
    for number in 0..51 {
        let payment =
            create_payment(&server, &format!("order-{number}"), "customer-7", "token").await;
        needs_attention(&server, &payment, "WAITING", "{}").await;
    }
    let operator = Operator::sign_in(&server).await;
    let html = operator.page("/admin/webhooks").await;
    assert_eq!(rows(&html), 0);
    let first = operator.page("/admin/webhooks?state=pending").await;
    assert_eq!(rows(&first), 50);
    let second = operator.page(&link_with(&first, "after=")).await;
    assert_eq!(rows(&second), 1);
    give_up_webhooks(&server, "no response in time").await;
    let html = operator.page("/admin/webhooks").await;
    assert_eq!(rows(&html), 50);
    assert_eq!(operator.get("/admin/webhooks?state=x").await.status, 400);
}

#[tokio::test]
async fn a_database_that_fails_is_told_and_counted() {
    let server = server_with_pages().await;
    let operator = Operator::sign_in(&server).await;
    server.store.close().await;
    let answer = operator.get("/admin/sessions?lang=en").await;
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("The database is not available"));
    let line = r#"pantoken_problems_total{code="STORE_UNAVAILABLE"}"#;
    assert_eq!(server.metric(line).await, "1");
}
