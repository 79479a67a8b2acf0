use std::collections::HashMap;

use time::format_description::well_known::Iso8601;
use time::{Duration, OffsetDateTime};

use super::refusal::Refusal;
use super::times::to_moscow;
use super::wallet::SharedWallet;
use super::{cards, pdf};

/// Returns the statement of a card as a PDF file.
pub(super) fn write(
    wallet: &SharedWallet,
    id: &str,
    query: &HashMap<String, String>,
) -> Result<Vec<u8>, Refusal> {
    let time = |name: &str| {
        let text = query.get(name)?;
        OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok()
    };
    let (Some(from), Some(till)) = (time("from"), time("till")) else {
        return Err(Refusal::Invalid(
            "from and till must be times with an offset",
        ));
    };
    if till <= from || till - from > Duration::days(90) {
        return Err(Refusal::Invalid("A statement covers at most 90 days"));
    }
    let mut state = wallet.state()?;
    let (id, _) = cards::find(&mut state, id)?;
    let lines = [
        format!("Statement of card {id}"),
        format!("From {}", to_moscow(from)),
        format!("Till {}", to_moscow(till)),
        "No operations".to_owned(),
    ];
    Ok(pdf::page(&lines))
}
