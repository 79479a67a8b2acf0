//! What the hosted pages of all providers share: the HTML around their content, their style, the field for a
//! card's number, and the headers of their responses.
//!
//! Only fixed texts are inserted into the HTML. Everything else reaches a page's script as data.

pub(crate) mod acs;
mod card_texts;
pub(crate) mod language;

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

pub(crate) use self::card_texts::CardTexts;
pub(crate) use self::language::Language;

/// The frames of any page: a provider does not know the sites of its merchants.
pub(crate) const ANY_PAGE: &str = "*";
/// The longest value that is taken from a browser.
pub(crate) const MAX_TEXT: usize = 2_048;

/// A file that a page loads.
#[derive(Clone, Copy)]
pub(crate) struct Asset {
    pub(crate) path: &'static str,
    content_type: &'static str,
    text: &'static str,
}

impl Asset {
    /// The style of every page.
    pub(crate) const FORM_STYLE: Self = Self::style("/form.css", include_str!("page/form.css"));

    /// The files that every page with a card number loads.
    pub(crate) const OF_CARD_FORMS: [Self; 3] = [
        Self::FORM_STYLE,
        Self::script("/card-field.js", include_str!("page/card-field.js")),
        Self::script("/card-number.js", include_str!("page/card-number.js")),
    ];

    /// The files of the forms for payments, with [`Asset::OF_CARD_FORMS`].
    pub(crate) const OF_PAYMENT_FORMS: [Self; 4] = [
        Self::script("/card-fields.js", include_str!("page/card-fields.js")),
        Self::script("/fields.js", include_str!("page/fields.js")),
        Self::script("/ask.js", include_str!("page/ask.js")),
        Self::script("/acs.js", include_str!("page/acs.js")),
    ];

    pub(crate) const fn style(path: &'static str, text: &'static str) -> Self {
        Self {
            path,
            content_type: "text/css; charset=utf-8",
            text,
        }
    }

    pub(crate) const fn script(path: &'static str, text: &'static str) -> Self {
        Self {
            path,
            content_type: "text/javascript; charset=utf-8",
            text,
        }
    }

    /// Adds the route of the file.
    pub(crate) fn add_to<S: Clone + Send + Sync + 'static>(self, routes: Router<S>) -> Router<S> {
        let answer = ([(CONTENT_TYPE, self.content_type)], self.text);
        routes.route(self.path, get(async move || answer))
    }
}

/// A page, without the data of its script.
pub(crate) struct Shell<'a> {
    pub(crate) language: &'static str,
    /// The path of the page's files, with a slash at its end, or nothing if it is the page's own.
    pub(crate) assets: &'static str,
    pub(crate) script: &'static str,
    /// The state in which the page begins, for its style.
    pub(crate) state: &'static str,
    pub(crate) title: &'static str,
    pub(crate) sandbox: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) content: &'a str,
}

impl Shell<'_> {
    /// Returns the HTML of the page with the data for its script.
    pub(crate) fn with_data(&self, data: &impl Serialize) -> String {
        format!(
            include_str!("page/shell.html"),
            lang = self.language,
            assets = self.assets,
            script = self.script,
            state = self.state,
            title = self.title,
            sandbox = self.sandbox,
            warning = self.warning,
            content = self.content,
            data = script_text(data),
        )
    }
}

/// Returns JSON for a `script` element. Every `<` is escaped, so that no value can end the element or open a
/// comment in it.
fn script_text(data: &impl Serialize) -> String {
    match serde_json::to_string(data) {
        Ok(json) => json.replace('<', "\\u003c"),
        // Structs of texts can always be serialised.
        Err(_) => unreachable!(),
    }
}

/// Adds the files of the forms for payments, with the scripts of this provider, and the headers of all answers. A page
/// that sets a policy of its own keeps it.
pub(crate) fn with_payment_forms<S: Clone + Send + Sync + 'static>(
    pages: Router<S>,
    scripts: impl IntoIterator<Item = Asset>,
) -> Router<S> {
    let assets = Asset::OF_CARD_FORMS.into_iter();
    let assets = assets.chain(Asset::OF_PAYMENT_FORMS).chain(scripts);
    let assets = assets.fold(Router::new(), |routes, asset| asset.add_to(routes));
    pages
        .nest("/assets", assets)
        .layer(map_response(async |mut response: Response| {
            let headers = response.headers_mut();
            let own = headers.get(CONTENT_SECURITY_POLICY).cloned();
            set_headers(headers, own.unwrap_or_else(|| policy("'self'", ANY_PAGE)));
            response
        }))
}

/// Sets the headers of an answer to a browser.
pub(crate) fn set_headers(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Returns a policy that allows the sandbox's own scripts and styles alone, forms that lead to `form_action`, and
/// frames in pages of `frame_ancestors`.
pub(crate) fn policy(form_action: &str, frame_ancestors: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         form-action {form_action}; base-uri 'none'; frame-ancestors {frame_ancestors}"
    );
    match HeaderValue::try_from(policy) {
        Ok(policy) => policy,
        // Origins and keywords contain only visible ASCII characters.
        Err(_) => unreachable!(),
    }
}
