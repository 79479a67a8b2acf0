use pantoken_server::webhooks::{WebhookSecret, sign};
use pantoken_server::{Clock, SystemClock};

use crate::RECEIVER;
use crate::program::{Program, code};

const SECRET: &str = "a-webhook-secret-of-tests";
const BODY: &str = r#"{"id":"1-1","type":"session.saved","customer":"жаңа\nor \"old\""}"#;

/// Returns whether the program accepts the body with this header. The secrets are separated by commas.
fn accepts(program: &Program, header: &str, body: &str, secrets: &str) -> bool {
    let variables = [("PANTOKEN_WEBHOOK_SECRET", secrets), (RECEIVER, "1")];
    let output = program.run(&[header], &variables, body);
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    match (said.as_str(), output.status.code()) {
        ("believed", Some(0)) => true,
        ("refused", Some(1)) => false,
        other => panic!("{other:?}: {errors}"),
    }
}

pub(crate) fn a_webhook_is_accepted_only_with_its_signature(program: &Program) {
    let secret = WebhookSecret::parse(SECRET).unwrap();
    let header = |seconds| sign(&secret, seconds, BODY.as_bytes());
    let now = SystemClock::new().now() / 1000;
    let good = header(now);
    assert!(accepts(program, &good, BODY, SECRET));
    assert!(accepts(
        program,
        &good,
        BODY,
        &format!("the-secret-before-it,{SECRET}")
    ));
    assert!(!accepts(program, &good, BODY, "the-secret-of-another"));
    // While the secret is being changed, there are two signatures.
    let new = WebhookSecret::parse("the-secret-after-it").unwrap();
    let (_, signature) = good.split_once(',').unwrap();
    let both = format!("{},{signature}", sign(&new, now, BODY.as_bytes()));
    for secret in [SECRET, "the-secret-after-it"] {
        assert!(accepts(program, &both, BODY, secret), "{secret}");
    }
    assert!(!accepts(program, &both, BODY, "the-secret-of-another"));
    assert!(!accepts(
        program,
        &good,
        &BODY.replace("1-1", "1-2"),
        SECRET
    ));
    let other_time = good.replace(&now.to_string(), &(now - 1).to_string());
    assert!(!accepts(program, &other_time, BODY, SECRET));
    assert!(!accepts(program, &header(now - 3600), BODY, SECRET));
    for malformed in ["x", "t=,v1=", "t=1", &good.replace("v1", "v0")] {
        assert!(!accepts(program, malformed, BODY, SECRET), "{malformed}");
    }
}

/// The program of the document is a module of this one.
pub(crate) fn the_program_in_rust_accepts_a_webhook_only_with_its_signature() {
    let module = include_str!("receiver.rs").replace("pub(crate) fn main", "fn main");
    assert_eq!(code("webhooks", "rust"), module);
    let program = Program::compiled(&std::env::current_exe().unwrap());
    a_webhook_is_accepted_only_with_its_signature(&program);
}
