/// Where the server's randomness comes from; it must be fit for secrets.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with random bytes.
    ///
    /// # Errors
    /// [`RandomError`] when the source gives none.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError>;
}

/// The source gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness gave no bytes")]
pub struct RandomError;

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[allow(clippy::disallowed_methods)]
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(buffer).map_err(|_| RandomError)
    }
}
