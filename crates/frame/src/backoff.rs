/// How long to wait before this try, in milliseconds: not before the first, then half a second,
/// doubling up to 30 seconds.
pub(crate) fn before_try(tries: u32) -> u32 {
    const FIRST: u32 = 500;
    const LONGEST: u32 = 30_000;
    const DOUBLINGS: u32 = 6;
    if tries == 0 {
        return 0;
    }
    (FIRST << (tries - 1).min(DOUBLINGS)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_half_a_minute() {
        let waits: Vec<u32> = (0..9).map(before_try).collect();
        assert_eq!(
            waits,
            [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
        );
        assert_eq!(before_try(u32::MAX), 30_000);
    }
}
