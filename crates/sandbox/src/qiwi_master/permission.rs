use serde::Deserialize;

/// What a token of the wallet may do. Source: docs/qiwi-master.md, "Access".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Permission {
    /// Manage virtual cards.
    Cards,
    /// See the wallet's profile.
    Profile,
    /// See the history of payments.
    History,
    /// Pay without SMS.
    Payments,
}

impl Permission {
    pub(super) const ALL: [Self; 4] = [Self::Cards, Self::Profile, Self::History, Self::Payments];
}
