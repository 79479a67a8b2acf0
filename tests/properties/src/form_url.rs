use std::sync::LazyLock;

use pantoken_a2c::{FormUrl, Language, SignedRequest};
use pantoken_a2c_signing::AgentSecret;

/// The secret of the test agent. Source: docs/a2c.md, "Signed form URL".
static SECRET: LazyLock<AgentSecret> =
    LazyLock::new(|| AgentSecret::parse("22f3b3cc2ae84451").unwrap());

/// Checks that a form URL of any text is read or refused. If a server reads it, a page reads it too and
/// with the same result. If it is signed with the test secret, it verifies and is read as it was built.
/// If a signed byte is changed, it never verifies.
pub fn form_url(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let page = FormUrl::parse(&text);
    let Ok(read) = SignedRequest::parse(&text) else {
        return;
    };
    is_read_alike(&page.unwrap(), &read);
    let ours = SECRET.sign(read.request().clone());
    assert_eq!(SECRET.verifies(&read), is_same(&read, &ours));
    assert!(SECRET.verifies(&ours));
    let text = ours.form_url().to_text();
    assert_eq!(FormUrl::parse(&text), Ok(ours.form_url()));
    assert_eq!(SignedRequest::parse(&text).as_ref(), Ok(&ours));
    no_changed_byte_verifies(&text, &ours);
}

fn is_read_alike(page: &FormUrl, server: &SignedRequest) {
    let request = server.request();
    assert_eq!(page.origin(), request.host().origin());
    assert_eq!(page.request_id(), request.request_id());
    assert_eq!(page.language(), request.language());
    assert_eq!(page.flow(), request.flow());
    for language in Language::ALL {
        let text = page.text_in(language);
        let translated = SignedRequest::parse(&text).unwrap();
        assert_eq!(translated.request().language(), language);
        assert!(is_same(&translated, server));
    }
}

/// Returns whether the signatures and the signed strings are the same.
fn is_same(one: &SignedRequest, other: &SignedRequest) -> bool {
    one.signature() == other.signature()
        && one.request().signed_string() == other.request().signed_string()
}

/// Changes the character at every position: to another letter or digit, and to the other case.
fn no_changed_byte_verifies(text: &str, ours: &SignedRequest) {
    for at in 0..text.len() {
        for bit in [0x01, 0x20] {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= bit;
            let changed = String::from_utf8(bytes).unwrap();
            if let Ok(changed) = SignedRequest::parse(&changed) {
                assert_eq!(SECRET.verifies(&changed), is_same(&changed, ours));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_form_url_verifies_as_it_was_built_and_never_with_a_changed_byte() {
        crate::corpus::try_all("form_url", super::form_url, 2_000);
    }
}
