//! `pantoken doctor --origin URL`: would a page there be able to show the form and to call the server?

use std::convert::identity;
use std::time::Duration;

use pantoken_a2c::Origin;
use pantoken_core::{Clock, SystemRandom};
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{Client, Method, Response};
use url::Url;

use super::checks::Finding::{self, Error, Ok as Fine, Warning};
use super::policy::Policy;
use crate::a2c::request_id::new_request_id;
use crate::http::client;
use crate::settings::Settings;

const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of a page is read. A `<meta>` with a policy is near its start.
const MAX_PAGE: usize = 256 * 1024;

/// The page that is checked, and what it needs.
struct Page<'a> {
    url: Url,
    origin: String,
    server: Url,
    form: Url,
    settings: &'a Settings,
    client: Client,
}

/// Parses the address of a page.
pub(crate) fn page_url(text: &str) -> Result<Url, String> {
    let rule = "must be the address of a page, such as https://shop.kz or https://shop.kz/payout";
    let url = Url::parse(text).map_err(|_| rule.to_owned())?;
    let origin = url.origin().ascii_serialization();
    match Origin::parse(&origin) {
        Ok(_) => Ok(url),
        Err(error) => Err(format!("{rule}: {error}")),
    }
}

/// Runs all checks of a page, and reports each finding.
pub(crate) async fn check(
    settings: &Settings,
    url: &Url,
    clock: &dyn Clock,
    report: &mut dyn FnMut(Finding),
) {
    let Some(signer) = &settings.signer else {
        return report(Error(
            "a page shows the form of a2c, which is not configured".to_owned(),
        ));
    };
    let shard = settings.api.request_id_shard;
    let request_id = new_request_id(clock.now(), &SystemRandom, shard);
    let form = request_id.map(|id| signer.iframe(id));
    let form = form.ok().and_then(|form| Url::parse(&form.to_text()).ok());
    let server = Url::parse(settings.api.public_url.as_str()).ok();
    let Some((server, form)) = server.zip(form) else {
        return report(Error("no form URL can be signed".to_owned()));
    };
    // One client for all three, which needs certificates if one of them does.
    let is_https = |url: &&Url| url.scheme() == "https";
    let strictest = [&server, &form].into_iter().find(is_https).unwrap_or(url);
    let client = settings
        .outgoing
        .client(strictest, RESPONSE_TIMEOUT, identity);
    let client = match client {
        Ok(client) => client,
        Err(error) => return report(Error(error.to_string())),
    };
    let page = Page {
        origin: url.origin().ascii_serialization(),
        url: url.clone(),
        server,
        form,
        settings,
        client,
    };
    page.check_settings().into_iter().for_each(&mut *report);
    report(page.check_server().await);
    report(page.check_form().await);
    page.check_page().await.into_iter().for_each(report);
}

impl Page<'_> {
    /// Checks what the settings say about the page.
    fn check_settings(&self) -> Vec<Finding> {
        let (api, origin) = (&self.settings.api, &self.origin);
        let is_listed = api.allowed_origins.iter().any(|it| it.as_str() == origin);
        // A page on the server's own origin reports without asking, but creates sessions like any other.
        let is_own = self.url.origin() == self.server.origin();
        let mut findings = vec![match (is_listed, is_own && !api.public_sessions) {
            (true, _) => Fine(format!("PANTOKEN_ALLOWED_ORIGINS: it lists {origin}")),
            (false, true) => Fine(format!(
                "PANTOKEN_ALLOWED_ORIGINS: {origin} is the server's own"
            )),
            (false, false) => Error(format!(
                "PANTOKEN_ALLOWED_ORIGINS: the browser may not call the server from {origin}; add it: \
                 PANTOKEN_ALLOWED_ORIGINS={}",
                self.longer_list()
            )),
        }];
        findings.push(match api.public_sessions {
            true => Fine("PANTOKEN_PUBLIC_SESSIONS: the page may create sessions".to_owned()),
            false => Warning(
                "PANTOKEN_PUBLIC_SESSIONS: off, so `session-url` is refused with API_KEY_REQUIRED; give the \
                 page a session from your back end (attribute `session`), or set PANTOKEN_PUBLIC_SESSIONS=true"
                    .to_owned(),
            ),
        });
        findings.push(self.check_return_url());
        findings
    }

    /// Returns the list of allowed origins with this one.
    fn longer_list(&self) -> String {
        let listed = self.settings.api.allowed_origins.iter();
        let mut list: Vec<_> = listed.map(ToString::to_string).collect();
        list.push(self.origin.clone());
        list.join(",")
    }

    fn check_return_url(&self) -> Finding {
        let mut page = self.url.clone();
        page.set_query(None);
        page.set_fragment(None);
        match self.settings.api.return_urls.allow(page.as_str()) {
            Ok(_) => Fine("PANTOKEN_RETURN_URLS: the redirect flow may lead back to it".to_owned()),
            Err(_) => Warning(format!(
                "PANTOKEN_RETURN_URLS: the redirect flow may not lead back to it; if you use that flow, add \
                 {page}"
            )),
        }
    }

    /// Asks the running server as a browser would before it reports a result.
    async fn check_server(&self) -> Finding {
        let server = self.settings.api.public_url.as_str();
        let request = self
            .client
            .request(Method::OPTIONS, format!("{server}/v1/sessions"))
            .header(header::ORIGIN, &self.origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type");
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                return Warning(format!(
                    "server: {server} does not respond to this machine ({}), so only its settings were \
                     checked",
                    client::reason(error)
                ));
            }
        };
        let allowed = text(answer.headers(), &header::ACCESS_CONTROL_ALLOW_ORIGIN);
        if allowed == Some(self.origin.as_str()) {
            return Fine(format!(
                "server: {server} allows calls from {}",
                self.origin
            ));
        }
        if self.url.origin() == self.server.origin() {
            return Fine(format!(
                "server: {server} responds, on the page's own origin"
            ));
        }
        let is_set = self.settings.api.allowed_origins.iter();
        let advice = match is_set.into_iter().any(|it| it.as_str() == self.origin) {
            true => {
                "restart it with these settings; if you have, a proxy in front of it removes or changes \
                 Access-Control-Allow-Origin"
            }
            false => "it needs PANTOKEN_ALLOWED_ORIGINS, as above",
        };
        Error(format!(
            "server: {server} does not allow calls from {}: {advice}",
            self.origin
        ))
    }

    /// Asks the form host for a form, as a frame in the page would.
    async fn check_form(&self) -> Finding {
        let host = self.form.origin().ascii_serialization();
        let request = self.client.get(self.form.clone());
        let referrer = format!("{}/", self.origin);
        let answer = match request.header(header::REFERER, referrer).send().await {
            Ok(answer) => answer,
            Err(error) => {
                return Warning(format!(
                    "form: {host} does not respond to this machine ({}), so it is not known whether it shows \
                     the form in a page on {}",
                    client::reason(error),
                    self.origin
                ));
            }
        };
        match self.refuses_frames(answer.headers()) {
            None => Fine(format!(
                "form: {host} shows the form in a page on {}",
                self.origin
            )),
            Some(reason) => Error(format!(
                "form: {host} shows no form in a page on {} ({reason}): ask the provider to register this host \
                 for your agent id. The test agent agent-01 has http://localhost:3019 registered, and \
                 `pantoken-sandbox --registered-host {}` registers it in the sandbox",
                self.origin, self.origin
            )),
        }
    }

    /// Returns the header that forbids the form in a frame of the page.
    fn refuses_frames(&self, headers: &HeaderMap) -> Option<String> {
        let ancestors = policies(headers);
        let mut ancestors = ancestors
            .iter()
            .filter_map(|policy| policy.sources(&["frame-ancestors"]))
            .peekable();
        if ancestors.peek().is_some() {
            // X-Frame-Options does not count beside it.
            let refused = ancestors.any(|sources| !sources.allow(&self.url, &self.form));
            return refused.then(|| "frame-ancestors does not list it".to_owned());
        }
        let option = text(headers, &header::X_FRAME_OPTIONS)?.to_ascii_uppercase();
        let is_own = self.url.origin() == self.form.origin();
        (option == "DENY" || (option == "SAMEORIGIN" && !is_own))
            .then(|| format!("X-Frame-Options: {option}"))
    }

    /// Reads the page, and checks its own policies.
    async fn check_page(&self) -> Vec<Finding> {
        let url = &self.url;
        let mut answer = match self.client.get(url.clone()).send().await {
            Ok(answer) => answer,
            Err(error) => {
                let reason = client::reason(error);
                return vec![Warning(format!(
                    "page: {url} does not respond to this machine ({reason}), so its \
                     Content-Security-Policy was not checked"
                ))];
            }
        };
        if answer.status().is_redirection() {
            let to = text(answer.headers(), &header::LOCATION).unwrap_or("another address");
            return vec![Warning(format!(
                "page: {url} redirects to {to}: check that address, with its own host"
            ))];
        }
        let mut policies = policies(answer.headers());
        let isolation = HeaderName::from_static("cross-origin-embedder-policy");
        let isolated = text(answer.headers(), &isolation).map(str::to_owned);
        policies.extend(policies_in_page(&read_start(&mut answer).await));
        let mut findings: Vec<_> = policies.iter().flat_map(|it| self.refusals(it)).collect();
        if findings.is_empty() {
            findings.push(Fine(match policies.is_empty() {
                true => {
                    "page: it has no Content-Security-Policy, so nothing of the form is blocked"
                        .into()
                }
                false => "page: its Content-Security-Policy allows the form and the server".into(),
            }));
        }
        if isolated
            .is_some_and(|it| it.starts_with("require-corp") || it.starts_with("credentialless"))
        {
            findings.push(Warning(
                "page: it is isolated (Cross-Origin-Embedder-Policy), and the provider's form does not load \
                 in isolated pages; use the redirect flow, or a page that is not isolated"
                    .to_owned(),
            ));
        }
        findings
    }

    /// Returns what one policy of the page forbids.
    fn refusals(&self, policy: &Policy) -> Vec<Finding> {
        let mut refusals = Vec::new();
        let mut refuse = |directive: &str, missing: &str| {
            refusals.push(Error(format!(
                "page: its Content-Security-Policy forbids the form: add {missing} to {directive}"
            )));
        };
        let frames = policy.sources(&["frame-src", "child-src", "default-src"]);
        if frames.is_some_and(|sources| !sources.allow(&self.form, &self.url)) {
            refuse("frame-src", &self.form.origin().ascii_serialization());
        }
        let calls = policy.sources(&["connect-src", "default-src"]);
        if calls.is_some_and(|sources| !sources.allow(&self.server, &self.url)) {
            refuse("connect-src", &self.server.origin().ascii_serialization());
        }
        let scripts = policy.sources(&["script-src", "default-src"]);
        if let Some(scripts) = scripts {
            if !scripts.have("'wasm-unsafe-eval'") && !scripts.have("'unsafe-eval'") {
                refuse("script-src", "'wasm-unsafe-eval'");
            }
            let is_listed = scripts.allow(&self.server, &self.url) || scripts.have("'self'");
            if !is_listed && !scripts.have_nonce_or_hash() && !scripts.have("'strict-dynamic'") {
                refuse(
                    "script-src",
                    &format!(
                        "'self', or {} if the element comes from there",
                        self.server.origin().ascii_serialization()
                    ),
                );
            }
        }
        refusals
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn policies(headers: &HeaderMap) -> Vec<Policy> {
    let values = headers.get_all(header::CONTENT_SECURITY_POLICY).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.flat_map(Policy::parse_all).collect()
}

/// Reads the start of the page as text.
async fn read_start(answer: &mut Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_PAGE {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the policies in `<meta http-equiv="Content-Security-Policy" content="…">`.
fn policies_in_page(html: &str) -> Vec<Policy> {
    let mut policies = Vec::new();
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let lower = tag.to_ascii_lowercase();
        if lower.starts_with("meta") && lower.contains("content-security-policy") {
            let content = attribute(tag, &lower, "content=");
            policies.extend(content.into_iter().flat_map(Policy::parse_all));
        }
    }
    policies
}

/// Returns the quoted value after `name`, which stands at the start of an attribute.
fn attribute<'a>(tag: &'a str, lower: &str, name: &str) -> Option<&'a str> {
    let place = lower
        .match_indices(name)
        .find(|(place, _)| tag[..*place].ends_with(char::is_whitespace));
    let (place, _) = place?;
    let rest = &tag[place + name.len()..];
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    rest[1..].split(quote).next()
}
