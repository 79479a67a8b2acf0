//! Fiscal receipts (54-FZ): JSON, compressed with zlib, in base64.
//! Source: docs/qiwi-pay.md, "Receipts".

use std::fmt;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use pantoken_core::json::Object;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::Amount;
use crate::json::{self, FromText};
use crate::numbered::closed_numbers;
use crate::wallet_token::{has_zlib_header, zlib};

closed_numbers! {
    /// What a receipt is for (tag 1054).
    pub enum ChequeType {
        /// The customer pays.
        Income = 1,
        /// The customer gets money back.
        IncomeReturn = 2,
        /// The merchant pays.
        Expense = 3,
        /// The merchant gets money back.
        ExpenseReturn = 4,
    }
}

closed_numbers! {
    /// The merchant's system of taxation (tag 1055).
    pub enum TaxSystem {
        /// The general system.
        General = 0,
        /// The simplified system, on income.
        SimplifiedIncome = 1,
        /// The simplified system, on income minus expenses.
        SimplifiedIncomeMinusExpense = 2,
        /// The tax on imputed income.
        ImputedIncome = 3,
        /// The agricultural tax.
        Agricultural = 4,
        /// The patent system.
        Patent = 5,
    }
}

closed_numbers! {
    /// The value-added tax of a position (tag 1199).
    pub enum Tax {
        /// 18 percent. Only the provider's older document has it.
        Rate18 = 1,
        /// 10 percent. Only the provider's older document has it.
        Rate10 = 2,
        /// 18/118.
        Rate18Of118 = 3,
        /// 10/110.
        Rate10Of110 = 4,
        /// 0 percent.
        Rate0 = 5,
        /// None.
        None = 6,
        /// 20/120.
        Rate20Of120 = 7,
    }
}

closed_numbers! {
    /// How a position is paid (tag 1214).
    pub enum PaymentMethod {
        /// The whole price before the delivery.
        FullPrepayment = 1,
        /// A part of the price before the delivery.
        PartialPrepayment = 2,
        /// An advance.
        Advance = 3,
        /// The whole price at the delivery.
        FullSettlement = 4,
        /// A part of the price, and the rest on credit.
        PartAndCredit = 5,
        /// Handed over on credit.
        Credit = 6,
        /// A payment of a credit.
        CreditPayment = 7,
    }
}

closed_numbers! {
    /// What a position is (tag 1212).
    pub enum PaymentSubject {
        /// Goods.
        Goods = 1,
        /// Goods under excise.
        ExciseGoods = 2,
        /// Work.
        Work = 3,
        /// A service.
        Service = 4,
        /// A bet.
        Bet = 5,
        /// A win in gambling.
        GamblingWin = 6,
        /// A lottery ticket.
        LotteryTicket = 7,
        /// A win in a lottery.
        LotteryWin = 8,
        /// Rights of intellectual property.
        IntellectualProperty = 9,
        /// A payment.
        Payment = 10,
        /// An agent's fee.
        AgentFee = 11,
        /// Several of these.
        Composite = 12,
        /// Something else.
        Other = 13,
    }
}

/// A fiscal receipt.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The seller's taxpayer number: 10 or 12 digits. A leading zero is kept.
    pub seller_id: String,
    /// What the receipt is for.
    pub cheque_type: ChequeType,
    /// The customer's phone number or e-mail, to which the receipt is sent.
    pub customer_contact: String,
    /// The seller's system of taxation.
    pub tax_system: TaxSystem,
    /// What was sold.
    pub positions: Vec<Position>,
}

/// Personal data is not printed.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(…)")
    }
}

/// A position of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// How many.
    pub quantity: Decimal,
    /// The price of one, after discounts.
    pub price: Decimal,
    /// The value-added tax.
    pub tax: Tax,
    /// The name, of 1 to 128 characters.
    pub description: String,
    /// How it is paid. The provider requires it; its older documents leave it out.
    pub payment_method: Option<PaymentMethod>,
    /// What it is. The provider requires it; its older documents leave it out.
    pub payment_subject: Option<PaymentSubject>,
}

/// The reason why a receipt is refused. The message contains no value of the receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// A field is not what the provider documents.
    #[error("the field `{0}` of the receipt is not what the provider documents")]
    Field(&'static str),
    /// The sum of the positions is not the amount.
    #[error("the sum of the receipt's positions must be the amount that is paid or given back")]
    Total,
    /// The receipt is longer than the provider accepts.
    #[error("an encoded receipt must not be longer than 4096 characters; use fewer positions")]
    TooLong,
    /// The text is not base64 of a zlib stream.
    #[error("an encoded receipt must be base64 of a zlib stream")]
    Encoding,
    /// The compressed text is not the JSON of a receipt.
    #[error("the compressed text must be the JSON of a receipt")]
    Json,
}

/// The longest encoded receipt, in characters.
const MAX_ENCODED: usize = 4096;
/// The longest JSON of a receipt that is decompressed. Longer ones do not fit when they are encoded.
const MAX_JSON: u64 = 256 * 1024;

impl Receipt {
    /// Returns the sum of the positions, each rounded to two fraction digits, or `None` if it is too large.
    #[must_use]
    pub fn total(&self) -> Option<Decimal> {
        self.positions
            .iter()
            .try_fold(Decimal::ZERO, |sum, position| {
                let price = position.quantity.checked_mul(position.price)?;
                let rounding = RoundingStrategy::MidpointAwayFromZero;
                sum.checked_add(price.round_dp_with_strategy(2, rounding))
            })
    }

    /// Encodes the receipt of a payment.
    ///
    /// # Errors
    /// Returns [`ReceiptError`] if a field is not what the provider documents, if the positions do not add up to
    /// the amount, or if the receipt is too long.
    pub fn encode(&self, amount: &Amount) -> Result<String, ReceiptError> {
        self.check()?;
        if self.total() != Some(amount.value()) {
            return Err(ReceiptError::Total);
        }
        let encoded = STANDARD.encode(zlib(self.to_json().as_bytes()));
        if encoded.len() > MAX_ENCODED {
            return Err(ReceiptError::TooLong);
        }
        Ok(encoded)
    }

    /// Decodes a receipt.
    ///
    /// # Errors
    /// Returns [`ReceiptError`] if the text is not an encoded receipt.
    pub fn decode(encoded: &str) -> Result<Self, ReceiptError> {
        Self::from_json(&decompress(encoded)?)
    }

    fn check(&self) -> Result<(), ReceiptError> {
        let is_number = self.seller_id.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || !matches!(self.seller_id.len(), 10 | 12) {
            return Err(ReceiptError::Field("seller_id"));
        }
        let contact = &self.customer_contact;
        if !is_text(contact, 64) {
            return Err(ReceiptError::Field("customer_contact"));
        }
        if self.positions.is_empty() {
            return Err(ReceiptError::Field("positions"));
        }
        self.positions.iter().try_for_each(Position::check)
    }

    fn to_json(&self) -> String {
        let positions: Vec<_> = self.positions.iter().map(Position::to_json).collect();
        format!(
            r#"{{"seller_id":{},"cheque_type":{},"customer_contact":{},"tax_system":{},"positions":[{}]}}"#,
            self.seller_json(),
            self.cheque_type.number(),
            json_text(&self.customer_contact),
            self.tax_system.number(),
            positions.join(",")
        )
    }

    /// The provider documents a number. A number cannot have a leading zero, so such a one is sent as a text.
    fn seller_json(&self) -> String {
        match self.seller_id.starts_with('0') {
            true => json_text(&self.seller_id),
            false => self.seller_id.clone(),
        }
    }

    fn from_json(json: &[u8]) -> Result<Self, ReceiptError> {
        let object = Object::parse(json).map_err(|_| ReceiptError::Json)?;
        let positions = json::list(&object, "positions").ok_or(ReceiptError::Field("positions"))?;
        let positions: Result<_, _> = positions.into_iter().map(Position::from_json).collect();
        let receipt = Self {
            seller_id: field(&object, "seller_id")?,
            cheque_type: number(&object, "cheque_type", ChequeType::from_number)?,
            customer_contact: field(&object, "customer_contact")?,
            tax_system: number(&object, "tax_system", TaxSystem::from_number)?,
            positions: positions?,
        };
        receipt.check()?;
        Ok(receipt)
    }
}

impl Position {
    fn check(&self) -> Result<(), ReceiptError> {
        if self.quantity <= Decimal::ZERO {
            return Err(ReceiptError::Field("quantity"));
        }
        if self.price < Decimal::ZERO || self.price.normalize().scale() > 2 {
            return Err(ReceiptError::Field("price"));
        }
        if !is_text(&self.description, 128) {
            return Err(ReceiptError::Field("description"));
        }
        Ok(())
    }

    fn to_json(&self) -> String {
        let mut json = format!(
            r#"{{"quantity":{},"price":{},"tax":{},"description":{}"#,
            self.quantity.normalize(),
            self.price.normalize(),
            self.tax.number(),
            json_text(&self.description)
        );
        if let Some(method) = self.payment_method {
            json += &format!(r#","payment_method":{}"#, method.number());
        }
        if let Some(subject) = self.payment_subject {
            json += &format!(r#","payment_subject":{}"#, subject.number());
        }
        json.push('}');
        json
    }

    fn from_json(json: &[u8]) -> Result<Self, ReceiptError> {
        let object = Object::parse(json).map_err(|_| ReceiptError::Json)?;
        let optional = |name| json::text(&object, name).is_some();
        let method = optional("payment_method");
        let subject = optional("payment_subject");
        Ok(Self {
            quantity: field(&object, "quantity")?,
            price: field(&object, "price")?,
            tax: number(&object, "tax", Tax::from_number)?,
            description: field(&object, "description")?,
            payment_method: method
                .then(|| number(&object, "payment_method", PaymentMethod::from_number))
                .transpose()?,
            payment_subject: subject
                .then(|| number(&object, "payment_subject", PaymentSubject::from_number))
                .transpose()?,
        })
    }
}

fn field<T: FromText>(object: &Object<'_>, name: &'static str) -> Result<T, ReceiptError> {
    json::read(object, name).ok_or(ReceiptError::Field(name))
}

fn number<T>(
    object: &Object<'_>,
    name: &'static str,
    from_number: fn(u32) -> Option<T>,
) -> Result<T, ReceiptError> {
    from_number(field(object, name)?).ok_or(ReceiptError::Field(name))
}

fn is_text(text: &str, max: usize) -> bool {
    let is_short = (1..=max).contains(&text.chars().count());
    is_short && !text.contains(char::is_control)
}

fn json_text(text: &str) -> String {
    // A text can always be written as JSON.
    serde_json::to_string(text).unwrap_or_default()
}

fn decompress(encoded: &str) -> Result<Vec<u8>, ReceiptError> {
    let compressed = STANDARD
        .decode(encoded)
        .map_err(|_| ReceiptError::Encoding)?;
    if !has_zlib_header(&compressed) {
        return Err(ReceiptError::Encoding);
    }
    let mut json = Vec::new();
    let mut decoder = ZlibDecoder::new(&*compressed).take(MAX_JSON + 1);
    decoder
        .read_to_end(&mut json)
        .map_err(|_| ReceiptError::Encoding)?;
    if json.len() as u64 > MAX_JSON {
        return Err(ReceiptError::TooLong);
    }
    Ok(json)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position(quantity: Decimal, price: Decimal) -> Position {
        Position {
            quantity,
            price,
            tax: Tax::Rate20Of120,
            description: "Товар \"1\"".to_owned(),
            payment_method: Some(PaymentMethod::FullSettlement),
            payment_subject: Some(PaymentSubject::Goods),
        }
    }

    fn receipt(positions: Vec<Position>) -> Receipt {
        Receipt {
            seller_id: "3123011520".to_owned(),
            cheque_type: ChequeType::Income,
            customer_contact: "foo@domain.tld".to_owned(),
            tax_system: TaxSystem::General,
            positions,
        }
    }

    fn amount(value: &str) -> Amount {
        Amount::parse(value, "RUB").unwrap()
    }

    #[test]
    fn a_total_that_differs_is_refused() {
        let three = receipt(vec![position(Decimal::from(3), Decimal::new(3333, 2))]);
        assert_eq!(three.encode(&amount("100.00")), Err(ReceiptError::Total));
        assert!(three.encode(&amount("99.99")).is_ok());
        let weighed = receipt(vec![position(Decimal::new(1234, 3), Decimal::new(999, 2))]);
        assert!(weighed.encode(&amount("12.33")).is_ok());
    }

    #[test]
    fn personal_data_is_not_printed() {
        let receipt = receipt(vec![position(Decimal::ONE, Decimal::ONE)]);
        assert_eq!(format!("{receipt:?}"), "Receipt(…)");
    }

    #[test]
    fn a_leading_zero_of_the_seller_is_kept() {
        let mut receipt = receipt(vec![position(Decimal::ONE, Decimal::ONE)]);
        receipt.seller_id = "0123011520".to_owned();
        let encoded = receipt.encode(&amount("1.00")).unwrap();
        assert_eq!(Receipt::decode(&encoded), Ok(receipt));
    }

    #[test]
    fn each_field_is_checked() {
        let refused = |change: &dyn Fn(&mut Receipt)| {
            let mut receipt = receipt(vec![position(Decimal::ONE, Decimal::ONE)]);
            change(&mut receipt);
            receipt.encode(&amount("1.00")).err()
        };
        assert_eq!(refused(&|_| ()), None);
        let field = |name| Some(ReceiptError::Field(name));
        assert_eq!(
            refused(&|it| it.seller_id = "123".to_owned()),
            field("seller_id")
        );
        assert_eq!(
            refused(&|it| it.seller_id = "12345678x0".to_owned()),
            field("seller_id")
        );
        assert_eq!(
            refused(&|it| it.customer_contact.clear()),
            field("customer_contact")
        );
        assert_eq!(
            refused(&|it| it.customer_contact = "a".repeat(65)),
            field("customer_contact")
        );
        assert_eq!(refused(&|it| it.positions.clear()), field("positions"));
        assert_eq!(
            refused(&|it| it.positions[0].quantity = Decimal::ZERO),
            field("quantity")
        );
        assert_eq!(
            refused(&|it| it.positions[0].price = Decimal::new(1001, 3)),
            field("price")
        );
        assert_eq!(
            refused(&|it| it.positions[0].description = "я".repeat(129)),
            field("description")
        );
        let long = refused(&|it| {
            let positions = (0..400).map(|index: i64| {
                let mut position = position(Decimal::ONE, Decimal::ZERO);
                position.description =
                    format!("{:x}", index.wrapping_mul(0x1e37_79b9_7f4a_7c15)).repeat(4);
                position
            });
            it.positions.extend(positions);
        });
        assert_eq!(long, Some(ReceiptError::TooLong));
    }

    #[test]
    fn what_expands_without_end_is_refused() {
        let bomb = STANDARD.encode(zlib(&vec![b' '; 10 * 1024 * 1024]));
        assert_eq!(Receipt::decode(&bomb), Err(ReceiptError::TooLong));
    }

    #[test]
    fn a_raw_deflate_stream_is_refused() {
        assert_eq!(
            Receipt::decode("80jNyclXKM8vykkBAA=="),
            Err(ReceiptError::Encoding)
        );
    }

    proptest! {
        #[test]
        fn a_receipt_is_decoded_as_it_was_encoded(
            positions in prop::collection::vec((1i64..100_000, 0i64..10_000_000, "[^\\p{Cc}]{1,20}", 0usize..7, prop::option::of(0usize..7)), 1..8),
        ) {
            let positions: Vec<_> = positions.into_iter().map(|(quantity, price, description, tax, method)| Position {
                quantity: Decimal::new(quantity, 3).normalize(),
                price: Decimal::new(price, 2).normalize(),
                tax: Tax::ALL[tax],
                description,
                payment_method: method.map(|method| PaymentMethod::ALL[method]),
                payment_subject: method.map(|subject| PaymentSubject::ALL[subject]),
            }).collect();
            let receipt = receipt(positions);
            let total = receipt.total().unwrap();
            prop_assume!(total > Decimal::ZERO);
            let amount = Amount::new(total, crate::Currency::RUB).unwrap();
            prop_assert_eq!(Receipt::decode(&receipt.encode(&amount).unwrap()), Ok(receipt));
        }
    }
}
