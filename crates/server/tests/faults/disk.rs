use crate::bad_system::{Faults, INPUT_OUTPUT_ERROR, NO_SPACE};
use crate::faulty_site::FaultySite;
use crate::load::cards::Cards;
use crate::load::short_or_long;

/// The number of calls that are refused before the disk works again.
const REFUSED: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_refused_with_its_cause_until_there_is_room() {
    let full = Faults {
        write_error: NO_SPACE,
        ..Faults::default()
    };
    fails_for_a_while("a full disk", &full, "is full").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_write_is_refused_until_it_can() {
    let broken = Faults {
        write_error: INPUT_OUTPUT_ERROR,
        ..Faults::default()
    };
    fails_for_a_while("a disk that cannot write", &broken, "disk I/O error").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_does_not_confirm_is_not_believed() {
    let unconfirmed = Faults {
        sync_error: INPUT_OUTPUT_ERROR,
        ..Faults::default()
    };
    fails_for_a_while(
        "a disk that does not confirm",
        &unconfirmed,
        "disk I/O error",
    )
    .await;
}

async fn fails_for_a_while(fault: &str, faults: &Faults, cause: &str) {
    let site = FaultySite::open();
    let times = short_or_long(2, 20);
    let mut cards = Cards::start(&site.agent);
    let mut acknowledged = Vec::new();
    for _ in 0..times {
        acknowledged.extend(cards.next(40).await);
        site.system.set(faults);
        site.agent.wait_for_answers(Some(503), REFUSED).await;
        site.system.set(&Faults::default());
    }
    acknowledged.extend(cards.next(40).await);
    acknowledged.extend(cards.finish().await);
    site.check_cards(&format!("{fault}, {times} times"), &acknowledged)
        .await;
    site.wait_for_log(cause);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_disk_slows_customers_and_nothing_else() {
    let site = FaultySite::open();
    site.system.set(&Faults {
        sync_ms: 100,
        ..Faults::default()
    });
    let mut cards = Cards::start(&site.agent);
    let mut acknowledged = cards.next(short_or_long(40, 400)).await;
    acknowledged.extend(cards.finish().await);
    assert_eq!(site.agent.answers.of(Some(503)), 0);
    site.check_cards("a disk that takes 100 ms to confirm", &acknowledged)
        .await;
}
