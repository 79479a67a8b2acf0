use crate::backend::Operation;
use crate::connection::{Connection, Row, Statement};
use crate::{ApiKeyName, SessionFilter, SessionState, SessionSummary, StoreError, StoreOptions};

use crate::session_row::read_session_id;

/// Selects the sessions before an id, and computes each one's state at the time `$1`, in the same way as
/// `Session::state`. No token is read.
macro_rules! list {
    ($condition:literal) => {
        concat!(
            "SELECT * FROM (SELECT request_id, language, return_url, customer, created_at, expires_at, error_code, \
             error_message, finished_at, CASE WHEN pan_token IS NOT NULL THEN 'saved' WHEN error_code IS NOT NULL \
             THEN 'failed' WHEN expires_at <= $1 THEN 'expired' ELSE 'created' END AS state FROM sessions WHERE \
             request_id < $2 AND ($5 = '' OR created_by = $5)",
            $condition,
            ") AS listed WHERE $3 = '' OR state = $3 ORDER BY request_id DESC LIMIT $4"
        )
    };
}

pub(crate) const LIST: Statement = Statement::same(list!(""));
pub(crate) const LIST_OF_CUSTOMER: Statement = Statement::same(list!(" AND customer = $6"));

pub(super) struct List {
    pub(super) filter: SessionFilter,
}

impl Operation for List {
    type Answer = Vec<SessionSummary>;

    async fn run<C: Connection>(
        &self,
        connection: &mut C,
        _options: &StoreOptions,
    ) -> Result<Vec<SessionSummary>, StoreError> {
        let filter = &self.filter;
        let before = filter
            .before
            .map_or(i64::MAX, super::super::session::SessionId::get);
        let state = filter.state.map_or("", SessionState::as_str);
        let mut values = vec![
            filter.now.into(),
            before.into(),
            state.into(),
            i64::from(filter.limit).into(),
            filter
                .created_by
                .as_ref()
                .map_or("", ApiKeyName::as_str)
                .into(),
        ];
        let statement = match filter.customer.as_deref() {
            Some(customer) => {
                values.push(customer.into());
                &LIST_OF_CUSTOMER
            }
            None => &LIST,
        };
        let rows = connection.rows(statement, &values).await?;
        rows.iter().map(read_summary).collect()
    }
}

fn read_summary(row: &impl Row) -> Result<SessionSummary, StoreError> {
    let id = read_session_id(row)?;
    let corrupt = |column| StoreError::corrupt(id, column);
    let text = |column| Ok::<_, StoreError>(row.text(column)?.map(str::to_owned));
    let state = row.text("state")?;
    let mut states = SessionState::ALL.into_iter();
    Ok(SessionSummary {
        id,
        state: states
            .find(|one| Some(one.as_str()) == state)
            .ok_or(corrupt("state"))?,
        is_redirect: row.text("return_url")?.is_some(),
        language: text("language")?.ok_or(corrupt("language"))?,
        customer: text("customer")?,
        error: text("error_code")?.zip(text("error_message")?),
        created_at: row.integer("created_at")?.ok_or(corrupt("created_at"))?,
        expires_at: row.integer("expires_at")?.ok_or(corrupt("expires_at"))?,
        finished_at: row.integer("finished_at")?,
    })
}
