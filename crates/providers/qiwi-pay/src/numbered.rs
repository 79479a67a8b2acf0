/// Defines an enum of the provider's numbers that keeps a number it does not know.
macro_rules! numbered {
    ($(#[$meta:meta])* pub enum $Name:ident {
        $($(#[$variant_meta:meta])* $Variant:ident = $number:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $($(#[$variant_meta])* $Variant,)+
            /// A number that this version does not know.
            Unknown(u32),
        }

        impl $Name {
            /// The values that this version knows.
            pub const KNOWN: &[Self] = &[$(Self::$Variant),+];

            /// Reads a number. One that is not known is kept.
            #[must_use]
            pub const fn from_number(number: u32) -> Self {
                match number {
                    $($number => Self::$Variant,)+
                    other => Self::Unknown(other),
                }
            }

            /// Returns the number as the provider's API writes it.
            #[must_use]
            pub const fn number(self) -> u32 {
                match self {
                    $(Self::$Variant => $number,)+
                    Self::Unknown(number) => number,
                }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.number())
            }
        }

        impl $crate::json::FromText for $Name {
            fn from_text(text: &str) -> Option<Self> {
                u32::from_text(text).map(Self::from_number)
            }
        }
    };
}

/// Defines an enum of numbers of a request. There are no others.
macro_rules! closed_numbers {
    ($(#[$meta:meta])* pub enum $Name:ident {
        $($(#[$variant_meta:meta])* $Variant:ident = $number:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $Name {
            $($(#[$variant_meta])* $Variant,)+
        }

        impl $Name {
            /// All values.
            pub const ALL: &[Self] = &[$(Self::$Variant),+];

            /// Reads a number, or returns `None` if it is not one of these.
            #[must_use]
            pub const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$Variant),)+
                    _ => None,
                }
            }

            /// Returns the number as the provider's API writes it.
            #[must_use]
            pub const fn number(self) -> u32 {
                match self {
                    $(Self::$Variant => $number,)+
                }
            }
        }
    };
}

pub(crate) use {closed_numbers, numbered};

#[cfg(test)]
mod tests {
    use crate::{Tax, TxnStatus};

    #[test]
    fn an_unknown_number_is_kept() {
        assert_eq!(TxnStatus::from_number(52), TxnStatus::Unknown(52));
        assert_eq!(TxnStatus::Unknown(52).number(), 52);
        for known in TxnStatus::KNOWN {
            assert_eq!(TxnStatus::from_number(known.number()), *known);
        }
    }

    #[test]
    fn a_closed_enum_has_no_other_number() {
        assert_eq!(Tax::from_number(8), None);
        for tax in Tax::ALL {
            assert_eq!(Tax::from_number(tax.number()), Some(*tax));
        }
    }
}
