use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

/// The URL of a database: `sqlite://` with a file, or `postgres://` as Postgres's own clients accept it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DatabaseUrl {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A database of a Postgres server.
    Postgres(PostgresUrl),
}

/// Why a text is not a [`DatabaseUrl`]. The error does not repeat it, because it may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// The scheme is unknown or missing.
    #[error("must start with sqlite:// or postgres://")]
    Scheme,
    /// There is no file, or something follows it.
    #[error("must have a file after sqlite://, and nothing more")]
    SqliteFile,
    /// Postgres's clients do not accept the URL.
    #[error("must look like postgres://user:password@host:port/database, with options after a '?'")]
    Postgres,
}

impl DatabaseUrl {
    /// Parses a database URL.
    ///
    /// # Errors
    /// Returns [`DatabaseUrlError`] if the store cannot use such a database.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        if let Some(file) = text.strip_prefix("sqlite://") {
            if file.is_empty() || file.contains(['?', '#']) {
                return Err(DatabaseUrlError::SqliteFile);
            }
            return Ok(Self::Sqlite(file.into()));
        }
        PostgresUrl::parse(text).map(Self::Postgres)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

/// The URL of a Postgres database. Its `Debug` and `Display` output omit the password.
#[derive(Clone)]
pub struct PostgresUrl(Box<PgConnectOptions>);

impl PostgresUrl {
    /// Parses `postgres://user:password@host:port/database`. The option `sslmode=verify-full` requires
    /// TLS with a certificate that this system trusts.
    ///
    /// # Errors
    /// Returns [`DatabaseUrlError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(DatabaseUrlError::Scheme);
        }
        let options = PgConnectOptions::from_str(text).map_err(|_| DatabaseUrlError::Postgres)?;
        // Bound values are secrets.
        Ok(Self(Box::new(options.disable_statement_logging())))
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.0
    }
}

/// Writes the host, the port and the database's name.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, port) = (self.0.get_host(), self.0.get_port());
        let database = self.0.get_database().unwrap_or(self.0.get_username());
        match self.0.get_socket() {
            Some(folder) => write!(f, "postgres:///{database} at {}", folder.display()),
            None => write!(f, "postgres://{host}:{port}/{database}"),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_its_database_and_never_its_password() {
        let table = [
            ("sqlite://data/pantoken.db", "sqlite://data/pantoken.db"),
            ("sqlite:///var/lib/p.db", "sqlite:///var/lib/p.db"),
            (
                "postgres://me:secret@db.shop.kz:5433/cards?sslmode=verify-full",
                "postgres://db.shop.kz:5433/cards",
            ),
            ("postgresql://me:secret@h/cards", "postgres://h:5432/cards"),
        ];
        for (text, shown) in table {
            let url = DatabaseUrl::parse(text).unwrap();
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("secret"), "{url:?}");
        }
    }

    #[test]
    fn an_invalid_url_is_refused_with_its_rule() {
        let table = [
            ("", DatabaseUrlError::Scheme),
            ("mysql://h/d", DatabaseUrlError::Scheme),
            ("sqlite::memory:", DatabaseUrlError::Scheme),
            ("sqlite://", DatabaseUrlError::SqliteFile),
            ("sqlite://a?mode=ro", DatabaseUrlError::SqliteFile),
            ("postgres://h:port/d", DatabaseUrlError::Postgres),
            ("postgres://h/d?sslmode=perhaps", DatabaseUrlError::Postgres),
        ];
        for (text, error) in table {
            assert_eq!(DatabaseUrl::parse(text).unwrap_err(), error, "{text}");
        }
    }
}
