//! Statuses and types. Source: docs/jetpay.md, "Statuses".

use pantoken_core::open_enum;

open_enum! {
    /// The status of a payment. [`PaymentStatus::phase`] says what it means.
    pub enum PaymentStatus {
        /// The money has moved.
        Success = "success",
        /// It was declined. A later attempt may succeed where the platform allows one.
        Decline = "decline",
        /// The request was refused, or the payment is not known.
        Error = "error",
        /// Nobody paid in time.
        Expired = "expired",
        /// It was cancelled.
        Canceled = "canceled" | "cancelled",
        /// All of it was given back.
        Refunded = "refunded",
        /// All of it was reversed.
        Reversed = "reversed",
        /// A part of it was paid out, and no more will be.
        PartiallyPaidOut = "partially paid out",
        /// It is under way.
        Processing = "processing",
        /// It is under way elsewhere.
        ExternalProcessing = "external processing",
        /// It waits for the result of 3-D Secure.
        Awaiting3dsResult = "awaiting 3ds result",
        /// It waits for the customer to come back.
        AwaitingRedirectResult = "awaiting redirect result",
        /// It waits for the customer.
        AwaitingCustomer = "awaiting customer",
        /// It waits for the customer.
        AwaitingCustomerAction = "awaiting customer action",
        /// It waits for more data.
        AwaitingClarification = "awaiting clarification",
        /// It waits to be captured.
        AwaitingCapture = "awaiting capture",
        /// It waits to be confirmed.
        AwaitingConfirmation = "awaiting confirmation",
        /// It waits to be approved.
        AwaitingApproval = "awaiting approval",
        /// It waits for money.
        AwaitingPayment = "awaiting payment",
        /// It will be tried again.
        AwaitingRetry = "awaiting retry",
        /// It waits for the merchant.
        AwaitingMerchantAuth = "awaiting merchant auth",
        /// A part of it was given back.
        PartiallyRefunded = "partially refunded",
        /// A part of it was reversed.
        PartiallyReversed = "partially reversed",
        /// A part of it was paid.
        PartiallyPaid = "partially paid",
        /// The platform failed. The outcome is open.
        InternalError = "internal error",
        /// Another system failed. The outcome is open.
        ExternalError = "external error",
    }
}

/// What the status of a payment means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// It is under way.
    Interim,
    /// The money has moved.
    Succeeded,
    /// It failed, and no money has moved.
    Failed,
    /// The money has moved and has come back.
    Returned,
    /// A part of the money has moved.
    Partial,
    /// The platform says things that do not fit together, for example success with the code of a decline.
    Contradictory,
    /// The status is not known to this version. Keep asking, and tell a person.
    Unknown,
}

impl PaymentStatus {
    /// Reads a status. An underscore counts as a blank. One that is not known is kept as it came.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match Self::parse(&text.replace('_', " ")) {
            Self::Other(_) => Self::Other(text.to_owned()),
            known => known,
        }
    }

    /// Returns what the status means by itself.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self {
            Self::Success => Phase::Succeeded,
            Self::Decline | Self::Error | Self::Expired | Self::Canceled => Phase::Failed,
            Self::Refunded | Self::Reversed => Phase::Returned,
            Self::PartiallyPaidOut => Phase::Partial,
            Self::Other(_) => Phase::Unknown,
            _ => Phase::Interim,
        }
    }
}

open_enum! {
    /// The type of a payment.
    pub enum PaymentKind {
        /// A customer pays.
        Purchase = "purchase",
        /// A customer is paid.
        Payout = "payout",
        /// A customer pays again, as agreed before.
        Recurring = "recurring",
        /// An account is verified.
        AccountVerification = "account_verification" | "account verification",
    }
}

open_enum! {
    /// The type of an operation.
    pub enum OperationKind {
        /// A customer pays.
        Sale = "sale",
        /// A customer is paid.
        Payout = "payout",
        /// The money of a customer is given back.
        Refund = "refund",
        /// A sale is undone.
        Reversal = "reversal",
        /// A payout is undone.
        PayoutReversal = "payout reversal" | "payout_reversal",
        /// Money is held.
        Auth = "auth",
        /// Held money is taken.
        Capture = "capture",
        /// Held money is released.
        Cancel = "cancel",
        /// A customer pays again, as agreed before.
        Recurring = "recurring",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_statuses_are_told_from_interim_ones() {
        let phases = [
            (Phase::Succeeded, "success"),
            (Phase::Failed, "decline,error,expired,canceled,cancelled"),
            (Phase::Returned, "refunded,reversed"),
            (Phase::Partial, "partially paid out,partially_paid_out"),
            (
                Phase::Interim,
                "processing,external processing,external_processing,awaiting 3ds result,\
                 awaiting redirect result,awaiting customer,awaiting customer action,\
                 awaiting clarification,awaiting capture,awaiting confirmation,awaiting approval,\
                 awaiting payment,awaiting retry,awaiting merchant auth,partially refunded,\
                 partially reversed,partially paid,internal error,external error",
            ),
            (Phase::Unknown, "paid,SUCCESS,success ,,success\0"),
        ];
        for (phase, statuses) in phases {
            for status in statuses.split(',') {
                assert_eq!(PaymentStatus::read(status).phase(), phase, "{status:?}");
            }
        }
        assert_eq!(PaymentStatus::read("new_one").as_str(), "new_one");
    }
}
