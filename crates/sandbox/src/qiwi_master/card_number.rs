use pantoken_core::{Random, RandomError, is_luhn_valid};

/// Generates the number of a test card: 16 digits that pass the Luhn check.
pub(super) fn generate(random: &dyn Random) -> Result<String, RandomError> {
    const PREFIX: &str = "489346";
    let body = digits(random, 9)?;
    let candidates = ('0'..='9').map(|check| format!("{PREFIX}{body}{check}"));
    // Exactly one of ten check digits is right.
    Ok(candidates.filter(|number| is_luhn_valid(number)).collect())
}

/// Generates random decimal digits.
pub(super) fn digits(random: &dyn Random, count: usize) -> Result<String, RandomError> {
    let mut bytes = vec![0; count];
    random.fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .collect())
}

#[cfg(test)]
mod tests {
    use pantoken_core::{SystemRandom, is_card_number};

    use super::*;

    #[test]
    fn a_number_is_one_of_a_card() {
        let number = generate(&SystemRandom).unwrap();
        assert!(number.len() == 16 && is_card_number(&number));
    }
}
