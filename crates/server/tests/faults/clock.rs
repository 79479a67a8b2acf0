use serde_json::json;

use crate::bad_system::Faults;
use crate::faulty_site::FaultySite;
use crate::load::cards::Cards;
use crate::load::short_or_long;
use crate::numbers;

/// The sessions in these tests expire after a day.
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn ahead(seconds: i64) -> Faults {
    Faults {
        clock_seconds: seconds,
        ..Faults::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_both_ways_loses_and_doubles_nothing() {
    let site = FaultySite::open();
    let steps = short_or_long(20, 200);
    let mut next = numbers(40);
    let mut cards = Cards::start(&site.agent);
    let mut acknowledged = Vec::new();
    for _ in 0..steps {
        acknowledged.extend(cards.next(20).await);
        // Up to ten hours before or after the right time.
        let quarters = i64::try_from(next()).unwrap() * 2 - 40;
        site.system.set(&ahead(quarters * HOUR / 4));
    }
    acknowledged.extend(cards.finish().await);
    let fault = format!("a clock that steps by up to 20 hours, {steps} times");
    site.check_cards(&fault, &acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_expires_by_the_clock_whatever_way_it_was_set() {
    let site = FaultySite::open();
    let agent = &site.agent;
    let iframe = json!({"flow": "iframe"});
    let early = agent.create("early", &iframe).await;
    site.system.set(&ahead(DAY - 60));
    assert!(agent.save(&early, "token-1").await);

    let late = agent.create("late", &iframe).await;
    site.system.set(&ahead(2 * DAY));
    assert_eq!(agent.state(&late.request_id).await, "expired");
    assert_eq!(agent.state(&early.request_id).await, "saved");
    // The clock is set back to before the session was created, so it accepts a result again.
    site.system.set(&ahead(-DAY));
    assert_eq!(agent.state(&late.request_id).await, "created");
    let past = agent.create("past", &iframe).await;
    assert!(agent.save(&past, "token-2").await);
    assert!(agent.save(&late, "token-3").await);
    assert_eq!(agent.create("late", &iframe).await, late);
    let ids = [&early, &late, &past].map(|session| &session.request_id);
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    site.wait_for_log("answered");
}
