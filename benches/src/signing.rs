//! Compares a signed form URL with a bare HMAC of the same bytes, and prints the nanoseconds of each.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::time::Instant;

use hmac::{Hmac, KeyInit, Mac};
use pantoken_a2c::{AgentId, FormHost, RequestId};
use pantoken_a2c_signing::{AgentSecret, Signer};
use sha2::Sha256;

const SECRET: &str = "22f3b3cc2ae84451";
const ROUNDS: usize = 4_001;
/// The number is small, so that other programs seldom interrupt a measurement. They would interrupt the longer
/// one more often.
const EACH: u32 = 50;

fn main() {
    let signer = Signer::new(
        FormHost::parse("https://a2c-test.qiwi.kz").unwrap(),
        AgentId::parse("agent-01").unwrap(),
        AgentSecret::parse(SECRET).unwrap(),
    );
    let request_id = RequestId::from_i64(123_456_789).unwrap();
    let sign = || drop(black_box(signer.iframe(black_box(request_id))));
    let mac = || {
        let mac = Hmac::<Sha256>::new_from_slice(black_box(SECRET.as_bytes())).unwrap();
        let message = black_box(b"123456789;agent-01;");
        black_box(mac.chain_update(message).finalize());
    };
    let mut times = [Vec::new(), Vec::new()];
    // The measurements alternate, so that other load on the machine affects both.
    for _ in 0..ROUNDS {
        times[0].push(nanoseconds(sign));
        times[1].push(nanoseconds(mac));
    }
    let [signing, bare] = times.map(median);
    println!(r#"result: {{"signing":{signing:.1},"hmac":{bare:.1}}}"#);
}

fn nanoseconds(work: impl Fn()) -> f64 {
    let started = Instant::now();
    for _ in 0..EACH {
        work();
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(EACH)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
