/// Defines an enum of a provider's texts that keeps a text it does not know. After `|` come other spellings of
/// the same value. The crate that uses it depends on `serde` and `serde_json`.
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $visibility:vis enum $Name:ident {
        $($(#[$variant_meta:meta])* $Variant:ident = $text:literal $(| $other:literal)*,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $visibility enum $Name {
            $($(#[$variant_meta])* $Variant,)+
            /// A value that this version does not know, as the provider sent it.
            Other(String),
        }

        impl $Name {
            /// The values that this version knows.
            $visibility const KNOWN: &[Self] = &[$(Self::$Variant),+];

            /// Reads a value. One that is not known is kept.
            #[must_use]
            $visibility fn parse(text: &str) -> Self {
                match text {
                    $($text $(| $other)* => Self::$Variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// Returns the value as the provider writes it.
            #[must_use]
            $visibility fn as_str(&self) -> &str {
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

        impl $crate::json::FromJson for $Name {
            fn from_json(json: &serde_json::value::RawValue) -> Option<Self> {
                Some(Self::parse(&String::from_json(json)?))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    crate::open_enum! {
        /// A status of an order.
        enum Status {
            /// It is paid.
            Paid = "PAID" | "paid",
            /// It is open.
            Open = "OPEN",
        }
    }

    #[test]
    fn an_unknown_value_is_kept_as_it_came() {
        let unknown = Status::parse("NEW_X");
        assert_eq!(unknown, Status::Other("NEW_X".to_owned()));
        assert_eq!(unknown.to_string(), "NEW_X");
        assert_eq!(Status::parse("paid"), Status::Paid);
        for known in Status::KNOWN {
            assert_eq!(&Status::parse(known.as_str()), known);
        }
        assert_eq!(serde_json::to_string(&Status::Open).unwrap(), "\"OPEN\"");
    }
}
