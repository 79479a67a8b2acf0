use pantoken_a2c::{
    AgentId, CallbackUrl, FormHost, FormRequest, FormUrl, RequestId, SignedRequest,
};

use crate::AgentSecret;

/// Creates and verifies the signed form URLs of one agent at one form host.
#[derive(Clone, Debug)]
pub struct Signer {
    host: FormHost,
    agent_id: AgentId,
    secret: AgentSecret,
}

impl Signer {
    /// Creates a signer for this agent at this host.
    #[must_use]
    pub fn new(host: FormHost, agent_id: AgentId, secret: AgentSecret) -> Self {
        Self {
            host,
            agent_id,
            secret,
        }
    }

    /// Creates a form URL for the iframe flow. Its language is Russian; use [`FormUrl::with_language`] to
    /// change it.
    #[must_use]
    pub fn iframe(&self, request_id: RequestId) -> FormUrl {
        let (host, agent_id) = (self.host.clone(), self.agent_id.clone());
        let request = FormRequest::iframe(host, agent_id, request_id);
        self.secret.sign(request).form_url()
    }

    /// Creates a form URL for the redirect flow. The provider sends the customer back to `callback_url`
    /// with the result.
    #[must_use]
    pub fn redirect(&self, request_id: RequestId, callback_url: CallbackUrl) -> FormUrl {
        let (host, agent_id) = (self.host.clone(), self.agent_id.clone());
        let request = FormRequest::redirect(host, agent_id, request_id, callback_url);
        self.secret.sign(request).form_url()
    }

    /// Returns whether the request is from this agent and was signed with its secret. Signatures are
    /// compared in constant time.
    #[must_use]
    pub fn verifies(&self, signed: &SignedRequest) -> bool {
        *signed.request().agent_id() == self.agent_id && self.secret.verifies(signed)
    }

    /// Returns the host of the form.
    #[must_use]
    pub fn host(&self) -> &FormHost {
        &self.host
    }

    /// Returns the agent's id.
    #[must_use]
    pub fn agent_id(&self) -> &AgentId {
        &self.agent_id
    }

    /// Returns the agent's secret.
    #[must_use]
    pub fn secret(&self) -> &AgentSecret {
        &self.secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::new(
            FormHost::parse("https://a2c-test.qiwi.kz").unwrap(),
            AgentId::parse("agent-01").unwrap(),
            AgentSecret::parse("22f3b3cc2ae84451").unwrap(),
        )
    }

    fn signed(url: &FormUrl) -> SignedRequest {
        SignedRequest::parse(&url.to_text()).unwrap()
    }

    fn request_id(text: &str) -> RequestId {
        RequestId::parse(text).unwrap()
    }

    #[test]
    fn the_published_redirect_vector() {
        let callback_url = CallbackUrl::parse("https://agent.site.kz").unwrap();
        let url = signer().redirect(request_id("12345678"), callback_url);
        assert_eq!(
            signed(&url).signature().as_str(),
            "bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901"
        );
        assert!(signer().verifies(&signed(&url)));
    }

    #[test]
    fn the_published_iframe_vector() {
        let url = signer().iframe(request_id("123456789"));
        assert_eq!(
            signed(&url).signature().as_str(),
            "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725"
        );
        assert!(signer().verifies(&signed(&url)));
    }

    #[test]
    fn a_signature_of_another_agent_or_secret_does_not_verify() {
        let url = signer().iframe(request_id("123456789"));
        let other_agent = Signer {
            agent_id: AgentId::parse("agent-02").unwrap(),
            ..signer()
        };
        assert!(!other_agent.verifies(&signed(&url)));
        let other_secret = Signer {
            secret: AgentSecret::parse("22f3b3cc2ae84452").unwrap(),
            ..signer()
        };
        assert!(!other_secret.verifies(&signed(&url)));
    }

    #[test]
    fn an_iframe_signature_does_not_serve_the_redirect_flow() {
        let iframe = signed(&signer().iframe(request_id("1")));
        let callback_url = CallbackUrl::parse("https://thief.kz").unwrap();
        let redirect = FormRequest::redirect(
            iframe.request().host().clone(),
            iframe.request().agent_id().clone(),
            request_id("1"),
            callback_url,
        );
        assert!(!signer().verifies(&redirect.with_signature(iframe.signature().clone())));
    }
}
