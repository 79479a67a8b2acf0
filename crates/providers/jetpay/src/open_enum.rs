/// Defines an enum of the provider's texts that keeps a text it does not know. After `|` come other
/// spellings of the same value.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $Name:ident {
        $($(#[$variant_meta:meta])* $Variant:ident = $text:literal $(| $other:literal)*,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $($(#[$variant_meta])* $Variant,)+
            /// A value that this version does not know, as the provider sent it.
            Other(String),
        }

        impl $Name {
            /// The values that this version knows.
            pub const KNOWN: &[Self] = &[$(Self::$Variant),+];

            /// Reads a value. One that is not known is kept.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                match text {
                    $($text $(| $other)* => Self::$Variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// Returns the value as the provider's API writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$Variant => $text,)+
                    Self::Other(other) => other,
                }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use crate::PaymentStatus;

    #[test]
    fn an_unknown_value_is_kept_as_it_came() {
        let unknown = PaymentStatus::parse("new_status");
        assert_eq!(unknown, PaymentStatus::Other("new_status".to_owned()));
        assert_eq!(unknown.as_str(), "new_status");
        for known in PaymentStatus::KNOWN {
            assert_eq!(&PaymentStatus::parse(known.as_str()), known);
        }
    }
}
