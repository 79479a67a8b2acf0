use serde::Deserialize;

/// What is unusual in the next callback. Apart from a wrong signature, its signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault")]
pub(super) enum ContentFault {
    /// Its signature is wrong.
    #[serde(
        rename = "callback-wrong-signature",
        alias = "notification-wrong-signature"
    )]
    WrongSignature,
    /// Its signature is in `general`.
    #[serde(rename = "callback-signature-in-general")]
    SignatureInGeneral,
    /// Its signature has blanks where plus signs were.
    #[serde(rename = "callback-signature-with-blanks")]
    SignatureWithBlanks,
    /// Its signature is over lines that are sorted byte by byte.
    #[serde(rename = "callback-sorted-by-bytes")]
    SortedByBytes,
    /// It has no account.
    #[serde(rename = "callback-without-account")]
    WithoutAccount,
    /// It has no customer.
    #[serde(rename = "callback-without-customer")]
    WithoutCustomer,
    /// It has no operation.
    #[serde(rename = "callback-without-operation")]
    WithoutOperation,
    /// It has no sum.
    #[serde(rename = "callback-without-sum")]
    WithoutSum,
    /// Its sum is a number with a fraction of zero, which is signed without the fraction.
    #[serde(rename = "callback-float-sum")]
    FloatSum,
    /// Its sum is twice as much.
    #[serde(rename = "callback-other-sum")]
    OtherSum,
    /// Its sum is in another currency.
    #[serde(rename = "callback-other-currency")]
    OtherCurrency,
    /// Before it, the decline of a payment is sent that the merchant does not know.
    #[serde(rename = "callback-unknown-decline")]
    UnknownDecline,
    /// It is for a payment that the merchant does not know.
    #[serde(rename = "callback-unknown-payment")]
    UnknownPayment,
    /// It has a list of twelve operations.
    #[serde(rename = "callback-many-operations")]
    ManyOperations,
    /// It has Kazakh letters, of which some are escaped.
    #[serde(rename = "callback-kazakh-letters")]
    KazakhLetters,
    /// It has slashes, which are escaped.
    #[serde(rename = "callback-escaped-slashes")]
    EscapedSlashes,
}
