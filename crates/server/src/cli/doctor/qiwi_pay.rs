//! Checks qiwi-pay: the dates of the client certificate, and whether the API answers and accepts the key.

use pantoken_core::Clock;
use pantoken_qiwi_pay::{Client, Error, ErrorCode, OrderId, StatusRequest, UnknownCause};

use super::checks::{Finding, RESPONSE_TIMEOUT};
use crate::http::wire_time::to_rfc3339;
use crate::qiwi_pay::ClientCertificate;
use crate::qiwi_pay::certificate::{Validity, ValidityError};
use crate::settings::Settings;

/// The id of an order that nobody makes.
const NOBODYS_ORDER: &str = "pantoken-doctor";
const CERTIFICATE_FILE: &str = "PANTOKEN_QIWI_PAY_CLIENT_CERTIFICATE_FILE";

pub(super) async fn check(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let Some(qiwi_pay) = &settings.api.qiwi_pay else {
        return Vec::new();
    };
    let dates = match qiwi_pay.certificate {
        ClientCertificate::None => None,
        ClientCertificate::Unreadable => Some(Finding::Warning(format!(
            "{CERTIFICATE_FILE}: the dates of the certificate cannot be read"
        ))),
        ClientCertificate::Dated(validity) => Some(check_dates(validity, clock.now())),
    };
    let answer = match &qiwi_pay.client {
        Some(client) => check_api(client).await,
        None => None,
    };
    dates.into_iter().chain(answer).collect()
}

fn check_dates(validity: Validity, now: i64) -> Finding {
    let until = to_rfc3339(validity.until).unwrap_or_default();
    match validity.check(now) {
        Ok(()) => Finding::Ok(format!(
            "qiwi-pay: the client certificate has its own key, and is valid until {until}"
        )),
        Err(error @ ValidityError::ExpiresSoon { .. }) => {
            Finding::Warning(format!("{CERTIFICATE_FILE}: {error} ({until})"))
        }
        Err(error) => Finding::Error(format!("{CERTIFICATE_FILE}: {error} ({until})")),
    }
}

/// Asks for an order that does not exist.
async fn check_api(client: &Client) -> Option<Finding> {
    let order = OrderId::parse(NOBODYS_ORDER).ok()?;
    let client = client.with_timeout(RESPONSE_TIMEOUT);
    let Err(error) = client.status(&StatusRequest::Order(order)).await else {
        return Some(Finding::Ok(ANSWERS.to_owned()));
    };
    Some(match error.api_error().map(|error| error.code) {
        Some(ErrorCode::UNKNOWN_TRANSACTION) => Finding::Ok(ANSWERS.to_owned()),
        Some(ErrorCode::SIGNATURE) => Finding::Error(
            "PANTOKEN_QIWI_PAY_SECRET_KEY: the provider refuses the key for this site: compare both with what it \
             gave you"
                .to_owned(),
        ),
        _ if matches!(error, Error::Unknown(UnknownCause::CertificateRefused)) => {
            Finding::Error(format!("{CERTIFICATE_FILE}: {error}"))
        }
        _ => Finding::Error(format!("PANTOKEN_QIWI_PAY_API_URL: {error}")),
    })
}

const ANSWERS: &str = "qiwi-pay: the provider answers, and accepts the key";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_an_error_once_it_has_expired_and_a_warning_before() {
        const PEM: &str = include_str!("../../../../providers/qiwi-pay/tests/golden/client.pem");
        let validity = Validity::read(PEM).unwrap();
        let at = |days: i64| check_dates(validity, validity.until - days * 24 * 3_600_000);
        assert!(matches!(at(31), Finding::Ok(text) if text.contains("2126-11-05T02:20:49Z")));
        let Finding::Warning(text) = at(7) else {
            panic!("it expires in a week")
        };
        assert!(
            text.starts_with(CERTIFICATE_FILE) && text.contains("8 days"),
            "{text}"
        );
        assert!(matches!(at(-1), Finding::Error(text) if text.contains("has expired")));
    }
}
