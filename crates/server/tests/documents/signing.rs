use pantoken_a2c::{AgentId, CallbackUrl, FormHost, SignedRequest};
use pantoken_a2c_signing::AgentSecret;
use pantoken_server::Signer;

use crate::program::Program;

const HOST: &str = "https://a2c-test.qiwi.kz";
const SECRET: &str = "22f3b3cc2ae84451";

fn form_url(program: &Program, request_id: &str, callback_url: Option<&str>) -> SignedRequest {
    let mut arguments = vec![HOST, "agent-01", request_id];
    arguments.extend(callback_url);
    let text = program.print(&arguments, &[("PANTOKEN_AGENT_SECRET_KEY", SECRET)]);
    let url = SignedRequest::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let signer = Signer::new(
        FormHost::parse(HOST).unwrap(),
        AgentId::parse("agent-01").unwrap(),
        AgentSecret::parse(SECRET).unwrap(),
    );
    assert!(signer.verifies(&url), "{text}");
    let callback = url.request().callback_url().map(CallbackUrl::as_str);
    assert_eq!(callback, callback_url, "{text}");
    url
}

/// Source: docs/a2c.md, "Signed form URL".
pub(crate) fn the_published_vectors(program: &Program) {
    let url = form_url(program, "12345678", Some("https://agent.site.kz"));
    assert_eq!(
        url.signature().as_str(),
        "bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901"
    );
    let url = form_url(program, "123456789", None);
    assert_eq!(
        url.signature().as_str(),
        "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725"
    );
    // Values are signed before they are percent-encoded.
    form_url(
        program,
        "9223372036854775807",
        Some("https://agent.site.kz/a~b/%D0%B6?x=1&y=a+b"),
    );
}
