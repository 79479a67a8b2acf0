use pantoken_store::{DeliveryState, OperationStore, Outbox};

use super::operator::{
    Operator, create_payment, give_up_webhooks, needs_attention, server_with_pages,
};

#[tokio::test]
async fn an_operation_is_asked_about_as_the_command_line_does() {
    let server = server_with_pages().await;
    let payment = create_payment(&server, "order-7", "customer-7", "token").await;
    let operator = Operator::sign_in(&server).await;
    let page = format!("/admin/operations/{}", payment.id);
    let answer = operator.press(&page, &format!("{page}/retry")).await;
    assert_eq!(answer.status, 303);
    let next = answer.header("location").to_owned();
    assert_eq!(next, format!("{page}?retried=1"));
    let html = operator.page(&format!("{next}&lang=en")).await;
    assert!(html.contains("The provider will be asked about this operation."));
    assert!(html.contains("retried at 2025-06-01T12:00:00Z"), "{html}");

    let heard = server.store.operation_inbox(payment.id).await.unwrap();
    assert_eq!(heard[0].fact.source, "operator");
    let retried = server.store.get_operation(payment.id).await.unwrap();
    let due = retried.unwrap().progress.next_attempt_at;
    assert!(due < payment.progress.next_attempt_at, "{due:?}");
}

#[tokio::test]
async fn a_webhook_that_was_given_up_is_sent_again_once() {
    let server = server_with_pages().await;
    let payment = create_payment(&server, "order-7", "customer-7", "token").await;
    needs_attention(&server, &payment, "WAITING", "{}").await;
    give_up_webhooks(&server, "answered 500").await;
    let operator = Operator::sign_in(&server).await;
    let html = operator.page("/admin/webhooks").await;
    assert!(html.contains("answered 500") && html.contains("payin.payment.attention"));

    let (page, retry) = ("/admin/webhooks", "/admin/webhooks/1/retry");
    assert_eq!(operator.press(page, retry).await.status, 303);
    let pending = server.store.count_deliveries(DeliveryState::Pending).await;
    assert_eq!(pending.unwrap(), 1);
    let html = operator.page("/admin/webhooks?state=pending").await;
    assert!(html.contains("answered 500"), "its last answer stays");
    assert!(
        !html.contains(retry),
        "only one that was given up has a button"
    );

    let token = super::operator::form_token(&html);
    let headers = [super::operator::ORIGIN, super::operator::FORM];
    assert_eq!(operator.send(retry, &headers, &token).await.status, 409);
}

#[tokio::test]
async fn what_is_not_there_is_not_retried() {
    let server = server_with_pages().await;
    let operator = Operator::sign_in(&server).await;
    let token = super::operator::form_token(&operator.page("/admin").await);
    let headers = [super::operator::ORIGIN, super::operator::FORM];
    for (path, status) in [
        ("/admin/operations/1/retry", 404),
        ("/admin/operations/x/retry", 404),
        ("/admin/webhooks/1/retry", 409),
        ("/admin/webhooks/x/retry", 404),
    ] {
        let answer = operator.send(path, &headers, &token).await;
        assert_eq!(answer.status, status, "{path}");
    }
}
