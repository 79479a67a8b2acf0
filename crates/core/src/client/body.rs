use serde::Serialize;
use zeroize::Zeroizing;

/// The bytes of a body. They are wiped when they have been sent or read.
pub type Body = Zeroizing<Vec<u8>>;

/// A request has no body that could be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// A value cannot be written, for example because an amount would have to be rounded.
    #[error("it cannot be written as JSON; check its amounts and dates")]
    NotWritable,
    /// The body is longer than this many bytes.
    #[error("its body is longer than {0} bytes")]
    TooLong(usize),
}

/// Writes a request as JSON of at most `max_bytes` bytes.
///
/// # Errors
/// Returns [`BodyError`] if the request cannot be written, or is too long.
pub fn json_body(request: &impl Serialize, max_bytes: usize) -> Result<Body, BodyError> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, request).map_err(|_| BodyError::NotWritable)?;
    if length.0 > max_bytes {
        return Err(BodyError::TooLong(max_bytes));
    }
    // A buffer that grows would leave copies behind that are not wiped.
    let mut body = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *body, request).map_err(|_| BodyError::NotWritable)?;
    Ok(body)
}

/// Counts what is written.
struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_a_limit_and_is_allocated_once() {
        let body = json_body(&["12345678"], 12).unwrap();
        assert_eq!(*body, *br#"["12345678"]"#);
        assert_eq!(body.capacity(), 12);
        assert_eq!(json_body(&["12345678"], 11), Err(BodyError::TooLong(11)));
    }
}
