//! The parameters of a list.

use axum::http::Uri;
use url::form_urlencoded;

use super::failure::Failure;

/// No value that a filter can have is longer.
const MAX_LENGTH: usize = 300;

/// The parameters of an address. A form sends a field that was left empty too, which counts as missing.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// Returns a text, without spaces around it.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        let mut pairs = self.0.iter();
        let found = pairs.find(|(found, _)| found == name);
        let text = found.map_or("", |(_, value)| value.trim());
        match text.len() {
            0 => Ok(None),
            1..=MAX_LENGTH if !text.contains('\0') => Ok(Some(text.to_owned())),
            _ => Err(Failure::BadFilter),
        }
    }

    /// Returns a value that `parse` accepts.
    pub(super) fn parsed<T, E>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Failure> {
        let text = self.text(name)?;
        let parsed = text.map(|text| parse(&text)).transpose();
        parsed.map_err(|_| Failure::BadFilter)
    }

    /// Returns whether a box is ticked.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|(found, value)| found == name && value == "1")
    }
}

/// A value to choose from.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

impl Choice {
    pub(super) fn new(name: &str, chosen: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_chosen: name == chosen,
        }
    }
}

/// Returns the address of a list with these parameters. Those without a value are left out.
pub(super) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(given)
        .finish();
    match query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_field_is_no_filter_and_a_wrong_one_is_refused() {
        let uri = "/admin/operations?state=&kind=+payin.payment+&attention=1&after=x";
        let parameters = Parameters::of(&uri.parse().unwrap());
        assert_eq!(parameters.text("state"), Ok(None));
        assert_eq!(parameters.text("customer"), Ok(None));
        assert_eq!(
            parameters.text("kind"),
            Ok(Some("payin.payment".to_owned()))
        );
        assert!(parameters.is_set("attention") && !parameters.is_set("state"));
        assert_eq!(
            parameters.parsed("after", str::parse::<i64>),
            Err(Failure::BadFilter)
        );
        let long = format!("/?state={}", "a".repeat(MAX_LENGTH + 1));
        let parameters = Parameters::of(&long.parse().unwrap());
        assert_eq!(parameters.text("state"), Err(Failure::BadFilter));
    }

    #[test]
    fn a_parameter_is_encoded() {
        let found = address("/admin/sessions", &[("customer", "a&b=c"), ("state", "")]);
        assert_eq!(found, "/admin/sessions?customer=a%26b%3Dc");
        assert_eq!(
            address("/admin/sessions", &[("state", "")]),
            "/admin/sessions"
        );
    }
}
