//! The contract of every store. The tests of a store call `contract_tests!` with their [`Place`].

pub(crate) mod api_keys;
pub(crate) mod operations;
pub(crate) mod outbox;
pub(crate) mod races;
pub(crate) mod retention;
pub(crate) mod sessions;
pub(crate) mod store_keys;

use pantoken_core::Secret;
use pantoken_store::{
    ApiKeyName, ApiKeyStore, CreateOutcome, Credential, Digest, KeyRotation, OperationStore,
    Outbox, SessionData, SessionFlow, SessionId, SessionResult, SessionStore, StoreError,
    StoreOptions,
};

pub(crate) const CREATED_AT: i64 = 1_748_779_200_000;
pub(crate) const EXPIRES_AT: i64 = CREATED_AT + 1_800_000;
const RESULT_TOKEN: &[u8] = b"result token";
const CALLBACK_TOKEN: &[u8] = b"callback token";

macro_rules! contract_tests {
    ($place:ty) => {
        $crate::contract::contract_tests! { $place, sessions:
            keeps_everything_it_was_given,
            knows_no_session_that_was_not_created,
            a_request_id_stands_for_one_session,
            the_same_key_and_request_give_the_earlier_session,
            the_same_key_for_another_request_is_a_mismatch,
            a_saved_token_is_final,
            a_saved_token_is_confirmed_after_expiry,
            a_token_can_follow_an_error,
            an_error_can_be_replaced_and_repeated,
            errors_are_recorded_up_to_a_limit_and_a_token_after_it,
            sessions_are_listed_by_customer_and_state_the_newest_first,
            nothing_first_is_recorded_too_late,
            a_first_token_is_recorded_for_a_day_after_expiry,
            a_token_follows_an_error_for_a_day_after_expiry,
            nothing_is_recorded_without_the_sessions_own_proof,
        }
        $crate::contract::contract_tests! { $place, races:
            many_creations_with_one_key_make_one_session,
            many_creations_with_one_id_make_one_session,
            exactly_one_of_many_racing_tokens_is_recorded,
            a_result_that_races_with_expiry_is_kept_or_expired_and_never_both,
            the_same_callback_many_times_at_once_is_recorded_once,
            a_dropped_call_has_happened_whole_or_not_at_all,
        }
        $crate::contract::contract_tests! { $place, retention:
            what_expired_before_is_deleted_with_its_idempotency_key,
            what_expired_first_is_deleted_first,
            a_session_stays_while_a_delivery_is_pending,
            a_session_stays_for_the_same_time_after_its_delivery_ended,
            the_time_of_the_last_sweep_is_kept,
            the_oldest_and_the_newest_session_tell_when_they_were_created,
        }
        $crate::contract::contract_tests! { $place, api_keys:
            a_key_is_found_by_its_digest_until_it_is_revoked,
            a_key_keeps_its_scope,
            a_name_stands_for_one_key_for_ever,
            keys_are_listed_by_name,
            one_of_many_keys_of_one_name_is_kept,
        }
        $crate::contract::contract_tests! { $place, outbox:
            each_recorded_result_is_delivered_once_and_in_order,
            what_was_not_recorded_is_not_delivered,
            an_error_takes_the_place_of_one_that_was_never_tried,
            a_token_is_not_held_up_by_an_error_that_was_refused,
            an_error_that_is_being_sent_comes_before_the_token,
            a_lease_holds_until_it_ends,
            a_rescheduled_delivery_is_due_at_its_time,
            a_dead_delivery_lets_the_next_one_pass_and_can_be_retried,
            only_the_last_claim_counts,
            deliveries_of_many_requests_are_claimed_the_longest_due_first,
            racing_claims_share_nothing,
            deliveries_are_listed_in_pages,
            what_was_due_long_ago_can_be_given_up,
            what_is_due_too_late_is_brought_forward,
        }
        $crate::contract::contract_tests! { $place, operations:
            a_kind_and_key_stand_for_one_operation,
            a_change_replaces_the_version_that_was_read,
            a_change_its_fact_its_events_and_its_operations_are_one,
            exactly_one_of_many_racing_changes_is_made,
            many_creations_of_one_key_make_one_operation,
            racing_claims_of_operations_share_nothing,
            a_claimed_operation_is_claimed_again_after_its_lease,
            a_hint_makes_an_operation_due,
            a_hint_during_a_claim_makes_it_due_afterwards,
            a_fact_is_kept_once,
            an_event_is_told_once_and_in_order,
            operations_are_listed_the_newest_first,
            parts_that_are_awaited_are_found_by_their_own_id,
            what_is_open_or_untold_or_has_parts_is_not_deleted,
        }
        $crate::contract::contract_tests! { $place, place store_keys:
            an_operation_and_its_events_are_sealed_at_rest,
            a_rotation_seals_operations_too,
            a_token_is_sealed_at_rest_and_compared_open,
            a_token_in_clear_is_read_beside_sealed_ones,
            a_store_without_the_key_of_its_tokens_does_not_open,
            a_token_under_a_key_that_came_later_names_it,
            a_sealed_token_that_was_changed_or_moved_is_corrupt,
            a_delivery_that_cannot_be_read_does_not_hold_up_the_others,
            a_key_is_needed_from_its_first_token_on,
            a_rotation_seals_every_token_and_can_begin_again,
            other_keys_are_not_forgotten_while_a_token_is_under_one,
            a_rotation_passes_over_what_it_cannot_open_and_names_it,
            a_token_in_clear_is_refused_after_a_rotation,
            a_store_without_a_key_saves_no_token_after_a_rotation,
            a_token_is_bound_to_its_customer,
            an_api_key_that_the_store_did_not_write_is_not_signed,
            a_rotation_signs_api_keys_and_names_those_that_were_not_signed,
        }
    };
    ($place:ty, $module:ident: $($behaviour:ident),* $(,)?) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $behaviour() {
                    use $crate::contract::Place as _;
                    let Some(place) = <$place>::new() else {
                        return;
                    };
                    let stores = place.open_twice($crate::contract::$module::options()).await;
                    $crate::contract::$module::$behaviour(stores).await;
                }
            )*
        }
    };
    ($place:ty, place $module:ident: $($behaviour:ident),* $(,)?) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $behaviour() {
                    let Some(place) = <$place as $crate::contract::Place>::new() else {
                        return;
                    };
                    $crate::contract::$module::$behaviour(place).await;
                }
            )*
        }
    };
}
pub(crate) use contract_tests;

/// A new database, which is deleted when it is dropped.
pub(crate) trait Place: Sized {
    type Store: SessionStore + ApiKeyStore + OperationStore + Outbox + KeyRotation + Clone;

    /// Returns `None` if the database's server is not installed.
    fn new() -> Option<Self>;

    async fn try_open(&self, options: StoreOptions) -> Result<Self::Store, StoreError>;

    /// Runs a statement as a user who edits the database would.
    async fn edit(&self, sql: &'static str);

    async fn open(&self, options: StoreOptions) -> Self::Store {
        self.try_open(options).await.unwrap()
    }

    async fn open_twice(&self, options: StoreOptions) -> [Self::Store; 2] {
        [self.open(options.clone()).await, self.open(options).await]
    }
}

pub(crate) fn session_data(id: i64) -> SessionData {
    SessionData {
        id: session_id(id),
        language: "kz".to_owned(),
        flow: SessionFlow::Redirect {
            return_url: "https://shop.kz/order?number=7#paid".to_owned(),
            callback_token: Digest::of(CALLBACK_TOKEN),
        },
        customer: Some("Айгүл".to_owned()),
        created_by: Some(ApiKeyName::parse("shop-1").unwrap()),
        seed: [7; 16],
        result_token: Digest::of(RESULT_TOKEN),
        created_at: CREATED_AT,
        expires_at: EXPIRES_AT,
    }
}

pub(crate) fn session_id(id: i64) -> SessionId {
    SessionId::from_i64(id)
}

pub(crate) fn saved(token: &str) -> SessionResult {
    SessionResult::Saved {
        token: Secret::new(token),
    }
}

pub(crate) fn failed(code: &str) -> SessionResult {
    SessionResult::Failed {
        code: code.to_owned(),
        message: "try again".to_owned(),
    }
}

pub(crate) fn credential() -> Credential {
    Credential::ResultToken(Digest::of(RESULT_TOKEN))
}

pub(crate) async fn create(store: &impl SessionStore, id: i64) {
    let outcome = store.create(session_data(id), None).await.unwrap();
    assert!(matches!(outcome, CreateOutcome::Created(_)), "{outcome:?}");
}
