//! Signs a form URL and does nothing else, for agents who store sessions and make request ids themselves.
//!
//! ```sh
//! PANTOKEN_AGENT_SECRET_KEY=22f3b3cc2ae84451 \
//!   cargo run -p pantoken-server --example signer_only -- 123456789
//! ```

use std::error::Error;

use pantoken_a2c::{AgentId, FormHost, Language, RequestId};
use pantoken_a2c_signing::AgentSecret;
use pantoken_server::Signer;

fn main() -> Result<(), Box<dyn Error>> {
    let request_id = std::env::args()
        .nth(1)
        .ok_or("pass a request id as the argument")?;
    let secret = std::env::var("PANTOKEN_AGENT_SECRET_KEY")?;
    println!("{}", form_url(&secret, &request_id)?);
    Ok(())
}

fn form_url(secret: &str, request_id: &str) -> Result<String, Box<dyn Error>> {
    let signer = Signer::new(
        FormHost::parse("https://a2c-test.qiwi.kz")?,
        AgentId::parse("agent-01")?,
        AgentSecret::parse(secret)?,
    );
    let url = signer.iframe(RequestId::parse(request_id)?);
    Ok(url.with_language(Language::En).to_text())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Source: docs/a2c.md, "Signed form URL".
    #[test]
    fn the_published_iframe_vector() {
        assert_eq!(
            form_url("22f3b3cc2ae84451", "123456789").unwrap(),
            "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&language=en\
             &agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725"
        );
    }
}
