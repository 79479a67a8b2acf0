use serde::Serialize;
use time::OffsetDateTime;

use crate::common::{Cheque, CustomFields, Customer, Flag, ReceiverData, Split, Status};
use crate::{Amount, BillId, DateText, Payment, RawJson, SiteId, date};
use pantoken_core::json::{Object, ReadObject, Unreadable};
use pantoken_core::open_enum;

/// A bill that the customer pays, or verifies a card for, on the provider's form.
/// Source: docs/payin.md, "Calls".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BillRequest {
    /// The id, which you choose. It is part of the path.
    #[serde(skip)]
    pub bill_id: BillId,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    /// Until when the form can be used.
    #[serde(rename = "expirationDateTime", with = "date::with_offset")]
    pub expires: OffsetDateTime,
    /// A comment of at most 256 characters, which the customer sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Your own fields. `invoice_callback_url` is where the notifications of this bill go.
    #[serde(skip_serializing_if = "CustomFields::is_empty")]
    pub custom_fields: CustomFields,
    /// Who finally gets the money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_data: Option<ReceiverData>,
    /// How the bill may be paid. Without any, all methods of the site are offered.
    #[serde(
        rename = "billPaymentMethodsType",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub methods: Vec<BillMethod>,
    /// The shares of other merchants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split>,
    /// The receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cheque: Option<Cheque>,
}

impl BillRequest {
    /// Creates a bill that is paid in one step.
    #[must_use]
    pub fn payment(bill_id: BillId, amount: Amount, expires: OffsetDateTime) -> Self {
        Self::new(bill_id, Some(amount), expires, vec![Flag::Sale])
    }

    /// Creates a bill whose payment is held until you capture it.
    #[must_use]
    pub fn hold(bill_id: BillId, amount: Amount, expires: OffsetDateTime) -> Self {
        Self::new(bill_id, Some(amount), expires, Vec::new())
    }

    /// Creates a bill without an amount, whose form only verifies a card.
    #[must_use]
    pub fn card_check(bill_id: BillId, expires: OffsetDateTime) -> Self {
        Self::new(bill_id, None, expires, vec![Flag::CheckCard])
    }

    fn new(
        bill_id: BillId,
        amount: Option<Amount>,
        expires: OffsetDateTime,
        flags: Vec<Flag>,
    ) -> Self {
        Self {
            bill_id,
            amount,
            expires,
            comment: None,
            flags,
            customer: None,
            custom_fields: CustomFields::new(),
            receiver_data: None,
            methods: Vec::new(),
            splits: Vec::new(),
            cheque: None,
        }
    }

    /// Also issues a payment token for the card, bound to this customer.
    #[must_use]
    pub fn issue_token(mut self, account: &str) -> Self {
        let customer = self.customer.get_or_insert_default();
        customer.account = Some(account.to_owned());
        if !self.flags.contains(&Flag::BindPaymentToken) {
            self.flags.push(Flag::BindPaymentToken);
        }
        self
    }

    /// Returns the amount, which a card check does not have.
    #[must_use]
    pub fn amount(&self) -> Option<&Amount> {
        self.amount.as_ref()
    }
}

open_enum! {
    /// A method with which a bill can be paid.
    pub enum BillMethod {
        /// A card.
        Card = "CARD",
        /// The faster payments system.
        Sbp = "SBP",
        /// A QIWI wallet, for old sites.
        QiwiWallet = "QIWI_WALLET",
    }
}

open_enum! {
    /// The state of a bill.
    pub enum BillStatus {
        /// It can be paid.
        Created = "CREATED" | "WAITING",
        /// It was paid.
        Paid = "PAID",
        /// Its time is over. A payment that began before may still succeed.
        Expired = "EXPIRED",
        /// It was rejected.
        Rejected = "REJECTED",
    }
}

/// A bill as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bill {
    /// The id. An answer with nothing but `payUrl` does not have it.
    pub bill_id: Option<BillId>,
    /// The provider's own id.
    pub invoice_uid: Option<String>,
    /// The site.
    pub site_id: Option<SiteId>,
    /// The amount, which is 0.00 for a card check.
    pub amount: Option<Amount>,
    /// The state.
    pub status: Option<Status<BillStatus>>,
    /// When it was created. It may lack an offset.
    pub created: Option<DateText>,
    /// Until when the form can be used. It may lack an offset.
    pub expires: Option<DateText>,
    /// The address of the form. See [`crate::FormUrl`].
    pub pay_url: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// The customer.
    pub customer: Option<Customer>,
    /// Your own fields, and those of the provider.
    pub custom_fields: CustomFields,
    /// The flags.
    pub flags: Vec<Flag>,
    /// The shares of other merchants.
    pub splits: Vec<Split>,
    /// The payments of the bill, if its details were asked for.
    pub payments: Vec<Payment>,
    /// The whole object.
    pub raw: RawJson,
}

impl ReadObject for Bill {
    fn read_object(object: &Object<'_>, raw: &[u8]) -> Result<Self, Unreadable> {
        let bill = Self {
            bill_id: object.read("billId"),
            invoice_uid: object.read("invoiceUid"),
            site_id: object.read("siteId"),
            amount: object.read("amount"),
            status: object.read("status"),
            created: object.read_any(&["creationDateTime", "createdDateTime"]),
            expires: object.read("expirationDateTime"),
            pay_url: object.read("payUrl"),
            comment: object.read("comment"),
            customer: object.read("customer"),
            custom_fields: object.read("customFields").unwrap_or_default(),
            flags: object.read("flags").unwrap_or_default(),
            splits: object.read("splits").unwrap_or_default(),
            payments: object.objects("payments")?,
            raw: RawJson::from_bytes(raw),
        };
        match (&bill.bill_id, &bill.pay_url) {
            (None, None) => Err(Unreadable::Field("billId")),
            _ => Ok(bill),
        }
    }
}
