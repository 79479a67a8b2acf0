use std::io::Read;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pantoken_server::webhooks::{WebhookSecret, verify};

fn is_from_pantoken(secrets: &str, header: &str, body: &[u8]) -> bool {
    let secrets: Result<Vec<_>, _> = secrets.split(',').map(WebhookSecret::parse).collect();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let (Ok(secrets), Ok(now)) = (secrets, now) else {
        return false;
    };
    let now = now.as_secs().cast_signed();
    verify(&secrets, header, body, now, Duration::from_secs(300)).is_ok()
}

pub(crate) fn main() -> ExitCode {
    let secrets = std::env::var("PANTOKEN_WEBHOOK_SECRET").unwrap_or_default();
    let header = std::env::args().nth(1).unwrap_or_default();
    let mut body = Vec::new();
    let is_read = std::io::stdin().read_to_end(&mut body).is_ok();
    if is_read && is_from_pantoken(&secrets, &header, &body) {
        println!("believed");
        ExitCode::SUCCESS
    } else {
        println!("refused");
        ExitCode::FAILURE
    }
}
