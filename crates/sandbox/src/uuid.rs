use pantoken_core::{Random, RandomError};

/// Generates a UUID of version 4 (RFC 9562).
pub(crate) fn generate(random: &dyn Random) -> Result<String, RandomError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let groups = [
        &bytes[..4],
        &bytes[4..6],
        &bytes[6..8],
        &bytes[8..10],
        &bytes[10..],
    ];
    Ok(groups.map(hex::encode).join("-"))
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
