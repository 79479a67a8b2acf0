//! The outbox: deliveries are claimed by one at a time and in order.

use pantoken_store::{
    Delivery, DeliveryState, Message, Outbox, RecordOutcome, SessionId, SessionResult,
    SessionStore, StoreError, StoreOptions,
};

use super::{CREATED_AT, EXPIRES_AT, create, credential, failed, saved, session_id};

const NOW: i64 = CREATED_AT + 10_000;
const LEASE: i64 = 1_000;
const NONE: [i64; 0] = [];

pub(crate) fn options() -> StoreOptions {
    StoreOptions {
        outbox: true,
        ..StoreOptions::default()
    }
}

async fn record(store: &impl SessionStore, id: i64, result: SessionResult, now: i64) {
    let answer = store.record_result(session_id(id), credential(), result, now);
    let answer = answer.await.unwrap();
    assert!(matches!(answer, RecordOutcome::Recorded(_)), "{answer:?}");
}

async fn claim(store: &impl Outbox, now: i64) -> Vec<Delivery> {
    store.claim_deliveries(now, now + LEASE, 10).await.unwrap()
}

async fn claim_one(store: &impl Outbox, now: i64) -> Delivery {
    let mut claimed = claim(store, now).await;
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    claimed.remove(0)
}

pub(crate) fn session_of(delivery: &Delivery) -> SessionId {
    match &delivery.message {
        Message::Result { session_id, .. } => *session_id,
        Message::Event { .. } => panic!("{delivery:?}"),
    }
}

pub(crate) fn result_of(delivery: &Delivery) -> &Result<SessionResult, StoreError> {
    match &delivery.message {
        Message::Result { result, .. } => result,
        Message::Event { .. } => panic!("{delivery:?}"),
    }
}

fn requests(deliveries: &[Delivery]) -> Vec<i64> {
    deliveries.iter().map(|one| session_of(one).get()).collect()
}

pub(crate) async fn each_recorded_result_is_delivered_once_and_in_order(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    record(&store, 1, failed("INVALID_PAN"), CREATED_AT + 1).await;

    let first = claim_one(&other, NOW).await;
    record(&store, 1, saved("token"), CREATED_AT + 2).await;
    let Message::Result {
        session_id: session,
        customer,
        result,
    } = &first.message
    else {
        panic!("{first:?}");
    };
    assert_eq!(*session, session_id(1));
    assert_eq!(customer.as_deref(), Some("Айгүл"));
    assert_eq!(result.as_ref().unwrap(), &failed("INVALID_PAN"));
    assert_eq!(first.recorded_at, CREATED_AT + 1);
    assert_eq!((first.state, first.attempts), (DeliveryState::Pending, 1));
    assert_eq!(
        requests(&claim(&store, NOW).await),
        NONE,
        "the first one is under way"
    );

    assert!(store.mark_delivered(first.claim()).await.unwrap());
    let second = claim_one(&store, NOW).await;
    assert_eq!(result_of(&second).as_ref().unwrap(), &saved("token"));
    assert_eq!(second.recorded_at, CREATED_AT + 2);
    assert!(second.id > first.id);
    assert!(store.mark_delivered(second.claim()).await.unwrap());
    assert_eq!(requests(&claim(&other, NOW + 2 * LEASE).await), NONE);
}

pub(crate) async fn what_was_not_recorded_is_not_delivered(
    [store, _]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    record(&store, 1, saved("token"), CREATED_AT).await;
    let refused = [
        (saved("token"), CREATED_AT),
        (saved("another"), CREATED_AT),
        (failed("FORBIDDEN"), EXPIRES_AT),
    ];
    for (result, now) in refused {
        let _ = store
            .record_result(session_id(1), credential(), result, now)
            .await;
    }
    assert_eq!(claim(&store, NOW).await.len(), 1);
}

pub(crate) async fn a_lease_holds_until_it_ends([store, other]: [impl SessionStore + Outbox; 2]) {
    create(&store, 1).await;
    record(&store, 1, saved("token"), CREATED_AT).await;
    assert_eq!(
        requests(&claim(&store, CREATED_AT - 1).await),
        NONE,
        "not due"
    );
    let first = claim_one(&store, NOW).await;
    assert_eq!(first.next_attempt_at, NOW + LEASE);
    assert_eq!(requests(&claim(&other, NOW + LEASE - 1).await), NONE);
    let second = claim_one(&other, NOW + LEASE).await;
    assert_eq!((second.id, second.attempts), (first.id, 2));
}

pub(crate) async fn a_rescheduled_delivery_is_due_at_its_time(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    record(&store, 1, saved("token"), CREATED_AT).await;
    let first = claim_one(&store, NOW).await;
    let later = NOW + 60_000;
    let reason = "answered 503".to_owned();
    assert!(
        store
            .reschedule_delivery(first.claim(), later, reason)
            .await
            .unwrap()
    );
    assert_eq!(requests(&claim(&other, later - 1).await), NONE);
    let second = claim_one(&other, later).await;
    assert_eq!((second.id, second.attempts), (first.id, 2));
    assert_eq!(second.last_error.as_deref(), Some("answered 503"));
}

pub(crate) async fn a_dead_delivery_lets_the_next_one_pass_and_can_be_retried(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    record(&store, 1, failed("INVALID_PAN"), CREATED_AT).await;
    let first = claim_one(&store, NOW).await;
    record(&store, 1, saved("token"), CREATED_AT + 1).await;
    let reason = "gone for days".to_owned();
    assert!(
        !store.retry_delivery(first.id, NOW).await.unwrap(),
        "not dead"
    );
    assert!(store.mark_dead(first.claim(), reason).await.unwrap());
    let second = claim_one(&store, NOW).await;
    assert_eq!(result_of(&second).as_ref().unwrap(), &saved("token"));

    let dead = other
        .list_deliveries(DeliveryState::Dead, None, 10)
        .await
        .unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].last_error.as_deref(), Some("gone for days"));
    assert!(other.retry_delivery(first.id, NOW + 1).await.unwrap());
    assert!(!other.retry_delivery(first.id, NOW + 1).await.unwrap());
    let retried = claim_one(&store, NOW + 1).await;
    assert_eq!((retried.id, retried.attempts), (first.id, 1));
}

pub(crate) async fn only_the_last_claim_counts([store, other]: [impl SessionStore + Outbox; 2]) {
    create(&store, 1).await;
    record(&store, 1, saved("token"), CREATED_AT).await;
    let late = claim_one(&store, NOW).await.claim();
    let last = claim_one(&other, NOW + LEASE).await.claim();
    let reason = || "late".to_owned();
    assert!(
        !store
            .reschedule_delivery(late, NOW, reason())
            .await
            .unwrap()
    );
    assert!(!store.mark_dead(late, reason()).await.unwrap());
    assert!(!store.mark_delivered(late).await.unwrap());
    assert!(other.mark_delivered(last).await.unwrap());
    assert!(!other.mark_delivered(last).await.unwrap());
    assert!(!other.mark_dead(last, reason()).await.unwrap());
}

pub(crate) async fn deliveries_of_many_requests_are_claimed_the_longest_due_first(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    for id in 1..=4 {
        create(&store, id).await;
        record(&store, id, saved("token"), NOW - id).await;
    }
    let first = store.claim_deliveries(NOW, NOW + LEASE, 3).await.unwrap();
    assert_eq!(requests(&first), [4, 3, 2]);
    assert_eq!(requests(&claim(&other, NOW).await), [1]);
}

/// Each claim of many at once; none is in two hands, and all are in one.
pub(crate) async fn racing_claims_share_nothing<S: SessionStore + Outbox + Clone>(stores: [S; 2]) {
    const REQUESTS: i64 = 24;
    for id in 1..=REQUESTS {
        create(&stores[0], id).await;
        record(&stores[0], id, saved("token"), CREATED_AT).await;
    }
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                // With a locked row skipped, an empty answer need not mean that none is left.
                while mine.len() < 3 {
                    let claimed = store.claim_deliveries(NOW, NOW + LEASE, 2).await.unwrap();
                    mine.extend(requests(&claimed));
                    if claimed.is_empty() {
                        break;
                    }
                }
                mine
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all.extend(requests(
        &stores[0]
            .claim_deliveries(NOW, NOW + LEASE, 99)
            .await
            .unwrap(),
    ));
    all.sort_unstable();
    assert_eq!(all, (1..=REQUESTS).collect::<Vec<_>>());
}

pub(crate) async fn deliveries_are_listed_in_pages([store, _]: [impl SessionStore + Outbox; 2]) {
    for id in 1..=3 {
        create(&store, id).await;
        record(&store, id, saved("token"), CREATED_AT).await;
    }
    let page = store
        .list_deliveries(DeliveryState::Pending, None, 2)
        .await
        .unwrap();
    assert_eq!(requests(&page), [1, 2]);
    assert_eq!((page[0].attempts, page[0].next_attempt_at), (0, CREATED_AT));
    let last = Some(page[1].id);
    let page = store
        .list_deliveries(DeliveryState::Pending, last, 2)
        .await
        .unwrap();
    assert_eq!(requests(&page), [3]);
    let none = store
        .list_deliveries(DeliveryState::Delivered, None, 2)
        .await
        .unwrap();
    assert_eq!(requests(&none), NONE);
}

pub(crate) async fn an_error_takes_the_place_of_one_that_was_never_tried(
    [store, _]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    create(&store, 2).await;
    record(&store, 1, failed("INVALID_PAN"), CREATED_AT).await;
    record(&store, 2, failed("INVALID_PAN"), CREATED_AT).await;
    record(&store, 1, failed("FORBIDDEN"), CREATED_AT + 1).await;
    let claimed = claim(&store, NOW).await;
    assert_eq!(requests(&claimed), [2, 1]);
    let result = result_of(&claimed[1]).as_ref().unwrap();
    assert_eq!(result, &failed("FORBIDDEN"));

    record(&store, 1, failed("INVALID_PAN"), CREATED_AT + 2).await;
    let pending = store.list_deliveries(DeliveryState::Pending, None, 10);
    let pending = pending.await.unwrap();
    assert_eq!(requests(&pending), [2, 1, 1], "what was tried stays");
}

pub(crate) async fn a_token_is_not_held_up_by_an_error_that_was_refused(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    create(&store, 1).await;
    record(&store, 1, failed("INVALID_PAN"), CREATED_AT).await;
    let refused = claim_one(&store, NOW).await;
    let days = NOW + 2 * 86_400_000;
    let reason = || "answered 400".to_owned();
    let rescheduled = store.reschedule_delivery(refused.claim(), days, reason());
    assert!(rescheduled.await.unwrap());
    record(&store, 1, failed("FORBIDDEN"), NOW).await;

    record(&store, 1, saved("token"), NOW + 1).await;
    let told = claim_one(&other, NOW + 1).await;
    assert_eq!(result_of(&told).as_ref().unwrap(), &saved("token"));
    assert!(other.mark_delivered(told.claim()).await.unwrap());
    assert_eq!(requests(&claim(&store, days).await), NONE);
    let dead = store.list_deliveries(DeliveryState::Dead, None, 10);
    assert_eq!(requests(&dead.await.unwrap()), NONE, "nothing to retry");
}

pub(crate) async fn an_error_that_is_being_sent_comes_before_the_token(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    for id in 1..=3 {
        create(&store, id).await;
        record(&store, id, failed("INVALID_PAN"), CREATED_AT + id).await;
    }
    let sending = claim(&store, NOW).await;
    for id in 1..=3 {
        record(&store, id, saved("token"), NOW + id).await;
    }
    assert_eq!(requests(&claim(&other, NOW + 9).await), NONE);
    let [delivered, refused, lost] = &sending[..] else {
        panic!("{sending:?}")
    };
    assert!(store.mark_delivered(delivered.claim()).await.unwrap());
    let reason = "answered 500".to_owned();
    let dropped = store.reschedule_delivery(refused.claim(), NOW + 999_999, reason);
    assert!(dropped.await.unwrap());
    assert_eq!(requests(&claim(&other, NOW + 9).await), [1, 2]);
    // The server that sent the third one stopped. It may have arrived, so it is sent again, and first.
    let again = claim(&other, NOW + LEASE).await;
    assert_eq!(requests(&again), [3]);
    assert_eq!(again[0].id, lost.id);
    let reason = "answered 500".to_owned();
    let dropped = store.reschedule_delivery(again[0].claim(), NOW + 999_999, reason);
    assert!(dropped.await.unwrap());
    let told = claim_one(&other, NOW + LEASE).await;
    assert_eq!(result_of(&told).as_ref().unwrap(), &saved("token"));
}

pub(crate) async fn what_was_due_long_ago_can_be_given_up(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    for id in 1..=4 {
        create(&store, id).await;
        record(&store, id, saved("token"), CREATED_AT + id).await;
    }
    let abandon = async |limit| {
        let reason = "nobody is told any more".to_owned();
        let time = CREATED_AT + 4;
        store.abandon_deliveries(time, reason, limit).await.unwrap()
    };
    assert_eq!(
        (abandon(2).await, abandon(9).await, abandon(9).await),
        (2, 1, 0)
    );
    let count = async |state| other.count_deliveries(state).await.unwrap();
    assert_eq!(count(DeliveryState::Pending).await, 1);
    assert_eq!(count(DeliveryState::Dead).await, 3);
    let dead = other.list_deliveries(DeliveryState::Dead, None, 9);
    let dead = dead.await.unwrap();
    assert_eq!(requests(&dead), [1, 2, 3]);
    let reason = dead[0].last_error.as_deref();
    assert_eq!(reason, Some("nobody is told any more"));
}

pub(crate) async fn what_is_due_too_late_is_brought_forward(
    [store, other]: [impl SessionStore + Outbox; 2],
) {
    let (latest, far) = (NOW + 43_200_000, NOW + 999_999_999);
    for (id, due) in [(1, NOW + 1), (2, latest), (3, far)] {
        create(&store, id).await;
        record(&store, id, saved("token"), CREATED_AT).await;
        let claimed = claim_one(&store, NOW).await;
        let reason = "answered 503".to_owned();
        let rescheduled = store.reschedule_delivery(claimed.claim(), due, reason);
        assert!(rescheduled.await.unwrap());
    }
    assert_eq!(other.bring_forward_deliveries(latest).await.unwrap(), 1);
    assert_eq!(other.bring_forward_deliveries(latest).await.unwrap(), 0);
    let first = claim_one(&store, NOW + 1).await;
    assert_eq!(session_of(&first), session_id(1));
    assert!(store.mark_delivered(first.claim()).await.unwrap());
    assert_eq!(requests(&claim(&store, latest - 1).await), NONE);
    assert_eq!(requests(&claim(&store, latest).await), [2, 3]);
}
