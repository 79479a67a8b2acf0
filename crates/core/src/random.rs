/// A source of randomness that is fit for secrets. It is passed in, so that tests can fix it.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with random bytes.
    ///
    /// # Errors
    /// Returns [`RandomError`] if the source has none.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError>;
}

/// The source of randomness failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system's random number generator failed")]
pub struct RandomError;

/// The operating system's random number generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[allow(clippy::disallowed_methods)] // This is where the system's randomness comes in.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(buffer).map_err(|_| RandomError)
    }
}
