/// How long to wait before the next try, in milliseconds: half a second, doubling up to 30 seconds.
pub(crate) fn delay(tries: u32) -> u32 {
    const FIRST: u32 = 500;
    const LONGEST: u32 = 30_000;
    FIRST
        .saturating_mul(2_u32.saturating_pow(tries))
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_up_to_half_a_minute() {
        let delays: Vec<u32> = (0..8).map(delay).collect();
        assert_eq!(
            delays,
            [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
        );
        assert_eq!(delay(u32::MAX), 30_000);
    }
}
