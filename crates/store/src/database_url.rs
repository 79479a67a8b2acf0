use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

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

    /// Returns whether nobody between this machine and the database can read or change what is sent:
    /// because it stays on this machine, or by TLS with a certificate that is verified.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(url) => {
                is_local(&url.options)
                    || matches!(url.options.get_ssl_mode(), PgSslMode::VerifyFull)
            }
        }
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
pub struct PostgresUrl {
    options: Box<PgConnectOptions>,
    /// Whether the server's certificate is verified although the URL does not say so.
    verifies_by_default: bool,
}

impl PostgresUrl {
    /// Parses `postgres://user:password@host:port/database`.
    ///
    /// If the server is on another machine and the URL has no `sslmode`, it is `verify-full`: TLS with a
    /// certificate that this system, or the file in `sslrootcert`, trusts for the host. Postgres's own
    /// clients would give the password to whoever answers.
    ///
    /// # Errors
    /// Returns [`DatabaseUrlError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(DatabaseUrlError::Scheme);
        }
        let options = PgConnectOptions::from_str(text).map_err(|_| DatabaseUrlError::Postgres)?;
        // `prefer` is also what holds if neither the URL nor PGSSLMODE says anything.
        let is_default = matches!(options.get_ssl_mode(), PgSslMode::Prefer);
        let verifies_by_default = is_default && !has_ssl_mode(text) && !is_local(&options);
        let options = match verifies_by_default {
            true => options.ssl_mode(PgSslMode::VerifyFull),
            false => options,
        };
        Ok(Self {
            // Bound values are secrets.
            options: Box::new(options.disable_statement_logging()),
            verifies_by_default,
        })
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    pub(crate) fn verifies_by_default(&self) -> bool {
        self.verifies_by_default
    }
}

fn has_ssl_mode(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    names.any(|name| matches!(name, "sslmode" | "ssl-mode"))
}

/// Returns whether the server is on this machine.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

/// Writes the host, the port and the database's name.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        let (host, port) = (options.get_host(), options.get_port());
        let database = options.get_database().unwrap_or(options.get_username());
        match options.get_socket() {
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
    fn a_server_on_another_machine_is_verified_unless_the_url_says_otherwise() {
        let table = [
            ("postgres://db.shop.kz/cards", true, true),
            ("postgres://db.shop.kz/cards?application_name=a", true, true),
            ("postgres://10.0.0.7/cards", true, true),
            ("postgres://h/d?host=db.shop.kz", true, true),
            ("postgres://localhost@db.shop.kz/cards", true, true),
            ("postgres://localhost.shop.kz/cards", true, true),
            (
                "postgres://db.shop.kz/cards?sslmode=verify-full",
                false,
                true,
            ),
            (
                "postgres://db.shop.kz/cards?sslmode=verify-ca",
                false,
                false,
            ),
            ("postgres://db.shop.kz/cards?ssl-mode=require", false, false),
            ("postgres://db.shop.kz/cards?sslmode=prefer", false, false),
            (
                "postgres://db.shop.kz/cards?a=b&sslmode=disable",
                false,
                false,
            ),
            ("postgres://localhost/cards", false, true),
            ("postgres://127.0.0.1:5433/cards", false, true),
            ("postgres://[::1]/cards", false, true),
            ("postgres:///cards?host=/run/postgresql", false, true),
            ("postgres://localhost/cards?sslmode=disable", false, true),
        ];
        for (text, by_default, is_protected) in table {
            let url = PostgresUrl::parse(text).unwrap();
            assert_eq!(url.verifies_by_default(), by_default, "{text}");
            let mode = url.options().get_ssl_mode();
            assert!(
                !by_default || matches!(mode, PgSslMode::VerifyFull),
                "{text}"
            );
            let url = DatabaseUrl::Postgres(url);
            assert_eq!(url.is_protected(), is_protected, "{text}");
        }
        assert!(DatabaseUrl::parse("sqlite://a.db").unwrap().is_protected());
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
