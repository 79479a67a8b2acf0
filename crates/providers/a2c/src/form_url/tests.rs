use proptest::prelude::*;

use super::*;
use crate::{AgentId, AgentIdError, LanguageError, OriginError, RequestIdError};

const SIGN: &str = "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";

fn iframe() -> FormRequest {
    FormRequest::iframe(
        FormHost::parse("https://a2c-test.qiwi.kz").unwrap(),
        AgentId::parse("agent-01").unwrap(),
        RequestId::parse("123456789").unwrap(),
    )
}

fn redirect(callback_url: &str) -> FormRequest {
    FormRequest::redirect(
        FormHost::parse("https://a2c-test.qiwi.kz").unwrap(),
        AgentId::parse("agent-01").unwrap(),
        RequestId::parse("12345678").unwrap(),
        CallbackUrl::parse(callback_url).unwrap(),
    )
}

fn signed(request: &FormRequest) -> FormUrl {
    let signature = Signature::parse(SIGN).unwrap();
    request.clone().with_signature(signature).form_url()
}

fn request(url: &FormUrl) -> FormRequest {
    let signed = SignedRequest::parse(&url.to_text()).unwrap();
    signed.request().clone()
}

#[test]
fn the_signed_string_of_the_iframe_flow_keeps_its_last_semicolon() {
    assert_eq!(iframe().signed_string(), "123456789;agent-01;");
}

#[test]
fn the_callback_url_is_signed_raw_and_encoded_in_the_query_only() {
    let request = redirect("https://agent.site.kz/a b".replace(' ', "%20").as_str());
    assert_eq!(
        request.signed_string(),
        "12345678;agent-01;https://agent.site.kz/a%20b"
    );
    assert!(
        signed(&request)
            .to_text()
            .contains("&agentCallbackUrl=https%3A%2F%2Fagent.site.kz%2Fa%2520b&")
    );
}

#[test]
fn the_language_is_not_signed() {
    let russian = iframe();
    let kazakh = iframe().with_language(Language::Kz);
    assert_eq!(russian.signed_string(), kazakh.signed_string());
    assert!(signed(&kazakh).to_text().contains("&language=kz&"));
}

#[test]
fn the_published_iframe_url_is_built_to_the_letter() {
    assert_eq!(
        signed(&iframe().with_language(Language::En)).to_text(),
        format!(
            "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=123456789&language=en&agentSign={SIGN}"
        )
    );
}

#[test]
fn the_published_redirect_url_is_read_although_its_callback_is_not_encoded() {
    let text = "https://a2c-test.qiwi.kz/form?agentId=agent-01&requestId=12345678&language=ru\
                &agentCallbackUrl=https://agent.site.kz\
                &agentSign=bc305308aa5fa30a56d69ab166a7d5613cf2ca17783d034fdc08eeba23bad901";
    let url = FormUrl::parse(text).unwrap();
    assert_eq!(url.flow(), Flow::Redirect);
    assert_eq!(url.to_text(), text);
    assert_eq!(
        request(&url).signed_string(),
        "12345678;agent-01;https://agent.site.kz"
    );
}

#[test]
fn extra_parameters_follow_the_known_ones_and_repeat_none() {
    let mode = iframe().with_parameter("mode", "iframe & events").unwrap();
    let text = signed(&mode).to_text();
    assert!(
        text.ends_with(&format!("&agentSign={SIGN}&mode=iframe%20%26%20events")),
        "{text}"
    );
    assert_eq!(request(&FormUrl::parse(&text).unwrap()), mode);
    for name in [
        "agentId",
        "requestId",
        "language",
        "agentCallbackUrl",
        "agentSign",
        "mode",
    ] {
        assert_eq!(
            mode.clone().with_parameter(name, "x"),
            Err(FormUrlError::Repeated),
            "{name}"
        );
    }
}

#[test]
fn a_language_is_put_in_its_place_or_at_the_end() {
    let start = "https://a2c.qiwi.kz/form?agentId=a&requestId=1&";
    let url = |query: &str| FormUrl::parse(&format!("{start}{query}")).unwrap();
    let kazakh = |query: &str| url(query).with_language(Language::Kz).to_text();
    assert_eq!(
        kazakh(&format!("language=en&agentSign={SIGN}")),
        format!("{start}language=kz&agentSign={SIGN}")
    );
    assert_eq!(
        kazakh(&format!("agentSign={SIGN}")),
        format!("{start}agentSign={SIGN}&language=kz")
    );
    assert_eq!(
        FormUrl::parse(&format!("{start}language=&agentSign={SIGN}")),
        Err(LanguageError.into())
    );
}

#[test]
fn extra_parameters_have_limits() {
    for name in ["", "a b", "ключ", "a%62"] {
        let refused = iframe().with_parameter(name, "x");
        assert_eq!(refused, Err(FormUrlError::Parameter), "{name}");
    }
    assert_eq!(
        iframe().with_parameter("a", &"x".repeat(257)),
        Err(FormUrlError::Parameter)
    );
    let full = (0..16).try_fold(iframe(), |request, n| {
        request.with_parameter(&format!("p{n}"), "")
    });
    assert_eq!(
        full.unwrap().with_parameter("p16", ""),
        Err(FormUrlError::Parameter)
    );
}

#[test]
fn a_missing_language_is_russian() {
    let text = format!("https://a2c.qiwi.kz/form?agentId=a&requestId=1&agentSign={SIGN}");
    assert_eq!(FormUrl::parse(&text).unwrap().language(), Language::Ru);
}

#[test]
fn each_wrong_part_is_named() {
    let url = |query: &str| FormUrl::parse(&format!("https://a2c.qiwi.kz/form?{query}"));
    let whole =
        |query: &str| SignedRequest::parse(&format!("https://a2c.qiwi.kz/form?{query}")).map(drop);
    let sign = format!("agentSign={SIGN}");
    assert_eq!(
        url(&format!("requestId=1&{sign}")),
        Err(FormUrlError::Missing("agentId"))
    );
    assert_eq!(
        url(&format!("agentId=a&{sign}")),
        Err(FormUrlError::Missing("requestId"))
    );
    assert_eq!(
        url("agentId=a&requestId=1"),
        Err(FormUrlError::Missing("agentSign"))
    );
    assert_eq!(
        whole(&format!("agentId=a;b&requestId=1&{sign}")),
        Err(AgentIdError::Character.into())
    );
    assert_eq!(
        url(&format!("agentId=a&requestId=01&{sign}")),
        Err(RequestIdError::NotDigits.into())
    );
    assert_eq!(
        url(&format!("agentId=a&requestId=1&language=kk&{sign}")),
        Err(LanguageError.into())
    );
    assert_eq!(
        url("agentId=a&requestId=1"),
        Err(FormUrlError::Missing("agentSign"))
    );
    assert!(url("agentId=a&requestId=1&agentSign=AB").is_ok());
    assert_eq!(
        whole("agentId=a&requestId=1&agentSign=AB"),
        Err(SignatureError.into())
    );
    assert_eq!(
        url(&format!("agentId=a&requestId=1&requestId=2&{sign}")),
        Err(FormUrlError::Repeated)
    );
    assert_eq!(
        whole(&format!("agentId=%zz&requestId=1&{sign}")),
        Err(FormUrlError::Encoding)
    );
    assert_eq!(
        url(&format!("agentId=a&requestId=1&{sign}#top")),
        Err(FormUrlError::Character)
    );
    assert_eq!(
        whole(&format!("agentId=a&request%49d=2&requestId=1&{sign}")),
        Err(FormUrlError::Parameter)
    );
    assert_eq!(
        url(&format!("agentId=a&requestId=%31&{sign}")),
        Err(RequestIdError::NotDigits.into())
    );
    assert_eq!(
        whole(&format!("agentId=a&requestId=1&x=1&x=2&{sign}")),
        Err(FormUrlError::Repeated)
    );
    assert_eq!(
        whole(&format!(
            "agentId=a&requestId=1&agentCallbackUrl=/back&{sign}"
        )),
        Err(FormUrlError::CallbackUrl(OriginError::Scheme.into()))
    );
    assert_eq!(
        FormUrl::parse(&"a".repeat(20_000)),
        Err(FormUrlError::Length)
    );
}

#[test]
fn a_form_url_is_https_or_loopback() {
    let url = |location: &str| {
        FormUrl::parse(&format!(
            "{location}?agentId=a&requestId=1&agentSign={SIGN}"
        ))
    };
    assert!(url("http://127.0.0.1:3020/form").is_ok());
    assert!(url("http://127.0.0.1:3020/chaos/never-ready/form").is_ok());
    let not_secure = FormHostError::Origin(OriginError::NotSecure);
    assert_eq!(
        url("http://a2c.qiwi.kz/form"),
        Err(FormUrlError::Host(not_secure))
    );
    assert_eq!(url("https://a2c.qiwi.kz/forms"), Err(FormUrlError::Shape));
    let path = Err(FormUrlError::Host(FormHostError::Path));
    for location in ["https://a2c.qiwi.kz/../form", "https://a2c.qiwi.kz//x/form"] {
        let text = url(location).unwrap().to_text();
        assert_eq!(SignedRequest::parse(&text).map(drop), path);
    }
    let host = request(&url("https://a2c.qiwi.kz//form").unwrap());
    assert_eq!(host.host().to_text(), "https://a2c.qiwi.kz");
    assert!(url("javascript:alert(1)/form").is_err());
}

#[test]
fn a_callback_url_is_absolute_and_secure_and_kept_to_the_letter() {
    let text = "https://Agent.kz/back?order=1;2&name=Әсет";
    assert_eq!(CallbackUrl::parse(text).unwrap().as_str(), text);
    assert!(CallbackUrl::parse("http://localhost:3019/v1/callback/x").is_ok());
    assert_eq!(CallbackUrl::parse("/back"), Err(OriginError::Scheme.into()));
    assert_eq!(
        CallbackUrl::parse("http://agent.kz"),
        Err(OriginError::NotSecure.into())
    );
    assert_eq!(
        CallbackUrl::parse("https://agent.kz/#x"),
        Err(CallbackUrlError::Character)
    );
    assert_eq!(
        CallbackUrl::parse("https://agent.kz/ x"),
        Err(CallbackUrlError::Character)
    );
    let long = format!("https://agent.kz/{}", "x".repeat(2048));
    assert_eq!(CallbackUrl::parse(&long), Err(CallbackUrlError::Length));
}

#[test]
fn a_form_host_loses_one_slash_at_its_end() {
    assert_eq!(
        FormHost::parse("https://a2c.qiwi.kz/").unwrap().to_text(),
        "https://a2c.qiwi.kz"
    );
    assert_eq!(
        FormHost::parse("https://a2c.qiwi.kz//"),
        Err(FormHostError::Path)
    );
    assert_eq!(
        FormHost::parse("https://a2c.qiwi.kz?x"),
        Err(FormHostError::Path)
    );
}

prop_compose! {
    fn any_request()(
        agent_id in "[^;\\p{Cc}]{1,128}",
        request_id in 1..=i64::MAX,
        language in prop::sample::select(&Language::ALL[..]),
        callback_path in prop::option::of("[a-zA-Z0-9/?&=;%+әіңғүұқөһ.-]{0,64}"),
        parameters in prop::collection::btree_map("x[a-zA-Z0-9._~-]{0,20}", ".{0,40}", 0..4),
    ) -> FormRequest {
        let host = FormHost::parse("https://a2c.qiwi.kz").unwrap();
        let agent_id = AgentId::parse(&agent_id).unwrap();
        let request_id = RequestId::from_i64(request_id).unwrap();
        let request = match callback_path {
            None => FormRequest::iframe(host, agent_id, request_id),
            Some(path) => {
                let url = CallbackUrl::parse(&format!("https://agent.kz/{path}")).unwrap();
                FormRequest::redirect(host, agent_id, request_id, url)
            }
        };
        parameters.iter().fold(request.with_language(language), |request, (name, value)| {
            request.with_parameter(name, value).unwrap()
        })
    }
}

proptest! {
    #[test]
    fn parse_undoes_build(request in any_request()) {
        let url = signed(&request);
        let read = FormUrl::parse(&url.to_text());
        prop_assert_eq!(read.as_ref(), Ok(&url));
        prop_assert_eq!(super::tests::request(&url), request);
    }
}
