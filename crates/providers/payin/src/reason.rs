use crate::advice::{Advice, Fault, Repeat};
use pantoken_core::open_enum;

open_enum! {
    /// Why the provider or the card's issuer declined an operation.
    pub enum Reason {
        /// The operation is not possible in its current state.
        InvalidState = "INVALID_STATE",
        /// The amount is not allowed.
        InvalidAmount = "INVALID_AMOUNT",
        /// The receiver of the money is wrong.
        InvalidReceiverData = "INVALID_RECEIVER_DATA",
        /// The customer was not authenticated by 3-D Secure.
        DeclinedByMpi = "DECLINED_BY_MPI",
        /// The provider's fraud control declined it.
        DeclinedByFraud = "DECLINED_BY_FRAUD",
        /// This card must not be tried again.
        ReattemptNotPermitted = "REATTEMPT_NOT_PERMITTED",
        /// The payment system forbids further attempts with this card.
        ReattemptNotPermittedByPs = "REATTEMPT_NOT_PERMITTED_BY_PS",
        /// The payment system forbids further attempts unless something changes.
        ReattemptNotPermittedByPsConditional = "REATTEMPT_NOT_PERMITTED_BY_PS_CONDITIONAL",
        /// The payment system forbids further attempts for some time.
        ReattemptNotPermittedByPsTemporary = "REATTEMPT_NOT_PERMITTED_BY_PS_TEMPORARY",
        /// The provider's gateway is set up wrongly for this merchant.
        GatewayIntegrationError = "GATEWAY_INTEGRATION_ERROR",
        /// The provider's gateway failed.
        GatewayTechnicalError = "GATEWAY_TECHNICAL_ERROR",
        /// 3-D Secure failed for a technical reason.
        AcquiringMpiTechError = "ACQUIRING_MPI_TECH_ERROR",
        /// The acquirer's gateway failed.
        AcquiringGatewayTechError = "ACQUIRING_GATEWAY_TECH_ERROR",
        /// The acquirer failed.
        AcquiringAcquirerError = "ACQUIRING_ACQUIRER_ERROR",
        /// The authorisation failed for a technical reason.
        AcquiringAuthTechnicalError = "ACQUIRING_AUTH_TECHNICAL_ERROR",
        /// The card's issuer could not be reached.
        AcquiringIssuerNotAvailable = "ACQUIRING_ISSUER_NOT_AVAILABLE",
        /// The issuer suspects fraud.
        AcquiringSuspectedFraud = "ACQUIRING_SUSPECTED_FRAUD",
        /// A limit of the card is exceeded.
        AcquiringLimitExceeded = "ACQUIRING_LIMIT_EXCEEDED",
        /// The issuer does not permit this kind of operation.
        AcquiringNotPermitted = "ACQUIRING_NOT_PERMITTED",
        /// The security code is wrong.
        AcquiringIncorrectCvv = "ACQUIRING_INCORRECT_CVV",
        /// The card has expired, or its expiry date is wrong.
        AcquiringExpiredCard = "ACQUIRING_EXPIRED_CARD",
        /// There is no such card.
        AcquiringInvalidCard = "ACQUIRING_INVALID_CARD",
        /// There is not enough money on the card.
        AcquiringInsufficientFunds = "ACQUIRING_INSUFFICIENT_FUNDS",
        /// The issuer gave no reason.
        AcquiringUnknown = "ACQUIRING_UNKNOWN",
        /// Another payment has paid the bill.
        BillAlreadyPaid = "BILL_ALREADY_PAID",
        /// The provider could not process the operation.
        PayinProcessingError = "PAYIN_PROCESSING_ERROR",
        /// The customer did not finish 3-D Secure in time.
        PaymentExpired3ds = "PAYMENT_EXPIRED_3DS",
        /// The provider is busy.
        TryAgainLater = "TRY_AGAIN_LATER",
        /// Payouts are set up wrongly for this merchant.
        MerchantSettingsError = "MERCHANT_SETTINGS_ERROR",
        /// The gateway for payouts declined it.
        DeclinedByPayoutGateway = "DECLINED_BY_PAYOUT_GATEWAY",
    }
}

impl Reason {
    /// Returns what the reason of a declined operation means for the next attempt. Declined means that no
    /// money moved, so another attempt needs a new id.
    #[must_use]
    pub fn advice(&self) -> Advice {
        use Fault::{Customer, Issuer, Merchant, Provider, Unknown};
        use Repeat::{AsNewOperation, AsNewOperationLater, Never, OnceCorrected};
        let (fault, repeat) = match self {
            Self::InvalidState | Self::BillAlreadyPaid => (Merchant, Never),
            Self::InvalidAmount | Self::GatewayIntegrationError | Self::MerchantSettingsError => {
                (Merchant, OnceCorrected)
            }
            Self::InvalidReceiverData
            | Self::AcquiringIncorrectCvv
            | Self::AcquiringExpiredCard
            | Self::AcquiringInvalidCard => (Customer, OnceCorrected),
            Self::DeclinedByMpi | Self::PaymentExpired3ds => (Customer, AsNewOperation),
            Self::AcquiringInsufficientFunds | Self::AcquiringLimitExceeded => {
                (Customer, AsNewOperationLater)
            }
            Self::DeclinedByFraud => (Customer, Never),
            Self::ReattemptNotPermitted
            | Self::ReattemptNotPermittedByPs
            | Self::AcquiringSuspectedFraud
            | Self::AcquiringNotPermitted => (Issuer, Never),
            Self::ReattemptNotPermittedByPsConditional => (Issuer, OnceCorrected),
            Self::ReattemptNotPermittedByPsTemporary
            | Self::AcquiringIssuerNotAvailable
            | Self::AcquiringUnknown => (Issuer, AsNewOperationLater),
            Self::GatewayTechnicalError
            | Self::AcquiringMpiTechError
            | Self::AcquiringGatewayTechError
            | Self::AcquiringAcquirerError
            | Self::AcquiringAuthTechnicalError
            | Self::PayinProcessingError
            | Self::TryAgainLater
            | Self::DeclinedByPayoutGateway => (Provider, AsNewOperationLater),
            // Also the reasons of the old wallet, which start with `QW_`.
            Self::Other(_) => (Unknown, AsNewOperationLater),
        };
        Advice::refused(fault, repeat)
    }
}

/// A response code of the payment system, such as `51`. It is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PsErrorCode(String);

impl PsErrorCode {
    /// The codes after which the card must not be tried again on the same day.
    pub const NOT_TODAY: [&str; 18] = [
        "03", "04", "05", "12", "15", "33", "41", "43", "57", "58", "62", "76", "78", "92", "93",
        "94", "CD", "TS",
    ];
    /// The codes after which the card may be tried once more on the same day.
    pub const ONCE_MORE_TODAY: [&str; 14] = [
        "13", "14", "30", "51", "54", "61", "63", "65", "75", "86", "88", "91", "96", "CB",
    ];

    /// Reads a code of one digit or more, or letters. One of one digit is the same as with a zero before it.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(if text.len() == 1 {
            format!("0{text}")
        } else {
            text.to_owned()
        })
    }

    /// Returns the code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns how often the same card may be tried again today, or `None` if the provider does not say so
    /// for this code.
    #[must_use]
    pub fn attempts_left_today(&self) -> Option<u8> {
        let code = self.0.as_str();
        if Self::NOT_TODAY.contains(&code) {
            Some(0)
        } else {
            Self::ONCE_MORE_TODAY.contains(&code).then_some(1)
        }
    }
}

impl pantoken_core::json::FromJson for PsErrorCode {
    fn from_json(json: &serde_json::value::RawValue) -> Option<Self> {
        Some(Self::parse(&String::from_json(json)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::Outcome;

    /// Source: docs/payin.md, "Errors". One line for each reason: whose fault, and what a repetition needs.
    const TABLE: &str = "
        INVALID_STATE                              Merchant  Never
        INVALID_AMOUNT                             Merchant  OnceCorrected
        INVALID_RECEIVER_DATA                      Customer  OnceCorrected
        DECLINED_BY_MPI                            Customer  AsNewOperation
        DECLINED_BY_FRAUD                          Customer  Never
        REATTEMPT_NOT_PERMITTED                    Issuer    Never
        REATTEMPT_NOT_PERMITTED_BY_PS              Issuer    Never
        REATTEMPT_NOT_PERMITTED_BY_PS_CONDITIONAL  Issuer    OnceCorrected
        REATTEMPT_NOT_PERMITTED_BY_PS_TEMPORARY    Issuer    AsNewOperationLater
        GATEWAY_INTEGRATION_ERROR                  Merchant  OnceCorrected
        GATEWAY_TECHNICAL_ERROR                    Provider  AsNewOperationLater
        ACQUIRING_MPI_TECH_ERROR                   Provider  AsNewOperationLater
        ACQUIRING_GATEWAY_TECH_ERROR               Provider  AsNewOperationLater
        ACQUIRING_ACQUIRER_ERROR                   Provider  AsNewOperationLater
        ACQUIRING_AUTH_TECHNICAL_ERROR             Provider  AsNewOperationLater
        ACQUIRING_ISSUER_NOT_AVAILABLE             Issuer    AsNewOperationLater
        ACQUIRING_SUSPECTED_FRAUD                  Issuer    Never
        ACQUIRING_LIMIT_EXCEEDED                   Customer  AsNewOperationLater
        ACQUIRING_NOT_PERMITTED                    Issuer    Never
        ACQUIRING_INCORRECT_CVV                    Customer  OnceCorrected
        ACQUIRING_EXPIRED_CARD                     Customer  OnceCorrected
        ACQUIRING_INVALID_CARD                     Customer  OnceCorrected
        ACQUIRING_INSUFFICIENT_FUNDS               Customer  AsNewOperationLater
        ACQUIRING_UNKNOWN                          Issuer    AsNewOperationLater
        BILL_ALREADY_PAID                          Merchant  Never
        PAYIN_PROCESSING_ERROR                     Provider  AsNewOperationLater
        PAYMENT_EXPIRED_3DS                        Customer  AsNewOperation
        TRY_AGAIN_LATER                            Provider  AsNewOperationLater
        MERCHANT_SETTINGS_ERROR                    Merchant  OnceCorrected
        DECLINED_BY_PAYOUT_GATEWAY                 Provider  AsNewOperationLater
        QW_PAYMENT_BLOCKED                         Unknown   AsNewOperationLater
    ";

    #[test]
    fn each_published_reason_has_its_advice() {
        let mut published = 0;
        for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
            let words: Vec<_> = line.split_whitespace().collect();
            let reason = Reason::parse(words[0]);
            let advice = reason.advice();
            assert_eq!(advice.outcome, Outcome::Refused, "{reason}");
            assert_eq!(format!("{:?}", advice.fault), words[1], "{reason}");
            assert_eq!(format!("{:?}", advice.repeat), words[2], "{reason}");
            published += usize::from(!matches!(reason, Reason::Other(_)));
        }
        assert_eq!(published, Reason::KNOWN.len());
    }

    #[test]
    fn a_payment_systems_code_says_how_often_the_card_may_be_tried_today() {
        assert_eq!(PsErrorCode::parse("05").attempts_left_today(), Some(0));
        assert_eq!(PsErrorCode::parse("5").attempts_left_today(), Some(0));
        assert_eq!(PsErrorCode::parse("TS").attempts_left_today(), Some(0));
        assert_eq!(PsErrorCode::parse("51").attempts_left_today(), Some(1));
        assert_eq!(PsErrorCode::parse("CB").attempts_left_today(), Some(1));
        for unlisted in ["00", "CW", "PB", "", "я", "105"] {
            let code = PsErrorCode::parse(unlisted);
            assert_eq!(code.attempts_left_today(), None, "{unlisted}");
        }
    }
}
