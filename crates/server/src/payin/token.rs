//! The payment tokens that this server was given.

use pantoken_payin::{DateText, IssuedToken, PaymentToken};
use pantoken_store::{Digest, NewOperation, Progress};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

use super::payment_method::PaymentMethod;
use super::schemas;
use crate::operations::Event;
use crate::operations::stored;
use crate::operations::stored::fields;

pub(super) const KIND: &str = "payin.token";
pub(super) const ACTIVE: &str = "active";
pub(super) const DELETED: &str = "deleted";

/// Returns the name of a token, which is no secret: nobody can find the token from it.
pub(super) fn token_id(payment_token: &str) -> String {
    let digest = Digest::of(format!("pantoken/payin-token/{payment_token}").as_bytes());
    format!("tok_{}", hex::encode(&digest.as_bytes()[..16]))
}

/// A payment token that the provider issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"tokenId": "tok_30747e05edc6a931833378481131e49c",
    "paymentToken": "66aebf5f-098e-4e36-922a-a4107b349a96", "paymentMethod": "card", "name": "411111******1111",
    "expiresAt": "2027-12-31T00:00:00+03:00"}))]
#[schema(as = IssuedToken)]
pub(crate) struct Token {
    pub(crate) token_id: String,
    pub(crate) payment_token: String,
    /// What the token stands for. `sbp` is an account in the faster payments system, which a QR code is paid from.
    #[serde(default)]
    #[schema(schema_with = schemas::payment_method)]
    pub(crate) payment_method: PaymentMethod,
    /// The masked number of the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// When it expires, as the provider writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<String>,
}

impl Token {
    /// Names a token that the provider has issued.
    pub(crate) fn of(issued: &IssuedToken) -> Self {
        Self {
            token_id: token_id(issued.token.expose()),
            payment_token: issued.token.expose().to_owned(),
            payment_method: PaymentMethod::Card,
            name: issued.name.clone(),
            expires_at: issued.expires.as_ref().map(ToString::to_string),
        }
    }

    /// Names a token of the faster payments system, which has no card.
    pub(crate) fn of_qr_code(token: &PaymentToken, expires: Option<&DateText>) -> Self {
        Self {
            token_id: token_id(token.expose()),
            payment_token: token.expose().to_owned(),
            payment_method: PaymentMethod::Sbp,
            name: None,
            expires_at: expires.map(ToString::to_string),
        }
    }
}

/// Makes the record of a token that the provider issued.
pub(super) fn record(
    token: &Token,
    customer: &str,
    created_by: Option<String>,
    now: i64,
) -> Option<NewOperation> {
    Some(NewOperation {
        kind: KIND.to_owned(),
        key: token.token_id.clone(),
        parent: None,
        customer: Some(customer.to_owned()),
        created_by,
        fingerprint: Digest::of(token.token_id.as_bytes()),
        progress: Progress::new(ACTIVE, stored::write(token).ok()?),
        created_at: now,
        leased_until: None,
        deadline_at: None,
    })
}

/// Makes the event of a token that was not issued for a QR code.
pub(super) fn rejected(customer: &str, qr_code_uid: &str) -> Event {
    let mut fields = Map::new();
    fields.insert("customer".to_owned(), json!(customer));
    fields.insert("qrCodeUid".to_owned(), json!(qr_code_uid));
    fields.insert("state".to_owned(), json!("rejected"));
    Event {
        kind: "payin.token.rejected",
        fields,
    }
}

/// Makes the event of a token that another operation has brought about.
pub(super) fn created(token: &Token, customer: &str) -> Event {
    let mut fields = fields(token);
    fields.insert("customer".to_owned(), json!(customer));
    fields.insert("state".to_owned(), json!(ACTIVE));
    Event {
        kind: "payin.token.created",
        fields,
    }
}
