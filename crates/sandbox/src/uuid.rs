use ::uuid::Builder;
use pantoken_core::{Random, RandomError};

/// Generates a UUID of version 4 (RFC 9562).
pub(crate) fn generate(random: &dyn Random) -> Result<String, RandomError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes)?;
    Ok(Builder::from_random_bytes(bytes).into_uuid().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Same(u8);

    impl Random for Same {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn version_and_variant_are_set() {
        let uuid = |byte| generate(&Same(byte)).unwrap();
        assert_eq!(uuid(0x00), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(0xff), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
