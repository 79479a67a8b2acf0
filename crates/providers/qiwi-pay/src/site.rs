use std::fmt;

use crate::SecretKey;
use crate::json::FromText;

/// A merchant's site: its number and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    id: MerchantSite,
    key: SecretKey,
}

impl Site {
    /// Joins a site's number and its key.
    #[must_use]
    pub fn new(id: MerchantSite, key: SecretKey) -> Self {
        Self { id, key }
    }

    /// Returns the number.
    #[must_use]
    pub fn id(&self) -> MerchantSite {
        self.id
    }

    /// Returns the key.
    #[must_use]
    pub fn key(&self) -> &SecretKey {
        &self.key
    }
}

macro_rules! numbers {
    ($($(#[$meta:meta])* $Name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Name(u64);

        impl $Name {
            /// Takes the number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// Reads decimal digits.
            #[must_use]
            pub fn parse(digits: &str) -> Option<Self> {
                if digits.is_empty() {
                    return None;
                }
                u64::from_text(digits).map(Self)
            }

            /// Returns the number.
            #[must_use]
            pub const fn number(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromText for $Name {
            fn from_text(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )+};
}

numbers! {
    /// The number of a merchant's site.
    MerchantSite,
    /// The provider's number of a transaction. It exceeds 32 bits.
    TxnId,
}
