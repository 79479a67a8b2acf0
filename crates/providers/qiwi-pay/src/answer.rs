//! Reads answers without I/O, so that any HTTP client will do.

use pantoken_core::json::{Object, Unreadable};

use crate::error::{ApiError, Error, UnknownCause};
use crate::error_code::ErrorCode;
use crate::json;
use crate::{RawJson, Transaction};

/// What a call answers with: read it with [`read_answer`].
pub trait Answer: sealed::Read {}

impl<T: sealed::Read> Answer for T {}

mod sealed {
    use pantoken_core::json::{Object, Unreadable};

    pub trait Read: Sized {
        fn read(object: &Object<'_>, body: &[u8]) -> Result<Self, Unreadable>;
    }
}

impl sealed::Read for Transaction {
    fn read(object: &Object<'_>, body: &[u8]) -> Result<Self, Unreadable> {
        Self::read(object, body)
    }
}

/// The transactions that a question for the status found: a payment, and its reversals, refunds and payouts.
impl sealed::Read for Vec<Transaction> {
    fn read(object: &Object<'_>, _: &[u8]) -> Result<Self, Unreadable> {
        let unreadable = Unreadable::Field("transactions");
        let items = json::list(object, "transactions").ok_or(unreadable)?;
        // One item that cannot be read makes the list unreadable, because a sum over the rest would be wrong.
        items
            .into_iter()
            .map(|item| Transaction::read(&Object::parse(item)?, item))
            .collect()
    }
}

/// An answer whose fields are not published.
impl sealed::Read for RawJson {
    fn read(_: &Object<'_>, body: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self::from_bytes(body))
    }
}

/// Reads the answer of a call: its HTTP status and its body.
///
/// Only the provider's JSON without an error is a success. An answer that cannot be read is [`Error::Unknown`],
/// never a failure: the provider may have executed the request.
///
/// ```
/// use pantoken_qiwi_pay::{Error, Transaction, UnknownCause, read_answer};
///
/// let error = read_answer::<Transaction>(502, b"<html></html>").unwrap_err();
/// assert_eq!(error, Error::Unknown(UnknownCause::Foreign(502)));
/// ```
///
/// # Errors
/// Returns [`Error::Refused`] or [`Error::Unknown`].
pub fn read_answer<T: Answer>(status: u16, body: &[u8]) -> Result<T, Error> {
    let Ok(object) = Object::parse(body) else {
        return Err(Error::Unknown(match refuses_certificate(status, body) {
            true => UnknownCause::CertificateRefused,
            false => UnknownCause::Foreign(status),
        }));
    };
    if !(200..=499).contains(&status) {
        return Err(Error::Unknown(UnknownCause::Foreign(status)));
    }
    let code = json::read(&object, "error_code");
    if let Some(code) = code.filter(|code: &ErrorCode| !code.is_none()) {
        let transaction = Transaction::read(&object, body).ok();
        let error = Box::new(ApiError::read(&object, code, transaction));
        return Err(match code.leaves_open() {
            true => Error::Unknown(UnknownCause::Open(error)),
            false => Error::Refused(error),
        });
    }
    if !(200..=299).contains(&status) {
        return Err(Error::Unknown(UnknownCause::Foreign(status)));
    }
    T::read(&object, body).map_err(|error| Error::Unknown(UnknownCause::Unreadable(error)))
}

/// Returns whether this is nginx's page for a client certificate that is missing or wrong.
fn refuses_certificate(status: u16, body: &[u8]) -> bool {
    match status {
        401 | 403 | 495 | 496 => true,
        400 => {
            let start = body.get(..4096).unwrap_or(body).to_ascii_lowercase();
            let start = String::from_utf8_lossy(&start);
            start.contains("certificate")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, Repeat, TxnId, TxnStatus, TxnType};

    fn read(status: u16, body: &str) -> Result<Transaction, Error> {
        read_answer(status, body.as_bytes())
    }

    const SALE: &str = r#"{"txn_id":"806930407050","txn_status":3,"txn_type":1,"error_code":0,"amount":"7.00","currency":643,
        "txn_date":"2021-10-08T12:12:53+00:00","pan":"411111******1111","eci":"","card_token":"t-1","is_test":"true"}"#;

    #[test]
    fn an_answer_is_read_with_numbers_as_texts_too() {
        let sale = read(200, SALE).unwrap();
        assert_eq!(sale.txn_id, TxnId::new(806_930_407_050));
        assert_eq!(
            (sale.status, sale.txn_type),
            (TxnStatus::Captured, Some(TxnType::Sale))
        );
        assert!(sale.is_secured() && sale.is_test);
        assert_eq!(sale.eci, None);
        assert!(!format!("{sale:?}").contains("t-1"));
    }

    #[test]
    fn a_pareq_is_kept_byte_by_byte() {
        let body = r#"{"txn_id":1,"txn_status":0,"txn_type":1,"error_code":0,"acs_url":"https://acs.example/","pareq":"eJxV+/=a b\r\n"}"#;
        let three_ds = read(200, body).unwrap().three_ds.unwrap();
        assert_eq!(three_ds.pareq, "eJxV+/=a b");
        assert_eq!(three_ds.acs_url, "https://acs.example/");
    }

    #[test]
    fn a_page_is_no_answer() {
        let page = "<html><title>400 The SSL certificate error</title></html>";
        for (status, body, cause) in [
            (400, page, UnknownCause::CertificateRefused),
            (401, "<html>", UnknownCause::CertificateRefused),
            (403, "", UnknownCause::CertificateRefused),
            (400, "<html>Bad Request</html>", UnknownCause::Foreign(400)),
            (404, "<html>", UnknownCause::Foreign(404)),
            (200, "<html>", UnknownCause::Foreign(200)),
            (200, "", UnknownCause::Foreign(200)),
            (302, "{}", UnknownCause::Foreign(302)),
            (502, "<html>", UnknownCause::Foreign(502)),
            (500, r#"{"error_code":8160}"#, UnknownCause::Foreign(500)),
            (400, "{}", UnknownCause::Foreign(400)),
        ] {
            assert_eq!(
                read(status, body),
                Err(Error::Unknown(cause)),
                "{status} {body}"
            );
        }
        let unreadable = UnknownCause::Unreadable(Unreadable::Field("txn_id"));
        assert_eq!(read(200, "{}"), Err(Error::Unknown(unreadable)));
    }

    #[test]
    fn the_published_validation_error_names_each_field() {
        let body = r#"{"error_code":8019,"error_message":"Validation errors","errors":[
            {"field":"pan","message":"length of [pan] cannot be less than 13"},{"field":"expiry","message":"card expired"},
            {"field":"cvv2","message":"length of [cvv2] cannot be less than 3"}]}"#;
        for status in [200, 400] {
            let error = read(status, body).unwrap_err();
            let api_error = error.api_error().unwrap();
            assert_eq!(api_error.code, ErrorCode::VALIDATION);
            assert_eq!(api_error.fields.len(), 3);
            assert_eq!(
                api_error.fields[1],
                ("expiry".to_owned(), "card expired".to_owned())
            );
            assert_eq!(
                (error.fault(), error.repeat()),
                (Fault::Merchant, Repeat::No)
            );
            assert!(!error.to_string().contains("expired"));
        }
    }

    #[test]
    fn a_decline_has_its_transaction() {
        let body = r#"{"txn_id":1,"txn_status":1,"txn_type":1,"error_code":"8160","error_message":"Declined"}"#;
        let Err(Error::Refused(error)) = read(200, body) else {
            panic!()
        };
        assert_eq!(error.transaction.unwrap().status, TxnStatus::Declined);
    }

    #[test]
    fn some_errors_leave_open_what_happened() {
        for code in [8001, 8004, 8062] {
            let error = read(200, &format!(r#"{{"error_code":{code}}}"#)).unwrap_err();
            assert!(
                matches!(error, Error::Unknown(UnknownCause::Open(_))),
                "{code}"
            );
            assert_eq!(error.repeat(), Repeat::AfterStatus);
        }
    }

    #[test]
    fn the_status_is_a_list() {
        let body = r#"{"transactions":[{"txn_id":1,"txn_status":2,"txn_type":2,"error_code":0,"amount":10000},
            {"txn_id":2,"txn_status":3,"txn_type":4,"error_code":0,"amount":100}],"error_code":0}"#;
        let list: Vec<Transaction> = read_answer(200, body.as_bytes()).unwrap();
        assert_eq!(list.len(), 2);
        assert!(list[0].is_secured() && !list[1].is_secured());
        assert!(list[1].next_operations().is_empty());
        for body in [
            r#"{"error_code":0}"#,
            r#"{"transactions":[{"txn_id":1}],"error_code":0}"#,
        ] {
            let answer = read_answer::<Vec<Transaction>>(200, body.as_bytes());
            assert!(matches!(
                answer,
                Err(Error::Unknown(UnknownCause::Unreadable(_)))
            ));
        }
    }
}
