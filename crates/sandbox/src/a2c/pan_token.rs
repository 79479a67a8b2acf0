use pantoken_a2c::PanToken;
use pantoken_core::{Random, RandomError};

/// Generates a panToken in the provider's format: a UUID of 36 characters (RFC 9562, version 4).
pub(crate) fn generate(random: &dyn Random) -> Result<PanToken, RandomError> {
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
    match PanToken::parse(&groups.map(hex::encode).join("-")) {
        Ok(token) => Ok(token),
        // A UUID with dashes cannot be a card number.
        Err(_) => unreachable!(),
    }
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
    fn a_pan_token_is_a_version_4_uuid() {
        let token = |byte| generate(&Same(byte)).unwrap().as_str().to_owned();
        assert_eq!(token(0x00), "00000000-0000-4000-8000-000000000000");
        assert_eq!(token(0xff), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
