//! Operations: one for each kind and key, one change for each version, one event for each id.

use pantoken_core::Secret;
use pantoken_store::{
    Delivery, Digest, Fact, Message, NewEvent, NewOperation, OperationChange, OperationCreation,
    OperationFilter, OperationStore, Outbox, Progress, StoredOperation,
};

use super::CREATED_AT;
pub(crate) use super::outbox::options;

const NOW: i64 = CREATED_AT + 10_000;
const LEASE: i64 = 1_000;

pub(crate) fn new_operation(key: &str) -> NewOperation {
    NewOperation {
        kind: "test.payment".to_owned(),
        key: key.to_owned(),
        parent: None,
        customer: Some("Айгүл".to_owned()),
        created_by: Some("shop-1".to_owned()),
        fingerprint: Digest::of(b"body"),
        progress: progress("pending", "before", Some(NOW)),
        created_at: CREATED_AT,
        leased_until: None,
        deadline_at: Some(CREATED_AT + 86_400_000),
    }
}

fn progress(state: &str, data: &str, next_attempt_at: Option<i64>) -> Progress {
    Progress {
        state: state.to_owned(),
        data: Secret::new(data),
        is_final: next_attempt_at.is_none(),
        attention: None,
        next_attempt_at,
    }
}

pub(crate) async fn created(store: &impl OperationStore, key: &str) -> StoredOperation {
    created_from(store, new_operation(key)).await
}

async fn created_from(store: &impl OperationStore, operation: NewOperation) -> StoredOperation {
    match store.create_operation(operation).await.unwrap() {
        OperationCreation::Created(operation) => operation,
        other => panic!("{other:?}"),
    }
}

/// A change to a final state with a fact and an event.
pub(crate) fn change(operation: &StoredOperation) -> OperationChange {
    OperationChange {
        id: operation.id,
        kind: operation.kind.clone(),
        key: operation.key.clone(),
        version: operation.version,
        progress: progress("captured", "after", None),
        is_progress: true,
        fact: Some(fact("answer", "COMPLETED")),
        events: vec![event("evt-1")],
        creates: Vec::new(),
        wakes: Vec::new(),
        now: NOW,
    }
}

fn fact(source: &str, text: &str) -> Fact {
    Fact {
        source: source.to_owned(),
        text: text.to_owned(),
    }
}

fn event(id: &str) -> NewEvent {
    NewEvent {
        id: id.to_owned(),
        kind: "test.payment.captured".to_owned(),
        body: Secret::new("body"),
    }
}

async fn read(store: &impl OperationStore, operation: &StoredOperation) -> StoredOperation {
    store.get_operation(operation.id).await.unwrap().unwrap()
}

async fn told(store: &impl Outbox, now: i64) -> Vec<Delivery> {
    store.claim_deliveries(now, now + LEASE, 100).await.unwrap()
}

async fn claim(store: &impl OperationStore, now: i64) -> Vec<StoredOperation> {
    let claimed = store.claim_due_operations(now, now + LEASE, 100).await;
    claimed.unwrap().into_iter().map(Result::unwrap).collect()
}

pub(crate) async fn a_kind_and_key_stand_for_one_operation(
    [store, other]: [impl OperationStore; 2],
) {
    let operation = created(&store, "1").await;
    assert_eq!(operation.progress, new_operation("1").progress);
    assert_eq!(operation.created_by.as_deref(), Some("shop-1"));
    assert_eq!((operation.version, operation.attempts), (1, 0));
    let found = other.find_operation("test.payment".to_owned(), "1".to_owned());
    assert_eq!(found.await.unwrap().as_ref(), Some(&operation));
    let again = other.create_operation(new_operation("1")).await.unwrap();
    assert!(matches!(again, OperationCreation::Repeated(same) if same == operation));
    let another = NewOperation {
        fingerprint: Digest::of(b"another body"),
        ..new_operation("1")
    };
    let refused = other.create_operation(another).await.unwrap();
    assert!(
        matches!(refused, OperationCreation::Conflict),
        "{refused:?}"
    );
    let of_another_kind = NewOperation {
        kind: "test.refund".to_owned(),
        ..new_operation("1")
    };
    created_from(&other, of_another_kind).await;
    let missing = store.find_operation("test.payment".to_owned(), "2".to_owned());
    assert_eq!(missing.await.unwrap(), None);
}

pub(crate) async fn a_change_replaces_the_version_that_was_read(
    [store, other]: [impl OperationStore + Outbox; 2],
) {
    let operation = created(&store, "1").await;
    let claimed = store.claim_operation(operation.id, NOW, NOW + LEASE).await;
    let claimed = claimed.unwrap().unwrap();
    let refused = other.change_operation(change(&operation)).await;
    assert_eq!(refused.unwrap(), None);
    assert_eq!(read(&other, &operation).await.progress.state, "pending");
    assert!(told(&other, NOW).await.is_empty());
    let returned = other.change_operation(change(&claimed)).await.unwrap();
    let refused = store.change_operation(change(&claimed)).await;
    assert_eq!(refused.unwrap(), None);
    let changed = read(&store, &operation).await;
    assert_eq!(returned, Some(changed.clone()));
    assert_eq!(changed.progress, progress("captured", "after", None));
    assert_eq!((changed.version, changed.attempts), (3, 0));
    assert_eq!(changed.changed_at, NOW);
}

pub(crate) async fn a_change_its_fact_its_events_and_its_operations_are_one(
    [store, other]: [impl OperationStore + Outbox; 2],
) {
    let operation = created(&store, "1").await;
    let token = NewOperation {
        kind: "test.token".to_owned(),
        parent: None,
        ..new_operation("token")
    };
    let change = OperationChange {
        creates: vec![token.clone(), token],
        ..change(&operation)
    };
    assert!(store.change_operation(change).await.unwrap().is_some());
    let inbox = other.operation_inbox(operation.id).await.unwrap();
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].fact, fact("answer", "COMPLETED"));
    assert_eq!(inbox[0].received_at, NOW);
    let deliveries = told(&other, NOW).await;
    let [delivery] = &deliveries[..] else {
        panic!("{deliveries:?}");
    };
    let Message::Event {
        operation_id,
        id,
        kind,
        body,
    } = &delivery.message
    else {
        panic!("{delivery:?}");
    };
    assert_eq!(*operation_id, operation.id);
    assert_eq!(
        (id.as_str(), kind.as_str()),
        ("evt-1", "test.payment.captured")
    );
    assert_eq!(body.as_ref().unwrap().expose(), "body");
    assert_eq!(delivery.recorded_at, NOW);
    let token = other.find_operation("test.token".to_owned(), "token".to_owned());
    assert!(token.await.unwrap().is_some());
}

pub(crate) async fn exactly_one_of_many_racing_changes_is_made<
    S: OperationStore + Outbox + Clone,
>(
    stores: [S; 2],
) {
    let operation = created(&stores[0], "1").await;
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let store = stores[number % 2].clone();
            let change = OperationChange {
                progress: progress("captured", &number.to_string(), None),
                events: vec![event(&format!("evt-{number}"))],
                ..change(&operation)
            };
            tokio::spawn(async move {
                (
                    number,
                    store.change_operation(change).await.unwrap().is_some(),
                )
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        let (number, is_made) = task.await.unwrap();
        winners.extend(is_made.then_some(number.to_string()));
    }
    let kept = read(&stores[1], &operation).await;
    assert_eq!(winners, [kept.progress.data.expose()]);
    assert_eq!(told(&stores[1], NOW).await.len(), 1);
}

pub(crate) async fn many_creations_of_one_key_make_one_operation<S: OperationStore + Clone>(
    stores: [S; 2],
) {
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move { store.create_operation(new_operation("1")).await.unwrap() })
        })
        .collect();
    let mut is_created = 0;
    let mut ids = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            OperationCreation::Created(operation) => {
                is_created += 1;
                ids.push(operation.id);
            }
            OperationCreation::Repeated(operation) => ids.push(operation.id),
            OperationCreation::Conflict => panic!("a conflict"),
        }
    }
    ids.dedup();
    assert_eq!((is_created, ids.len()), (1, 1));
}

pub(crate) async fn racing_claims_of_operations_share_nothing<S: OperationStore + Clone>(
    stores: [S; 2],
) {
    for key in 0..20 {
        created(&stores[0], &key.to_string()).await;
    }
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move {
                let claimed = store.claim_due_operations(NOW, NOW + LEASE, 5).await;
                claimed.unwrap()
            })
        })
        .collect();
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.extend(task.await.unwrap().into_iter().map(|one| one.unwrap().id));
    }
    // A claim may find nothing while another one locks all that is due.
    claimed.extend(claim(&stores[0], NOW).await.iter().map(|one| one.id));
    claimed.sort_unstable();
    let all = claimed.len();
    claimed.dedup();
    assert_eq!((all, claimed.len()), (20, 20));
}

pub(crate) async fn a_claimed_operation_is_claimed_again_after_its_lease(
    [store, other]: [impl OperationStore; 2],
) {
    let creator = NewOperation {
        leased_until: Some(NOW),
        ..new_operation("1")
    };
    let operation = created_from(&store, creator).await;
    let early = other.claim_operation(operation.id, NOW - 1, NOW + LEASE);
    assert_eq!(early.await.unwrap(), None, "its creator has it");
    assert!(claim(&other, NOW - 1).await.is_empty());
    let first = claim(&other, NOW).await.remove(0);
    assert_eq!((first.version, first.attempts), (2, 1));
    assert!(claim(&store, NOW + LEASE - 1).await.is_empty());
    let meanwhile = store.claim_operation(first.id, NOW + LEASE - 1, NOW + 2 * LEASE);
    assert_eq!(meanwhile.await.unwrap(), None);
    let second = claim(&store, NOW + LEASE).await.remove(0);
    assert_eq!((second.version, second.attempts), (3, 2));
    let renew = async |claimed: &StoredOperation| {
        let renewal = store.renew_claim(claimed.id, claimed.version, NOW + 4 * LEASE);
        renewal.await.unwrap()
    };
    assert!(!renew(&first).await, "its claim ended");
    assert!(renew(&second).await);
    assert!(claim(&other, NOW + 4 * LEASE - 1).await.is_empty());
    assert!(
        other
            .change_operation(change(&first))
            .await
            .unwrap()
            .is_none()
    );
    let asked = OperationChange {
        progress: progress("pending", "before", Some(NOW + 5 * LEASE)),
        is_progress: false,
        events: Vec::new(),
        ..change(&second)
    };
    assert!(store.change_operation(asked).await.unwrap().is_some());
    let waiting = read(&other, &second).await;
    assert_eq!((waiting.attempts, waiting.changed_at), (2, CREATED_AT));
    assert!(claim(&other, NOW + 5 * LEASE - 1).await.is_empty());
    assert_eq!(claim(&other, NOW + 5 * LEASE).await.len(), 1);
}

pub(crate) async fn hint(store: &impl OperationStore, key: &str, now: i64) -> bool {
    let (kind, key) = ("test.payment".to_owned(), key.to_owned());
    let hint = store.hint_operation(kind, key, fact("notification", "SUCCESS"), now);
    hint.await.unwrap()
}

pub(crate) async fn a_hint_makes_an_operation_due([store, other]: [impl OperationStore; 2]) {
    let operation = created(&store, "1").await;
    assert!(
        !hint(&other, "2", CREATED_AT).await,
        "there is no such operation"
    );
    assert!(hint(&other, "1", CREATED_AT).await);
    let claimed = claim(&store, CREATED_AT).await;
    assert_eq!(claimed[0].id, operation.id);
    assert!(
        store
            .change_operation(change(&claimed[0]))
            .await
            .unwrap()
            .is_some()
    );
    assert!(claim(&store, NOW * 2).await.is_empty(), "it is final");
    assert!(hint(&other, "1", NOW).await);
    assert_eq!(claim(&store, NOW).await.len(), 1, "it is asked about again");
}

pub(crate) async fn a_hint_during_a_claim_makes_it_due_afterwards(
    [store, other]: [impl OperationStore; 2],
) {
    created(&store, "1").await;
    let claimed = claim(&store, NOW).await.remove(0);
    assert!(hint(&other, "1", NOW).await);
    assert!(
        claim(&other, NOW).await.is_empty(),
        "it is being asked about"
    );
    assert!(
        store
            .change_operation(change(&claimed))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(claim(&other, NOW).await.len(), 1);
}

pub(crate) async fn a_fact_is_kept_once([store, other]: [impl OperationStore; 2]) {
    let operation = created(&store, "1").await;
    for now in [NOW, NOW + 1, NOW + 2] {
        assert!(hint(&other, "1", now).await);
    }
    let inbox = store.operation_inbox(operation.id).await.unwrap();
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].received_at, NOW);
}

pub(crate) async fn an_event_is_told_once_and_in_order(
    [store, other]: [impl OperationStore + Outbox; 2],
) {
    let operation = created(&store, "1").await;
    let first = OperationChange {
        events: vec![event("evt-1"), event("evt-2")],
        ..change(&operation)
    };
    assert!(
        store
            .change_operation(first.clone())
            .await
            .unwrap()
            .is_some()
    );
    let again = OperationChange {
        version: 2,
        events: vec![event("evt-2"), event("evt-1")],
        ..first
    };
    assert!(store.change_operation(again).await.unwrap().is_some());
    let mut ids = Vec::new();
    for _ in 0..2 {
        let deliveries = told(&other, NOW).await;
        let [delivery] = &deliveries[..] else {
            panic!("one at a time: {deliveries:?}");
        };
        let Message::Event { id, .. } = &delivery.message else {
            panic!("{delivery:?}");
        };
        ids.push(id.clone());
        assert!(other.mark_delivered(delivery.claim()).await.unwrap());
    }
    assert_eq!(ids, ["evt-1", "evt-2"]);
    assert!(told(&other, NOW * 2).await.is_empty());
}

pub(crate) async fn operations_are_listed_the_newest_first(
    [store, other]: [impl OperationStore; 2],
) {
    let first = created(&store, "1").await;
    let second = created(&store, "2").await;
    let part = NewOperation {
        kind: "test.refund".to_owned(),
        parent: Some(first.id),
        customer: None,
        ..new_operation("1/3")
    };
    let part = created_from(&store, part).await;
    let attention = OperationChange {
        progress: Progress {
            attention: Some("DEADLINE".to_owned()),
            ..progress("pending", "before", Some(NOW))
        },
        ..change(&second)
    };
    assert!(store.change_operation(attention).await.unwrap().is_some());
    let all = OperationFilter {
        limit: 9,
        ..OperationFilter::default()
    };
    let list = async |filter: OperationFilter| {
        let found = other.list_operations(filter).await.unwrap();
        found.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let ids = [part.id, second.id, first.id];
    assert_eq!(list(all.clone()).await, ids);
    let page = OperationFilter {
        before: Some(part.id),
        limit: 1,
        ..all.clone()
    };
    assert_eq!(list(page).await, [second.id]);
    let filters = [
        (Some("test.refund"), None, None, None, false, vec![part.id]),
        (None, Some("pending"), None, None, false, ids.to_vec()),
        (None, Some("captured"), None, None, false, vec![]),
        (
            None,
            None,
            Some("Айгүл"),
            None,
            false,
            vec![second.id, first.id],
        ),
        (None, None, None, Some(first.id), false, vec![part.id]),
        (None, None, None, None, true, vec![second.id]),
    ];
    for (kind, state, customer, parent, needs_attention, expected) in filters {
        let filter = OperationFilter {
            kind: kind.map(str::to_owned),
            state: state.map(str::to_owned),
            customer: customer.map(str::to_owned),
            parent,
            needs_attention,
            ..all.clone()
        };
        assert_eq!(list(filter.clone()).await, expected, "{filter:?}");
    }
}

pub(crate) async fn parts_that_are_awaited_are_found_by_their_own_id(
    [store, other]: [impl OperationStore; 2],
) {
    for key in ["p-1/7", "p-2/7", "p-1/17", "p-1/7/8", "7", "p-3/%", "p-4/é"] {
        created(&store, key).await;
    }
    let done = created(&store, "p-5/7").await;
    let change = OperationChange {
        events: Vec::new(),
        ..change(&done)
    };
    assert!(store.change_operation(change).await.unwrap().is_some());
    let of_another_kind = NewOperation {
        kind: "test.refund".to_owned(),
        ..new_operation("p-6/7")
    };
    created_from(&store, of_another_kind).await;
    let find = async |id: &str, limit| {
        let (kind, id) = ("test.payment".to_owned(), id.to_owned());
        let found = other.find_awaited_parts(kind, id, limit).await.unwrap();
        found.into_iter().map(|one| one.key).collect::<Vec<_>>()
    };
    assert_eq!(find("7", 9).await, ["p-1/7", "p-2/7"]);
    assert_eq!(find("7", 1).await, ["p-1/7"]);
    assert_eq!(find("%", 9).await, ["p-3/%"]);
    assert_eq!(find("é", 9).await, ["p-4/é"]);
    assert!(find("9", 9).await.is_empty());
}

pub(crate) async fn what_is_open_or_untold_or_has_parts_is_not_deleted(
    [store, other]: [impl OperationStore + Outbox; 2],
) {
    let late = NOW + 10 * LEASE;
    let open = created(&store, "open").await;
    let parent = created(&store, "parent").await;
    let part = NewOperation {
        parent: Some(parent.id),
        ..new_operation("part")
    };
    let part = created_from(&store, part).await;
    let untold = |operation: &StoredOperation| OperationChange {
        events: Vec::new(),
        ..change(operation)
    };
    assert!(
        store
            .change_operation(untold(&parent))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        store
            .change_operation(change(&part))
            .await
            .unwrap()
            .is_some()
    );
    let delete = async |time| other.delete_finished_operations(time, 9).await.unwrap();
    assert_eq!(delete(late).await, 0, "its event is pending");
    let event = told(&other, NOW).await.remove(0);
    assert!(other.mark_delivered(event.claim()).await.unwrap());
    assert_eq!(
        delete(NOW + LEASE).await,
        0,
        "its event was delivered later"
    );
    assert!(hint(&other, "part", NOW).await);
    assert_eq!(delete(late).await, 0, "it will be asked about");
    let claimed = store.claim_operation(part.id, NOW, NOW + LEASE).await;
    let claimed = claimed.unwrap().unwrap();
    let waking = OperationChange {
        wakes: vec![parent.id],
        ..untold(&claimed)
    };
    assert!(store.change_operation(waking).await.unwrap().is_some());
    assert_eq!(delete(late).await, 1, "the part");
    assert_eq!(delete(late).await, 0, "the whole was woken");
    let claimed = store.claim_operation(parent.id, NOW, NOW + LEASE).await;
    let claimed = claimed.unwrap().unwrap();
    assert!(
        store
            .change_operation(untold(&claimed))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(delete(late).await, 1, "and then the operation that had it");
    assert_eq!(read(&store, &open).await.id, open.id);
    assert!(store.operation_inbox(part.id).await.unwrap().is_empty());
}
