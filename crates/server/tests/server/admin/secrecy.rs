use std::collections::BTreeSet;

use super::operator::{
    KEY, Operator, create_payment, give_up_webhooks, needs_attention, server_with_pages,
};
use super::pages::links;
use crate::support::API_KEY;

const PAN_TOKEN: &str = "pan-token-canary-1a77343a";
const PAYMENT_TOKEN: &str = "payment-token-canary-c5ba4a05";
const CARD_NUMBER: &str = "4111111111111111";
const MESSAGE: &str = "error-message-canary";

#[tokio::test]
async fn no_page_shows_a_token_a_card_number_or_a_secret() {
    let server = server_with_pages().await;
    let saved = server.iframe_session().await;
    let body = format!(r#"{{"panToken":"{PAN_TOKEN}"}}"#);
    assert_eq!(server.post_result(&saved, &body).await.status, 200);
    let failed = server.redirect_session().await;
    let body = format!(r#"{{"errorCode":"INVALID_PAN","errorMessage":"{MESSAGE}"}}"#);
    assert_eq!(server.post_result(&failed, &body).await.status, 200);
    let payment = create_payment(&server, "order-7", "customer-7", PAYMENT_TOKEN).await;
    // What a provider said, and what an older version may have stored.
    let heard = format!("status: card {CARD_NUMBER}");
    let event = format!(r#"{{"paymentToken":"{PAYMENT_TOKEN}"}}"#);
    needs_attention(&server, &payment, &heard, &event).await;
    create_payment(&server, "order-8", CARD_NUMBER, PAYMENT_TOKEN).await;
    create_payment(&server, CARD_NUMBER, "customer-9", PAYMENT_TOKEN).await;
    give_up_webhooks(&server, &format!("answered with {CARD_NUMBER}")).await;
    let pending = create_payment(&server, "order-9", "customer-9", PAYMENT_TOKEN).await;
    needs_attention(&server, &pending, "WAITING", &event).await;

    let operator = Operator::sign_in(&server).await;
    let tokens = [&saved, &failed].map(|session| session.field("resultToken"));
    let secrets = [
        PAN_TOKEN,
        PAYMENT_TOKEN,
        CARD_NUMBER,
        MESSAGE,
        KEY,
        API_KEY,
        "22f3b3cc2ae84451",
        "api-key-of-the-site",
        operator.cookie.split_once('=').unwrap().1,
        &tokens[0],
        &tokens[1],
    ];
    let (mut seen, mut open) = (BTreeSet::new(), vec!["/admin".to_owned()]);
    let mut all = String::new();
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = operator.get(&path).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.status);
        for secret in secrets {
            assert!(
                !answer.text.contains(secret),
                "{path} shows {secret}: {}",
                answer.text
            );
            let is_in_header = answer.headers.values().any(|value| {
                let value = value.to_str().unwrap_or_default();
                value.contains(secret)
            });
            assert!(!is_in_header, "{path}");
        }
        open.extend(links(&answer.text));
        all.push_str(&answer.text);
    }
    let ids =
        [&saved, &failed].map(|session| format!("/admin/sessions/{}", session.field("requestId")));
    for page in ids
        .into_iter()
        .chain((1..=4).map(|id| format!("/admin/operations/{id}")))
    {
        assert!(seen.contains(&page), "{page} was not looked at: {seen:?}");
    }
    for lang in ["lang=ru", "lang=en", "lang=kz"] {
        assert!(seen.iter().any(|page| page.contains(lang)), "{lang}");
    }
    for shown in [
        "INVALID_PAN",
        "DEADLINE",
        "10.00 RUB",
        "order-7",
        "session.saved",
    ] {
        assert!(all.contains(shown), "{shown} is not shown anywhere");
    }
}

#[tokio::test]
async fn what_others_have_chosen_is_text() {
    let server = server_with_pages().await;
    let hostile = "<img src=x onerror=alert(1)>\"'&";
    let payment = create_payment(&server, hostile, hostile, "token").await;
    needs_attention(&server, &payment, hostile, "{}").await;
    give_up_webhooks(&server, hostile).await;
    let operator = Operator::sign_in(&server).await;
    let one = format!("/admin/operations/{}", payment.id);
    let customer = "/admin/operations?customer=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E%22%27%26";
    for page in [
        "/admin",
        "/admin/operations",
        customer,
        &one,
        "/admin/webhooks",
    ] {
        let html = operator.page(page).await;
        assert!(!html.contains("<img src=x"), "{page}: {html}");
        let escaped = "&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;";
        assert!(html.contains(escaped), "{page}: {html}");
    }
}
