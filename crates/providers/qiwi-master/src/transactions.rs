use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::open_enum;

open_enum! {
    /// What became of a payment.
    pub enum TransactionStatus {
        /// It is not decided yet: ask again.
        Waiting = "WAITING",
        /// It succeeded.
        Success = "SUCCESS",
        /// It failed.
        Failed = "ERROR",
    }
}

/// A payment in the wallet's history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transaction {
    /// What became of it.
    pub status: TransactionStatus,
    /// The provider's error code, unless it is 0. For example, 220 means too little money.
    pub error_code: Option<String>,
    /// The provider's description of the error.
    pub error: Option<String>,
}

impl ReadObject for Transaction {
    fn read_object(object: &Object<'_>, _raw: &[u8]) -> Result<Self, Unreadable> {
        let error_code: Option<String> = object.read("errorCode");
        Ok(Self {
            status: object.require("status")?,
            error_code: error_code.filter(|code| code != "0"),
            error: object.read("error"),
        })
    }
}
