//! The merchant's side: what the platform asks before it takes a deposit. Source: docs/jetpay.md, "Deposits".

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::amount::{Amount, AmountError, Currency};
use crate::id::{PaymentId, ProjectId};
use crate::json::{Body, Json, Unreadable};
use crate::signature::SecretKey;
use crate::signed_text::Variant;

/// A question of the platform whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerchantRequest {
    project_id: ProjectId,
    customer_id: String,
    question: Question,
    variant: Variant,
}

/// What the platform asks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// Whether there is an account of this customer.
    Verify,
    /// The id under which a deposit is to be made. The customer has paid already.
    CheckDeposit(DepositSum),
}

/// What `check_deposit` says of the money. It is judged only when the account is known, so any values are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositSum {
    minor_units: Option<i64>,
    currency: Option<String>,
    /// The payment method, such as `qiwi-kz`. Any is taken.
    pub payment_method: Option<String>,
}

/// The account of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The currency of the account.
    pub currency: Currency,
    /// Another id, unique in the project, by which the platform is to know the customer.
    pub additional_customer_id: Option<String>,
}

impl Account {
    /// Creates an account in this currency.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self {
            currency,
            additional_customer_id: None,
        }
    }
}

/// A deposit that may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deposit {
    /// The project.
    pub project_id: ProjectId,
    /// The customer to whom it will belong.
    pub customer_id: String,
    /// How much.
    pub amount: Amount,
    /// The payment method.
    pub payment_method: Option<String>,
}

/// An answer to the platform. Send it as JSON with the HTTP status [`MerchantAnswer::http_status`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MerchantAnswer {
    /// To `verify`: there is such an account.
    Account(Account),
    /// To `check_deposit`: the deposit gets this id. Store it before you answer, and use a new one each time.
    Deposit(PaymentId),
    /// The body cannot be read.
    Unreadable(Unreadable),
    /// The signature does not hold, or the project is not yours.
    WrongSignature,
    /// There is no such account.
    NoAccount,
    /// Anything else. The text says why; the platform shows it to its operators.
    Failed(String),
}

impl MerchantRequest {
    /// Verifies and reads a question. `key` returns the secret key of a project that is yours.
    ///
    /// ```
    /// use pantoken_jetpay::{Account, Currency, MerchantAnswer, MerchantRequest, ProjectId, SecretKey};
    ///
    /// # let key = SecretKey::parse("secret")?;
    /// # let signature = key.sign_text("customer_id:johndoe@example.com;project_id:111;type:verify");
    /// # let body = format!(
    /// #     r#"{{"type":"verify","project_id":111,"customer_id":"johndoe@example.com","signature":"{signature}"}}"#
    /// # );
    /// let keys = |project: ProjectId| (project.get() == 111).then_some(&key);
    /// let answer = match MerchantRequest::verify(keys, body.as_bytes()) {
    ///     Ok(request) => {
    ///         assert_eq!(request.customer_id(), "johndoe@example.com");
    ///         MerchantAnswer::Account(Account::new(Currency::KZT))
    ///     }
    ///     Err(refusal) => refusal,
    /// };
    /// assert_eq!(serde_json::to_string(&answer)?, r#"{"code":0,"currency":"KZT"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns the answer that refuses the question.
    pub fn verify<'k>(
        key: impl FnOnce(ProjectId) -> Option<&'k SecretKey>,
        bytes: &[u8],
    ) -> Result<Self, MerchantAnswer> {
        let body = Body::parse(bytes).map_err(MerchantAnswer::Unreadable)?;
        let project_id = body
            .get("project_id")
            .and_then(ProjectId::from_number_or_text);
        let project_id = project_id.ok_or(MerchantAnswer::WrongSignature)?;
        let key = key(project_id).ok_or(MerchantAnswer::WrongSignature)?;
        let variant = key.verify(&body);
        let variant = variant.map_err(|_| MerchantAnswer::WrongSignature)?;
        let question = Question::read(&body)?;
        let customer_id = body.get("customer_id").and_then(Json::text_or_number);
        let customer_id = customer_id.filter(|id| (1..=255).contains(&id.chars().count()));
        let customer_id = customer_id.ok_or_else(|| {
            MerchantAnswer::Failed("customer_id must be a text of 1 to 255 characters".to_owned())
        })?;
        Ok(Self {
            project_id,
            customer_id: customer_id.to_owned(),
            question,
            variant,
        })
    }

    /// Returns the project.
    #[must_use]
    pub fn project_id(&self) -> ProjectId {
        self.project_id
    }

    /// Returns your id of the customer.
    #[must_use]
    pub fn customer_id(&self) -> &str {
        &self.customer_id
    }

    /// Returns what is asked.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// Returns the way of building the signed text that the signature is over, for the log.
    #[must_use]
    pub fn variant(&self) -> Variant {
        self.variant
    }

    /// Judges the sum of `check_deposit`. It must be a positive integer in the currency of the account. Without an
    /// account, because your own lookup failed, any currency of ISO 4217 is taken.
    ///
    /// # Errors
    /// Returns the answer that refuses the sum.
    pub fn judge(
        &self,
        sum: &DepositSum,
        account: Option<&Account>,
    ) -> Result<Deposit, MerchantAnswer> {
        let failed = |message: String| MerchantAnswer::Failed(message);
        let minor_units = sum.minor_units.unwrap_or_default();
        let currency = Currency::parse(sum.currency.as_deref().unwrap_or_default());
        let amount = Amount::from_minor_units(minor_units, currency.clone());
        let amount = amount.map_err(|_| {
            failed(format!(
                "amount must be an integer from 1 to {}, in minor units",
                Amount::MAX_MINOR_UNITS
            ))
        })?;
        match account {
            Some(account) if account.currency != currency => Err(failed(format!(
                "currency must be {}, the currency of the account",
                account.currency
            ))),
            None if currency.exponent().is_none() => Err(failed(AmountError::Currency.to_string())),
            _ => Ok(Deposit {
                project_id: self.project_id,
                customer_id: self.customer_id.clone(),
                amount,
                payment_method: sum.payment_method.clone(),
            }),
        }
    }
}

impl Question {
    fn read(body: &Body) -> Result<Self, MerchantAnswer> {
        let text = |name: &str| body.get(name).and_then(Json::text).map(str::to_owned);
        match text("type").as_deref() {
            Some("verify") => Ok(Self::Verify),
            Some("check_deposit") => Ok(Self::CheckDeposit(DepositSum {
                minor_units: body.get("amount").and_then(Json::integer),
                currency: text("currency"),
                payment_method: text("payment_method"),
            })),
            _ => Err(MerchantAnswer::Failed(
                "type must be verify or check_deposit".to_owned(),
            )),
        }
    }
}

impl MerchantAnswer {
    /// Returns the code of the answer: 0, 400, 404 or 500.
    #[must_use]
    pub fn code(&self) -> u16 {
        match self {
            Self::Account(_) | Self::Deposit(_) => 0,
            Self::WrongSignature => 400,
            Self::NoAccount => 404,
            Self::Unreadable(_) | Self::Failed(_) => 500,
        }
    }

    /// Returns the HTTP status: 200 for all codes, and 400 for what cannot be read.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Unreadable(Unreadable::TooLong) => 413,
            Self::Unreadable(_) => 400,
            _ => 200,
        }
    }

    fn message(&self) -> Option<String> {
        match self {
            Self::Account(_) | Self::Deposit(_) => None,
            Self::Unreadable(error) => Some(error.to_string()),
            Self::WrongSignature => Some("the signature is invalid".to_owned()),
            Self::NoAccount => Some("the account does not exist".to_owned()),
            Self::Failed(message) => Some(message.clone()),
        }
    }
}

impl Serialize for MerchantAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_map(None)?;
        answer.serialize_entry("code", &self.code())?;
        if let Some(message) = self.message() {
            answer.serialize_entry("message", &message)?;
        }
        match self {
            Self::Account(account) => {
                answer.serialize_entry("currency", account.currency.as_str())?;
                if let Some(id) = &account.additional_customer_id {
                    answer.serialize_entry("additional_customer_id", id)?;
                }
            }
            Self::Deposit(payment_id) => {
                answer.serialize_entry("payment_id", payment_id.as_str())?;
            }
            _ => {}
        }
        answer.end()
    }
}
