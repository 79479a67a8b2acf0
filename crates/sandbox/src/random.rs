/// Where panTokens get their randomness from; passed in, so that tests are exact.
pub trait Random: Send + Sync + 'static {
    /// Sixteen bytes that nobody can foresee.
    ///
    /// # Errors
    /// [`RandomError`] when there is no randomness to be had.
    fn bytes(&self) -> Result<[u8; 16], RandomError>;
}

/// There is no randomness to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no randomness, so no panToken can be made")]
pub struct RandomError;

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[allow(clippy::disallowed_methods)]
    fn bytes(&self) -> Result<[u8; 16], RandomError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| RandomError)?;
        Ok(bytes)
    }
}
