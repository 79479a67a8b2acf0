//! The signature: HMAC-SHA256 over the values of the fields that are not empty, in the order of their names,
//! joined by `|`. Source: docs/qiwi-pay.md, "Signature".

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::SecretKey;

/// The fields of a notification that are signed, in the order of their names.
pub(crate) const SIGNED_IN_NOTIFICATIONS: [&str; 8] = [
    "amount",
    "currency",
    "email",
    "error_code",
    "ip",
    "txn_id",
    "txn_status",
    "txn_type",
];

impl SecretKey {
    /// Signs the names and values of a request, in lowercase hexadecimal digits.
    ///
    /// The order of the fields does not matter. A field named `sign` and fields without a value are left out; `0`
    /// is a value. Names are not signed, and `|` is not escaped: refuse it in the values.
    ///
    /// ```
    /// use pantoken_qiwi_pay::SecretKey;
    ///
    /// let key = SecretKey::parse("secret_key")?;
    /// let sign = key.sign([("opcode", "3"), ("merchant_site", "555"), ("amount", "7.00"), ("currency", "643")]);
    /// assert_eq!(sign, "9c878bfbf9baa30c26c8c6206976fc3ed2c036afeabf352f8a045fe331d42d7e");
    /// # Ok::<(), pantoken_qiwi_pay::SecretError>(())
    /// ```
    #[must_use]
    pub fn sign<'a>(&self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        hex::encode(self.mac(fields).finalize().into_bytes())
    }

    /// Returns whether `sign` is the signature of the fields, in hexadecimal digits of either case, in constant
    /// time.
    #[must_use]
    pub fn verifies<'a>(
        &self,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
        sign: &str,
    ) -> bool {
        let mac = self.mac(fields);
        read_sign(sign).is_some_and(|sign| mac.verify_slice(&sign).is_ok())
    }

    /// Signs a notification as the provider does: over the signed fields among these, in uppercase hexadecimal
    /// digits. A stand-in for the provider needs it.
    #[must_use]
    pub fn sign_notification<'a>(
        &self,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> String {
        let fields = fields.into_iter();
        self.sign(fields.filter(|(name, _)| SIGNED_IN_NOTIFICATIONS.contains(name)))
            .to_uppercase()
    }

    fn mac<'a>(&self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Hmac<Sha256> {
        let is_signed = |(name, value): &(&str, &str)| *name != "sign" && !value.is_empty();
        let mut fields: Vec<_> = fields.into_iter().filter(is_signed).collect();
        fields.sort_by_key(|(name, _)| *name);
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.expose().as_bytes()) else {
            // HMAC accepts a key of any length.
            unreachable!()
        };
        for (index, (_, value)) in fields.iter().enumerate() {
            if index > 0 {
                mac.update(b"|");
            }
            mac.update(value.as_bytes());
        }
        mac
    }
}

/// Reads 64 hexadecimal digits of either case.
fn read_sign(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    // The prefix `0x` would make it shorter.
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> SecretKey {
        SecretKey::parse("secret_key").unwrap()
    }

    #[test]
    fn a_signature_is_64_hexadecimal_digits_of_either_case() {
        let fields = [("a", "1")];
        let sign = key().sign(fields);
        assert!(key().verifies(fields, &sign));
        assert!(key().verifies(fields, &sign.to_uppercase()));
        for text in [
            "",
            "0x",
            &sign[1..],
            &format!("{sign} "),
            &format!("0x{}", &sign[2..]),
        ] {
            assert!(!key().verifies(fields, text), "{text}");
        }
    }

    #[test]
    fn values_are_signed_as_they_are() {
        let signed = |value| key().sign([("product_name", value)]);
        assert_ne!(signed("Оплата тура "), signed("Оплата тура"));
        assert_ne!(
            signed("https://shop.example/cb?a=1&b=2"),
            signed("https%3A%2F%2Fshop.example%2Fcb%3Fa%3D1%26b%3D2")
        );
        assert_ne!(signed("0"), signed(""));
    }

    proptest! {
        #[test]
        fn the_order_of_the_fields_does_not_matter(
            mut fields in prop::collection::btree_map("[a-z_]{1,8}", "[^|]{0,12}", 1..9)
                .prop_map(|fields| fields.into_iter().collect::<Vec<_>>()),
            rotation in 0usize..9,
        ) {
            let borrowed = |fields: &[(String, String)]| -> String {
                key().sign(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            };
            let sign = borrowed(&fields);
            fields.reverse();
            prop_assert_eq!(&borrowed(&fields), &sign);
            let by = rotation % fields.len();
            fields.rotate_left(by);
            prop_assert_eq!(&borrowed(&fields), &sign);
        }

        #[test]
        fn a_changed_value_never_verifies(
            fields in prop::collection::btree_map("[a-r]{1,8}", "[^|]{1,12}", 1..9)
                .prop_map(|fields| fields.into_iter().collect::<Vec<_>>()),
            index in 0usize..9, other in "[^|]{0,12}",
        ) {
            let borrow = |fields: &[(String, String)], sign: &str| {
                let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                key().verifies(fields, sign)
            };
            let sign = key().sign(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            prop_assert!(borrow(&fields, &sign));
            let mut changed = fields.clone();
            let index = index % changed.len();
            prop_assume!(changed[index].1 != other);
            changed[index].1 = other;
            prop_assert!(!borrow(&changed, &sign));
        }
    }
}
