use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement, locking};
use crate::store_key::StoreKey;
use crate::{
    ApiKeyName, ApiKeyRecord, ApiKeyScope, Digest, SignedApiKeys, StoreError, StoreKeys,
    StoreOptions,
};

pub(super) struct Insert {
    pub(super) name: ApiKeyName,
    pub(super) scope: ApiKeyScope,
    pub(super) digest: Digest,
    pub(super) now: i64,
}

const INSERT: Statement = Statement::same(
    "INSERT INTO api_keys (name, scope, digest, created_at, mac, mac_key) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
);

impl Operation for Insert {
    type Answer = bool;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<bool, StoreError> {
        let key = options.keys.as_ref().map(StoreKeys::current);
        let (name, scope) = (self.name.as_str(), self.scope.as_str());
        let digest = self.digest.as_bytes();
        let mac = key.map(|key| Signed::new(name, scope, digest, self.now).sign(key));
        let values = [
            name.into(),
            scope.into(),
            digest.into(),
            self.now.into(),
            mac.as_deref().into(),
            key.map(StoreKey::id).into(),
        ];
        Ok(connection.execute(&INSERT, &values).await? == 1)
    }
}

pub(super) struct Find {
    pub(super) digest: Digest,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT name, scope, digest, created_at, revoked_at, mac, mac_key FROM api_keys ",
            $condition
        )
    };
}

pub(crate) const FIND: Statement =
    Statement::same(select!("WHERE digest = $1 AND revoked_at IS NULL"));

impl Operation for Find {
    type Answer = Option<ApiKeyRecord>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Option<ApiKeyRecord>, StoreError> {
        let row = connection
            .row(&FIND, &[self.digest.as_bytes().into()])
            .await?;
        let keys = options.keys.as_ref();
        row.map(|row| read_record(&row, keys)).transpose()
    }
}

pub(super) struct List;

const LIST: Statement = Statement::same(select!("ORDER BY name"));

impl Operation for List {
    type Answer = Vec<ApiKeyRecord>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<Vec<ApiKeyRecord>, StoreError> {
        let rows = connection.rows(&LIST, &[]).await?;
        let keys = options.keys.as_ref();
        rows.iter().map(|row| read_record(row, keys)).collect()
    }
}

pub(super) struct Revoke {
    pub(super) name: ApiKeyName,
    pub(super) now: i64,
}

const REVOKE: Statement =
    Statement::same("UPDATE api_keys SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL");

impl Operation for Revoke {
    type Answer = bool;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<bool, StoreError> {
        let values = [self.name.as_str().into(), self.now.into()];
        Ok(connection.execute(&REVOKE, &values).await? == 1)
    }
}

/// Signs every key with the current store key.
pub(super) struct Sign;

const ACTIVE: Statement = locking!(
    select!("WHERE revoked_at IS NULL ORDER BY name"),
    "FOR UPDATE"
);
const SET_MAC: Statement =
    Statement::same("UPDATE api_keys SET mac = $2, mac_key = $3 WHERE name = $1");

impl Operation for Sign {
    type Answer = SignedApiKeys;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        options: &StoreOptions,
    ) -> Result<SignedApiKeys, StoreError> {
        let mut done = SignedApiKeys::default();
        let Some(keys) = &options.keys else {
            return Ok(done);
        };
        for row in connection.rows(&ACTIVE, &[]).await? {
            let record = read_record(&row, Some(keys))?;
            if row.bytes("mac")?.is_some() && !record.is_signed {
                done.refused.push(record.name);
                continue;
            }
            let key = keys.current();
            let mac = Signed::read(&row)?.sign(key);
            let values = [
                record.name.as_str().into(),
                mac.as_slice().into(),
                key.id().into(),
            ];
            connection.execute(&SET_MAC, &values).await?;
            if !record.is_signed {
                done.signed.push(record.name);
            }
        }
        Ok(done)
    }
}

/// What the signature of a row covers: everything but when the key was revoked, which needs no store key.
struct Signed<'a> {
    name: &'a str,
    scope: &'a str,
    digest: &'a [u8],
    created_at: [u8; 8],
}

impl<'a> Signed<'a> {
    fn new(name: &'a str, scope: &'a str, digest: &'a [u8], created_at: i64) -> Self {
        Self {
            name,
            scope,
            digest,
            created_at: created_at.to_be_bytes(),
        }
    }

    fn read(row: &'a impl Row) -> Result<Self, StoreError> {
        let created_at = row.integer("created_at")?.unwrap_or_default();
        Ok(Self::new(
            row.text("name")?.unwrap_or_default(),
            row.text("scope")?.unwrap_or_default(),
            row.bytes("digest")?.unwrap_or_default(),
            created_at,
        ))
    }

    fn parts(&self) -> [&[u8]; 4] {
        let (name, scope) = (self.name.as_bytes(), self.scope.as_bytes());
        [name, scope, self.digest, &self.created_at]
    }

    fn sign(&self, key: &StoreKey) -> Vec<u8> {
        key.sign(&self.parts())
    }
}

fn read_record(row: &impl Row, keys: Option<&StoreKeys>) -> Result<ApiKeyRecord, StoreError> {
    let corrupt = |column| StoreError::CorruptApiKey { column };
    let name = ApiKeyName::parse(row.text("name")?.unwrap_or_default());
    let scope = ApiKeyScope::parse(row.text("scope")?.unwrap_or_default());
    Ok(ApiKeyRecord {
        name: name.map_err(|_| corrupt("name"))?,
        scope: scope.map_err(|_| corrupt("scope"))?,
        is_signed: match keys {
            Some(keys) => is_signed(row, keys)?,
            None => true,
        },
        created_at: row.integer("created_at")?.unwrap_or_default(),
        revoked_at: row.integer("revoked_at")?,
    })
}

fn is_signed(row: &impl Row, keys: &StoreKeys) -> Result<bool, StoreError> {
    let (Some(mac), Some(key_id)) = (row.bytes("mac")?, row.text("mac_key")?) else {
        return Ok(false);
    };
    let Some(key) = keys.find(key_id) else {
        return Ok(false);
    };
    Ok(key.verify(&Signed::read(row)?.parts(), mac))
}
