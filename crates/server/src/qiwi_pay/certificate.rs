//! How long a client certificate is valid.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::time::Time;

const DAY: i64 = 24 * 3_600_000;
/// How long before its end a certificate should be replaced, in milliseconds: QIWI takes days to issue another.
const SOON: i64 = 30 * DAY;

/// The dates of a certificate, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    from: i64,
    pub(crate) until: i64,
}

/// What is wrong with a certificate at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ValidityError {
    #[error("the certificate is not valid yet: check this machine's clock")]
    TooEarly,
    #[error("the certificate has expired: ask QIWI for a new one")]
    Expired,
    #[error("the certificate expires in less than {days} days: ask QIWI for a new one")]
    ExpiresSoon { days: i64 },
}

impl Validity {
    /// Reads the dates of the first certificate of a PEM. Returns `None` if they cannot be read.
    pub(crate) fn read(pem: &str) -> Option<Self> {
        let first = CertificateDer::pem_slice_iter(pem.as_bytes()).next()?;
        let certificate = Certificate::from_der(&first.ok()?).ok()?;
        let validity = certificate.tbs_certificate().validity();
        Some(Self {
            from: milliseconds(validity.not_before)?,
            until: milliseconds(validity.not_after)?,
        })
    }

    /// Checks the dates at this time, in Unix milliseconds.
    pub(crate) fn check(self, now: i64) -> Result<(), ValidityError> {
        let left = self.until.saturating_sub(now);
        if now < self.from {
            Err(ValidityError::TooEarly)
        } else if left < 0 {
            Err(ValidityError::Expired)
        } else if left < SOON {
            Err(ValidityError::ExpiresSoon {
                days: left / DAY + 1,
            })
        } else {
            Ok(())
        }
    }
}

fn milliseconds(time: Time) -> Option<i64> {
    i64::try_from(time.to_unix_duration().as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issued by `openssl` for a hundred years.
    const PEM: &str = include_str!("../../../providers/qiwi-pay/tests/golden/client.pem");

    #[test]
    fn the_dates_are_those_of_the_first_certificate() {
        // 2026-11-29T02:20:49Z and 2126-11-05T02:20:49Z
        let validity = Validity {
            from: 1_795_918_849_000,
            until: 4_949_518_849_000,
        };
        assert_eq!(Validity::read(PEM), Some(validity));
        for pem in [
            "",
            "no PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(Validity::read(pem), None, "{pem}");
        }
    }

    #[test]
    fn a_certificate_is_checked_at_both_ends_and_warned_of_for_thirty_days() {
        let (from, until) = (1_000, 100 * DAY);
        let validity = Validity { from, until };
        let soon = |days| Err(ValidityError::ExpiresSoon { days });
        for (now, expected) in [
            (from - 1, Err(ValidityError::TooEarly)),
            (from, Ok(())),
            (until - SOON, Ok(())),
            (until - SOON + 1, soon(30)),
            (until - 1, soon(1)),
            (until, soon(1)),
            (until + 1, Err(ValidityError::Expired)),
        ] {
            assert_eq!(validity.check(now), expected, "{now}");
        }
    }
}
