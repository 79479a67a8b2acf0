use axum::Router;
use axum::http::StatusCode;
use pantoken_a2c::{AgentId, FormHost, Language, RequestId};
use pantoken_a2c_signing::Signer;
use pantoken_sandbox::a2c::{Settings, router};
use serde_json::{Value, json};

use crate::support::{
    FixedRandom, ORIGIN, Reply, get, iframe_url, page_data, path, redirect_url, sandbox, settings,
};

const ATTACK: &str = "%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22%27--%3E";

fn assert_refused(reply: &Reply, code: &str, why: &str) {
    assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{why}");
    let shown = format!("<code data-code=\"{code}\">{code}</code>");
    assert!(reply.body.contains(&shown), "{why}: {}", reply.body);
    let data = page_data(&reply.body);
    assert_eq!(data["refusal"]["errorCode"], code, "{why}");
    assert_eq!(data["request"], Value::Null, "{why}");
    assert!(!reply.body.contains("card-number\""), "{why}");
}

#[tokio::test]
async fn shows_the_form_for_a_signed_url() {
    let form_url = iframe_url("123456789");
    let reply = get(&sandbox(), &path(&form_url)).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["content-type"], "text/html; charset=utf-8");
    for part in [
        "data-state=\"waiting\"",
        "id=\"card-number\"",
        "inputmode=\"numeric\"",
        "autocomplete=\"cc-number\"",
        "<button id=\"save\" type=\"submit\" disabled>",
    ] {
        assert!(reply.body.contains(part), "{part}");
    }
    let data = page_data(&reply.body);
    assert_eq!(
        data["request"],
        json!({
            "agentId": "agent-01",
            "requestId": "123456789",
            "agentSign": "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725",
        })
    );
    assert_eq!(data["registeredHosts"], json!(["http://localhost:3019"]));
    assert_eq!(data["refusal"], Value::Null);
}

#[tokio::test]
async fn passes_the_callback_url_unchanged_in_the_redirect_flow() {
    let callback_url = "https://agent.site.kz/төлем?a=1&b=%20";
    let reply = get(&sandbox(), &path(&redirect_url("12345678", callback_url))).await;
    let data = page_data(&reply.body);
    assert_eq!(data["request"]["agentCallbackUrl"], callback_url);
}

#[tokio::test]
async fn says_in_each_language_that_it_is_a_sandbox() {
    let sandbox = sandbox();
    for (language, lang, sandbox_text, warning) in [
        (
            Language::Ru,
            "ru",
            "Песочница",
            "Не вводите настоящую карту",
        ),
        (Language::En, "en", "Sandbox", "Do not enter a real card"),
        (
            Language::Kz,
            "kk",
            "Сынақ ортасы",
            "Нағыз картаны енгізбеңіз",
        ),
    ] {
        let accepted = path(&iframe_url("1").with_language(language));
        let refused = accepted.replace("agentId=agent-01", "agentId=");
        for (path, status) in [
            (accepted, StatusCode::OK),
            (refused, StatusCode::BAD_REQUEST),
        ] {
            let reply = get(&sandbox, &path).await;
            assert_eq!(reply.status, status);
            for part in [&format!("<html lang=\"{lang}\">"), sandbox_text, warning] {
                assert!(reply.body.contains(part), "{lang}: {part}");
            }
        }
    }
}

#[tokio::test]
async fn refuses_a_form_url_with_the_code_for_what_is_wrong() {
    let sandbox = sandbox();
    let good = path(&redirect_url("12345678", "https://agent.site.kz"));
    let sign = good.split_once("agentSign=").unwrap().1;
    let malformed = "PARSE_REQUEST_ERROR";
    let table = [
        ("agentId=agent-01", "agentId=agent-02", "AGENT_NOT_FOUND"),
        (
            "requestId=12345678",
            "requestId=12345679",
            "AGENT_SIGN_INVALID",
        ),
        (sign, &"0".repeat(64), "AGENT_SIGN_INVALID"),
        (sign, &sign.to_uppercase(), "AGENT_SIGN_INVALID"),
        (sign, "", "AGENT_SIGN_INVALID"),
        (
            "&agentCallbackUrl=https%3A%2F%2Fagent.site.kz",
            "",
            "AGENT_SIGN_INVALID",
        ),
        ("agent.site.kz", "thief.site.kz", "AGENT_SIGN_INVALID"),
        ("https%3A%2F%2Fagent", "javascript%3Aalert", malformed),
        ("&agentSign=", "&other=", malformed),
        ("agentId=agent-01&", "", malformed),
        ("agentId=agent-01", "agentId=agent%3B01", malformed),
        ("requestId=12345678", "requestId=", malformed),
        ("requestId=12345678", "requestId=012345678", malformed),
        ("requestId=12345678", "requestId=1&requestId=1", malformed),
        ("language=ru", "language=de", malformed),
        ("language=ru", "language=%FF", malformed),
        ("language=ru", &format!("x={}", "a".repeat(257)), malformed),
        (
            "language=ru",
            &format!("x={}", "a".repeat(17_000)),
            malformed,
        ),
        (&good["/form".len()..], "", malformed),
    ];
    assert_eq!(get(&sandbox, &good).await.status, StatusCode::OK);
    for (part, other, code) in table {
        let changed = good.replacen(part, other, 1);
        assert_ne!(changed, good);
        assert_refused(&get(&sandbox, &changed).await, code, &changed);
    }
}

#[tokio::test]
async fn nothing_in_the_query_of_a_refused_url_reaches_the_page() {
    let sandbox = sandbox();
    let good = path(&redirect_url("12345678", "https://agent.site.kz"));
    let names = [
        "agentId",
        "requestId",
        "language",
        "agentCallbackUrl",
        "agentSign",
    ];
    for name in names {
        let (before, rest) = good.split_once(&format!("{name}=")).unwrap();
        let after = rest.split_once('&').map_or("", |(_, after)| after);
        let reply = get(&sandbox, &format!("{before}{name}={ATTACK}&{after}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(!reply.body.contains("onerror"), "{name}: {}", reply.body);
        assert!(
            !reply.body.contains("agent.site.kz"),
            "{name}: {}",
            reply.body
        );
    }
    for (name, status) in [("x", StatusCode::OK), (ATTACK, StatusCode::BAD_REQUEST)] {
        let reply = get(&sandbox, &format!("{good}&{name}={ATTACK}")).await;
        assert_eq!(reply.status, status, "{name}");
        assert!(!reply.body.contains("onerror"), "{}", reply.body);
    }
}

#[tokio::test]
async fn a_signed_value_cannot_leave_the_page_data() {
    let attack = "</script><!--<script>alert(1)</script>\"'\u{2028}&amp;";
    let callback_url = format!("https://agent.site.kz/{}", attack.replace('\u{2028}', ""));
    let agent_id = AgentId::parse(&attack.replace(';', "")).unwrap();
    let settings = Settings {
        agent_id: agent_id.clone(),
        ..settings()
    };
    let signer = Signer::new(
        FormHost::parse(ORIGIN).unwrap(),
        agent_id.clone(),
        settings.secret.clone(),
    );
    let form_url = signer.redirect(RequestId::parse("1").unwrap(), callback(&callback_url));
    let reply = get(&router(settings, FixedRandom), &path(&form_url)).await;
    assert_eq!(reply.status, StatusCode::OK);
    let data = page_data(&reply.body);
    assert_eq!(data["request"]["agentCallbackUrl"], callback_url);
    assert_eq!(data["request"]["agentId"], agent_id.as_str());
    let harmless = get(&sandbox(), &path(&iframe_url("1"))).await.body;
    assert_eq!(
        reply.body.matches('<').count(),
        harmless.matches('<').count()
    );
}

fn callback(text: &str) -> pantoken_a2c::CallbackUrl {
    pantoken_a2c::CallbackUrl::parse(text).unwrap()
}

#[tokio::test]
async fn works_below_a_prefix() {
    let sandbox = Router::new().nest("/some/prefix", sandbox());
    let page = get(&sandbox, &format!("/some/prefix{}", path(&iframe_url("1")))).await;
    assert_eq!(page.status, StatusCode::OK);
    for (before, content_type) in [
        (
            "<link rel=\"stylesheet\" href=\"",
            "text/css; charset=utf-8",
        ),
        (
            "<script type=\"module\" src=\"",
            "text/javascript; charset=utf-8",
        ),
    ] {
        let (_, rest) = page.body.split_once(before).unwrap();
        let (name, _) = rest.split_once('"').unwrap();
        let asset = get(&sandbox, &format!("/some/prefix/{name}")).await;
        assert_eq!(asset.status, StatusCode::OK, "{name}");
        assert_eq!(asset.headers["content-type"], content_type, "{name}");
    }
}

#[tokio::test]
async fn every_script_that_a_script_imports_is_beside_it() {
    let sandbox = sandbox();
    let mut names = vec!["form.js".to_owned()];
    let mut seen = 0;
    while let Some(name) = names.get(seen).cloned() {
        let script = get(&sandbox, &format!("/{name}")).await;
        assert_eq!(script.status, StatusCode::OK, "{name}");
        for (_, rest) in script
            .body
            .match_indices(" from './")
            .map(|(at, found)| script.body.split_at(at + found.len()))
        {
            let imported = rest.split_once('\'').unwrap().0.to_owned();
            if !names.contains(&imported) {
                names.push(imported);
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 4, "{names:?}");
}
