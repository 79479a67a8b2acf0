use pantoken_server::webhooks::{WebhookSecret, sign};
use pantoken_server::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::program::Program;

const SECRET: &str = "a-webhook-secret-of-tests";

fn question(customer: &str) -> String {
    json!({"type": "jetpay.account", "projectId": 35, "customerId": customer}).to_string()
}

/// Returns what the program answers, and whether it ended with success.
fn answer(program: &Program, header: &str, body: &str) -> (String, bool) {
    let variables = [("PANTOKEN_WEBHOOK_SECRET", SECRET)];
    let output = program.run(&[header], &variables, body);
    let said = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    (said, output.status.success())
}

pub(crate) fn an_account_is_told_to_whoever_may_ask(program: &Program) {
    let secret = WebhookSecret::parse(SECRET).unwrap();
    let now = SystemClock::new().now() / 1000;
    let header = |body: &str| sign(&secret, now, body.as_bytes());
    for (customer, expected) in [
        ("customer-7", json!({"exists": true, "currency": "KZT"})),
        ("customer-8", json!({"exists": false})),
        ("Әсел \"7\"", json!({"exists": false})),
    ] {
        let body = question(customer);
        let (said, is_success) = answer(program, &header(&body), &body);
        assert!(is_success, "{said}");
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said, expected, "{customer}");
    }
    let other = header(&question("customer-8"));
    let refused = answer(program, &other, &question("customer-7"));
    assert_eq!(refused, ("refused".to_owned(), false));
    let old = sign(&secret, now - 3600, question("customer-7").as_bytes());
    let refused = answer(program, &old, &question("customer-7"));
    assert_eq!(refused, ("refused".to_owned(), false));
}
