//! The provider's error codes: what they mean, whose fault they are, and whether to repeat.
//! Source: docs/qiwi-pay.md, "Errors".

use std::fmt;

use crate::json::FromText;

/// A number of the provider for an error, or 0 for success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(u32);

/// Who can remove the cause of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Your code: the request or its order is wrong.
    Merchant,
    /// Your contract with the provider, or your site's setup there.
    Contract,
    /// The payer, or the payer's card.
    Payer,
    /// The bank that issued the card.
    Issuer,
    /// The card network.
    CardNetwork,
    /// The provider or its acquirers.
    Provider,
    /// The security service that stops fraud.
    Security,
    /// The network between you and the provider, or something in it that answers in the provider's place.
    Network,
    /// Nobody can tell from the answer.
    Unknown,
}

/// Whether a repetition makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// No repetition succeeds unless something is changed.
    No,
    /// The card network or the provider forbids it for good.
    Never,
    /// The same request, after some time.
    Later,
    /// The status has to be asked for first.
    AfterStatus,
    /// The payer tries again, or takes another card.
    ByPayer,
}

use Fault::{CardNetwork, Contract, Issuer, Merchant, Payer, Provider, Security, Unknown};
use Repeat::{AfterStatus, ByPayer, Later, Never, No};

/// Each published code, its meaning, whose fault it is, and whether to repeat.
const CODES: [(u32, &str, Fault, Repeat); 45] = [
    (
        8001,
        "technical error of the acquirer",
        Provider,
        AfterStatus,
    ),
    (8002, "the operation is not supported", Contract, No),
    (8004, "the provider is busy", Provider, Later),
    (8005, "there is no route for the payment", Contract, No),
    (8006, "the card is not supported", Payer, ByPayer),
    (8008, "the receiver's data is wrong", Merchant, No),
    (8018, "the request cannot be parsed", Merchant, No),
    (8019, "a field of the request is wrong", Merchant, No),
    (
        8020,
        "the amount is above the rest of the transaction",
        Merchant,
        No,
    ),
    (8021, "the site is not known", Contract, No),
    (8022, "the transaction is not known", Merchant, No),
    (8023, "3-D Secure was not finished in time", Payer, ByPayer),
    (
        8025,
        "the operation is not allowed for the site",
        Contract,
        No,
    ),
    (
        8026,
        "the transaction's state does not allow it",
        Merchant,
        AfterStatus,
    ),
    (
        8027,
        "the transaction's type does not allow it",
        Merchant,
        AfterStatus,
    ),
    (8028, "the card has expired", Payer, ByPayer),
    (8051, "the merchant is not activated", Contract, No),
    (
        8052,
        "the transaction is in a state that does not allow it",
        Merchant,
        AfterStatus,
    ),
    (8054, "the signature is wrong", Merchant, No),
    (8055, "the order is paid already", Merchant, AfterStatus),
    (
        8056,
        "the order or the card is being processed",
        Merchant,
        AfterStatus,
    ),
    (
        8057,
        "the card is locked by another payment",
        Merchant,
        Later,
    ),
    (8058, "access is denied", Contract, No),
    (8059, "the currency is not allowed", Contract, No),
    (8060, "the payout is above what is allowed", Merchant, No),
    (
        8061,
        "the payout's currency differs from the payment's",
        Merchant,
        No,
    ),
    (8062, "the provider is busy", Provider, Later),
    (
        8069,
        "the number of test payments is exceeded",
        Merchant,
        No,
    ),
    (
        8070,
        "the amount of test payments is exceeded",
        Merchant,
        No,
    ),
    (8151, "3-D Secure failed", Payer, ByPayer),
    (8152, "the security service refused", Security, No),
    (
        8153,
        "the card network forbids a repetition",
        CardNetwork,
        Never,
    ),
    (
        8154,
        "the card network asks for a later attempt",
        CardNetwork,
        Later,
    ),
    (8160, "the issuer declined", Issuer, ByPayer),
    (8161, "the issuer declined", Issuer, ByPayer),
    (8162, "the issuer declined", Issuer, ByPayer),
    (8163, "declined; ask the provider's support", Issuer, No),
    (8164, "a limit of the issuer is exceeded", Issuer, ByPayer),
    (8165, "the payment's data is wrong", Payer, ByPayer),
    (8166, "the card's data is wrong", Payer, ByPayer),
    (8167, "the card's data is wrong", Payer, ByPayer),
    (8168, "the issuer forbids the payment", Issuer, ByPayer),
    (8169, "a limit of the issuer is exceeded", Issuer, ByPayer),
    (8170, "the code from the message is wrong", Payer, ByPayer),
    (
        8171,
        "a repetition with this card is forbidden",
        CardNetwork,
        Never,
    ),
];

impl ErrorCode {
    /// No error.
    pub const NONE: Self = Self(0);
    /// The acquirer had a technical error.
    pub const ACQUIRER: Self = Self(8001);
    /// A field of the request is wrong: [`crate::ApiError::fields`] says which.
    pub const VALIDATION: Self = Self(8019);
    /// The amount is above the rest.
    pub const ABOVE_REST: Self = Self(8020);
    /// The transaction is not known.
    pub const UNKNOWN_TRANSACTION: Self = Self(8022);
    /// The signature is wrong.
    pub const SIGNATURE: Self = Self(8054);
    /// The order is paid already.
    pub const ALREADY_PAID: Self = Self(8055);

    /// Takes the number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Returns whether there is no error.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Returns whether the code leaves open what happened. Ask for the status.
    #[must_use]
    pub const fn leaves_open(self) -> bool {
        matches!(self.0, 8001 | 8004 | 8062)
    }

    /// Returns whose fault it is.
    #[must_use]
    pub fn fault(self) -> Fault {
        self.row().map_or(Unknown, |row| row.2)
    }

    /// Returns whether a repetition makes sense.
    #[must_use]
    pub fn repeat(self) -> Repeat {
        self.row().map_or(AfterStatus, |row| row.3)
    }

    /// Returns what the code means, if it is published.
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        self.row().map(|row| row.1)
    }

    fn row(self) -> Option<&'static (u32, &'static str, Fault, Repeat)> {
        CODES.iter().find(|row| row.0 == self.0)
    }
}

/// Writes the number, and what it means if that is known.
impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{} ({meaning})", self.0),
            None => self.0.fmt(f),
        }
    }
}

impl FromText for ErrorCode {
    fn from_text(text: &str) -> Option<Self> {
        u32::from_text(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the provider's document.
    const TABLE: &str = "
        8001 Q s
        8002 A n
        8004 Q w
        8062 Q w
        8005 A n
        8006 P p
        8008 M n
        8018 M n
        8019 M n
        8020 M n
        8021 A n
        8022 M n
        8023 P p
        8025 A n
        8026 M s
        8027 M s
        8028 P p
        8051 A n
        8052 M s
        8054 M n
        8055 M s
        8056 M s
        8057 M w
        8058 A n
        8059 A n
        8060 M n
        8061 M n
        8069 M n
        8070 M n
        8151 P p
        8152 F n
        8153 N never
        8171 N never
        8154 N w
        8160 B p
        8161 B p
        8162 B p
        8163 B n
        8164 B p
        8169 B p
        8165 P p
        8166 P p
        8167 P p
        8168 B p
        8170 P p
    ";

    #[test]
    fn each_published_code_has_its_fault_and_its_repetition() {
        let mut rows = 0;
        for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
            let words: Vec<_> = line.split_whitespace().collect();
            let code = ErrorCode::new(words[0].parse().unwrap());
            let fault = match code.fault() {
                Fault::Merchant => "M",
                Fault::Contract => "A",
                Fault::Payer => "P",
                Fault::Issuer => "B",
                Fault::CardNetwork => "N",
                Fault::Provider => "Q",
                Fault::Security => "F",
                Fault::Network | Fault::Unknown => "?",
            };
            let repeat = match code.repeat() {
                Repeat::No => "n",
                Repeat::Never => "never",
                Repeat::Later => "w",
                Repeat::AfterStatus => "s",
                Repeat::ByPayer => "p",
            };
            assert_eq!([fault, repeat], words[1..], "{line}");
            rows += 1;
        }
        assert_eq!(rows, CODES.len());
    }

    #[test]
    fn a_code_that_is_not_published_is_kept() {
        let code = ErrorCode::new(9999);
        assert_eq!(code.number(), 9999);
        assert_eq!(
            (code.fault(), code.repeat()),
            (Fault::Unknown, Repeat::AfterStatus)
        );
        assert_eq!(code.to_string(), "9999");
    }
}
