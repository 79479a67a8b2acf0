use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement};
use crate::{ApiKeyName, ApiKeyRecord, Digest, StoreError, StoreOptions};

pub(super) struct Insert {
    pub(super) name: ApiKeyName,
    pub(super) digest: Digest,
    pub(super) now: i64,
}

const INSERT: Statement = Statement::same(
    "INSERT INTO api_keys (name, digest, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
);

impl Operation for Insert {
    type Answer = bool;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<bool, StoreError> {
        let values = [
            self.name.as_str().into(),
            self.digest.as_bytes().into(),
            self.now.into(),
        ];
        Ok(connection.execute(&INSERT, &values).await? == 1)
    }
}

pub(super) struct Find {
    pub(super) digest: Digest,
}

pub(crate) const FIND: Statement = Statement::same(
    "SELECT name, created_at, revoked_at FROM api_keys WHERE digest = $1 AND revoked_at IS NULL",
);

impl Operation for Find {
    type Answer = Option<ApiKeyRecord>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<Option<ApiKeyRecord>, StoreError> {
        let row = connection
            .row(&FIND, &[self.digest.as_bytes().into()])
            .await?;
        row.map(|row| read_record(&row)).transpose()
    }
}

pub(super) struct List;

const LIST: Statement =
    Statement::same("SELECT name, created_at, revoked_at FROM api_keys ORDER BY name");

impl Operation for List {
    type Answer = Vec<ApiKeyRecord>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<Vec<ApiKeyRecord>, StoreError> {
        let rows = connection.rows(&LIST, &[]).await?;
        rows.iter().map(read_record).collect()
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

fn read_record(row: &impl Row) -> Result<ApiKeyRecord, StoreError> {
    let name = ApiKeyName::parse(row.text("name")?.unwrap_or_default());
    Ok(ApiKeyRecord {
        name: name.map_err(|_| StoreError::CorruptApiKey { column: "name" })?,
        created_at: row.integer("created_at")?.unwrap_or_default(),
        revoked_at: row.integer("revoked_at")?,
    })
}
