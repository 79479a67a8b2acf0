//! Postgres for the tests, which start a server of their own: found, or installed from Debian's
//! package.

use anyhow::{Context, Result};
use pantoken_test_support::postgres::{Error, programs};

use crate::debian;

pub(crate) fn find_or_install() -> Result<()> {
    if programs().is_none() {
        debian::install(&["postgresql"]).context(Error::Missing)?;
    }
    let folder = programs().ok_or(Error::Missing)?;
    eprintln!("  postgresql: {}", folder.display());
    Ok(())
}
