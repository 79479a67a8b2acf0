use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use crate::Secret;

/// The reason why a secret cannot be read. The message does not contain the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretOrFileError {
    /// Both the secret and a file were given.
    #[error("the secret and a file that contains it are both set; remove one of them")]
    Both,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
}

/// Returns the secret that was given, or reads it from a file. One line break at the end of the file is
/// removed, because editors add one.
///
/// # Errors
/// Returns [`SecretOrFileError`] if both are given, or if the file cannot be read.
pub fn secret_or_file(
    value: Option<&str>,
    file: Option<&Path>,
    read_file: impl FnOnce(&Path) -> io::Result<String>,
) -> Result<Option<Secret>, SecretOrFileError> {
    match (value, file) {
        (None, None) => Ok(None),
        (Some(value), None) => Ok(Some(Secret::new(value))),
        (None, Some(file)) => {
            let text = Zeroizing::new(read_file(file)?);
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Ok(Some(Secret::new(line.strip_suffix('\r').unwrap_or(line))))
        }
        (Some(_), Some(_)) => Err(SecretOrFileError::Both),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Option<&str>, file: Option<&str>) -> Result<Option<Secret>, SecretOrFileError> {
        secret_or_file(value, file.map(Path::new), |path| {
            Ok(format!("in {}\r\n", path.display()))
        })
    }

    #[test]
    fn a_secret_is_given_or_in_a_file_but_not_both() {
        assert!(read(None, None).unwrap().is_none());
        assert!(read(Some("given"), None).unwrap().unwrap().is("given"));
        assert!(read(None, Some("key")).unwrap().unwrap().is("in key"));
        let both = read(Some("given"), Some("key")).unwrap_err();
        assert!(matches!(both, SecretOrFileError::Both));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        let missing = |_: &Path| Err(io::Error::from(io::ErrorKind::NotFound));
        let error = secret_or_file(None, Some(Path::new("key")), missing).unwrap_err();
        assert!(matches!(error, SecretOrFileError::File(_)));
    }
}
