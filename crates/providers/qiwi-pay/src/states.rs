//! The types and states of transactions, and what may be done with one next.
//! Source: docs/qiwi-pay.md, "States".

use crate::numbered::{closed_numbers, numbered};

closed_numbers! {
    /// The operations of the API. The payment form offers [`Opcode::Sale`] and [`Opcode::Auth`] only.
    pub enum Opcode {
        /// Charges a card in one step.
        Sale = 1,
        /// Finishes 3-D Secure.
        Finish3ds = 2,
        /// Holds an amount on a card.
        Auth = 3,
        /// Charges what was held.
        Capture = 5,
        /// Releases what was held, or cancels a sale.
        Reversal = 6,
        /// Gives back what was charged.
        Refund = 7,
        /// Pays to a card.
        Payout = 20,
        /// Asks for transactions.
        Status = 30,
        /// Asks for linked cards. Its fields are not published.
        CardsByToken = 40,
    }
}

impl Opcode {
    /// Returns whether the operation moves or holds money, or ends that. What does not may be repeated freely.
    #[must_use]
    pub const fn changes_something(self) -> bool {
        !matches!(self, Self::Status | Self::CardsByToken)
    }
}

numbered! {
    /// The type of a transaction.
    pub enum TxnType {
        /// A sale.
        Sale = 1,
        /// An authorization, also after its capture.
        Auth = 2,
        /// A refund.
        Refund = 3,
        /// A reversal.
        Reversal = 4,
        /// A payout.
        Payout = 8,
    }
}

impl TxnType {
    /// Returns whether a customer pays with such a transaction.
    #[must_use]
    pub const fn is_payment(self) -> bool {
        matches!(self, Self::Sale | Self::Auth)
    }
}

numbered! {
    /// The state of a transaction.
    pub enum TxnStatus {
        /// It passed the first checks, and is being processed or waits for 3-D Secure.
        Init = 0,
        /// It was declined.
        Declined = 1,
        /// The amount is held.
        Authorized = 2,
        /// The amount is charged or paid.
        Captured = 3,
        /// The amount is charged, and the acquirer has reconciled it.
        Reconciled = 4,
        /// The merchant gets or has the money.
        Settled = 5,
    }
}

impl TxnStatus {
    /// Returns whether the transaction has succeeded. Acquirers answer with 3 or with 4, and 3 may become 4
    /// later, so compare with neither.
    #[must_use]
    pub const fn is_completed(self) -> bool {
        matches!(self, Self::Captured | Self::Reconciled | Self::Settled)
    }

    /// Returns the operations that the provider allows next.
    ///
    /// A reversal of a captured sale is possible on the same day only, and not at every acquirer.
    #[must_use]
    pub const fn next_operations(self) -> &'static [Opcode] {
        match self {
            Self::Init => &[Opcode::Finish3ds],
            Self::Authorized => &[Opcode::Capture, Opcode::Reversal],
            Self::Captured => &[Opcode::Reversal],
            Self::Reconciled | Self::Settled => &[Opcode::Refund],
            Self::Declined | Self::Unknown(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_allows_what_the_document_says() {
        let allowed = |number| {
            let operations = TxnStatus::from_number(number).next_operations();
            operations
                .iter()
                .map(|opcode| opcode.number())
                .collect::<Vec<_>>()
        };
        let table = [0, 1, 2, 3, 4, 5, 40, 52].map(allowed);
        let expected: [&[u32]; 8] = [&[2], &[], &[5, 6], &[6], &[7], &[7], &[], &[]];
        assert_eq!(table, expected);
    }

    #[test]
    fn success_is_three_states() {
        let completed = (0..9).filter(|number| TxnStatus::from_number(*number).is_completed());
        assert_eq!(completed.collect::<Vec<_>>(), [3, 4, 5]);
    }
}
