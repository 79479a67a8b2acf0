//! Reads what is sent to Gate, and checks it in the platform's order: JSON, fields, signature.

use pantoken_jetpay::{Body, Json, SignatureError};

use super::platform::Platform;
use super::refusal::Refusal;

/// The largest amount, in minor units.
const MAX_AMOUNT: i64 = 10_000_000_000_000;
/// The code of a field that is missing, and of one that is wrong.
const MISSING: &str = "2003";
const WRONG: &str = "2004";

/// Reads a JSON object.
pub(super) fn parse(bytes: &[u8]) -> Result<Body, Refusal> {
    Body::parse(bytes).map_err(|_| Refusal::NotJson)
}

/// Checks the signature, which covers everything.
pub(super) fn check_signature(platform: &Platform, body: &Body) -> Result<(), Refusal> {
    let signature = platform.settings().secret_key.verify(body);
    match signature {
        Ok(_) => Ok(()),
        Err(SignatureError::Missing) => Err(Refusal::NoSignature),
        Err(_) => Err(Refusal::WrongSignature),
    }
}

/// Reads fields, and remembers what is wrong with each.
pub(super) struct Fields<'a> {
    body: &'a Body,
    wrong: Vec<(&'static str, &'static str)>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(body: &'a Body) -> Self {
        let wrong = Vec::new();
        Self { body, wrong }
    }

    /// Ends the check. All that is wrong is reported at once.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        if self.wrong.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Fields(self.wrong))
        }
    }

    /// Returns a text that must be there, or an empty one.
    pub(super) fn text(&mut self, path: &'static str, max: usize) -> String {
        match self.find(path) {
            None | Some(Json::Null) => self.refuse(path, MISSING),
            Some(Json::Text(text)) if (1..=max).contains(&text.chars().count()) => {
                return text.clone();
            }
            Some(_) => self.refuse(path, WRONG),
        }
        String::new()
    }

    /// Returns a text, if it is there.
    pub(super) fn optional(&mut self, path: &'static str, max: usize) -> Option<String> {
        match self.find(path) {
            None | Some(Json::Null) => None,
            Some(_) => Some(self.text(path, max)),
        }
    }

    /// Returns the id of a payment. It has no white space at its ends.
    pub(super) fn payment_id(&mut self) -> String {
        let path = "general.payment_id";
        let id = self.text(path, 255);
        if id.trim() != id {
            self.refuse(path, "3023");
        }
        id
    }

    /// Checks the project.
    pub(super) fn project(&mut self, platform: &Platform, path: &'static str) {
        let ours = platform.settings().project_id.to_string();
        match self.find(path) {
            None | Some(Json::Null) => self.refuse(path, MISSING),
            Some(json) if json.text_or_number() == Some(&ours) => {}
            Some(_) => self.refuse(path, WRONG),
        }
    }

    /// Returns the amount in minor units.
    pub(super) fn amount(&mut self) -> i64 {
        let path = "payment.amount";
        match self.find(path) {
            None | Some(Json::Null) => self.refuse(path, MISSING),
            Some(json) => match json.integer() {
                Some(amount @ 1..=MAX_AMOUNT) => return amount,
                _ => self.refuse(path, "3024"),
            },
        }
        0
    }

    /// Checks the currency, of which the method has one.
    pub(super) fn currency(&mut self) {
        let path = "payment.currency";
        if self.text(path, 3) != "KZT" && !self.has_wrong(path) {
            self.refuse(path, WRONG);
        }
    }

    /// Returns a number from 0 to the largest, if it is there.
    pub(super) fn optional_number(&mut self, path: &'static str, max: i64) -> i64 {
        match self.find(path) {
            None | Some(Json::Null) => 0,
            Some(json) => match json.integer() {
                Some(number) if (0..=max).contains(&number) => number,
                _ => {
                    self.refuse(path, WRONG);
                    0
                }
            },
        }
    }

    /// Returns a flag. It is false if it is not there.
    pub(super) fn flag(&mut self, path: &'static str) -> bool {
        match self.find(path) {
            None | Some(Json::Null) => false,
            Some(Json::Bool(flag)) => *flag,
            Some(_) => {
                self.refuse(path, WRONG);
                false
            }
        }
    }

    pub(super) fn refuse(&mut self, path: &'static str, code: &'static str) {
        self.wrong.push((path, code));
    }

    fn has_wrong(&self, path: &str) -> bool {
        self.wrong.iter().any(|(field, _)| *field == path)
    }

    fn find(&self, path: &str) -> Option<&'a Json> {
        let mut names = path.split('.');
        let first = self.body.get(names.next()?)?;
        names.try_fold(first, |json, name| json.get(name))
    }
}
