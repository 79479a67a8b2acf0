use crate::bad_system::Faults;
use crate::faulty_site::FaultySite;
use crate::load::cards::Cards;
use crate::load::short_or_long;
use crate::numbers;

/// The upper limit of acknowledged cards before each kill.
const CARDS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_random_moments_lose_and_double_nothing() {
    let kills = short_or_long(25, 200);
    killed(&format!("kill -9, {kills} times"), kills, Faults::default()).await;
}

/// On a slow disk, a commit is in progress nearly always.
#[tokio::test(flavor = "multi_thread")]
async fn kills_while_the_disk_confirms_lose_and_double_nothing() {
    let kills = short_or_long(5, 50);
    let slow = Faults {
        sync_ms: 20,
        ..Faults::default()
    };
    let fault = format!("kill -9 on a disk that takes 20 ms to confirm, {kills} times");
    killed(&fault, kills, slow).await;
}

async fn killed(fault: &str, kills: usize, faults: Faults) {
    let mut site = FaultySite::open();
    site.system.set(&faults);
    let mut next = numbers(CARDS);
    let mut cards = Cards::start(&site.agent);
    let mut acknowledged = Vec::new();
    for _ in 0..kills {
        acknowledged.extend(cards.next(1 + next()).await);
        site.kill_and_start();
    }
    acknowledged.extend(cards.finish().await);
    site.check_cards(fault, &acknowledged).await;
}
