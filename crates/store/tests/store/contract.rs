//! What every store must do. A store's own tests call `contract_tests!` with a function that opens
//! two handles on one new database.

pub(crate) mod api_keys;
pub(crate) mod outbox;
pub(crate) mod retention;
pub(crate) mod sessions;

use pantoken_protocol::{ErrorCode, ErrorMessage, FormResult, Language, PanToken, RequestId};
use pantoken_store::{Creation, Digest, Proof, SessionFlow, SessionStore, Terms};

pub(crate) const CREATED_AT: i64 = 1_748_779_200_000;
pub(crate) const EXPIRES_AT: i64 = CREATED_AT + 1_800_000;
const RESULT_TOKEN: &[u8] = b"result token";
const CALLBACK_TOKEN: &[u8] = b"callback token";

macro_rules! contract_tests {
    ($open:path) => {
        $crate::contract::contract_tests! { $open, sessions:
            keeps_everything_it_was_given,
            knows_no_session_that_was_not_created,
            a_request_id_stands_for_one_session,
            the_same_key_and_request_give_the_earlier_session,
            the_same_key_for_another_request_is_a_mismatch,
            many_creations_with_one_key_make_one_session,
            a_saved_token_is_final,
            a_saved_token_is_confirmed_after_expiry,
            a_token_can_follow_an_error,
            an_error_can_be_replaced_and_repeated,
            nothing_first_is_recorded_after_expiry,
            a_token_does_not_follow_an_error_after_expiry,
            nothing_is_recorded_without_the_sessions_own_proof,
            exactly_one_of_many_racing_tokens_is_recorded,
        }
        $crate::contract::contract_tests! { $open, retention:
            what_expired_before_is_deleted_with_its_idempotency_key,
            what_expired_first_is_deleted_first,
            a_session_stays_while_a_delivery_is_pending,
        }
        $crate::contract::contract_tests! { $open, api_keys:
            a_key_is_found_by_its_digest_until_it_is_revoked,
            a_name_stands_for_one_key_for_ever,
            keys_are_listed_by_name,
            one_of_many_keys_of_one_name_is_kept,
        }
        $crate::contract::contract_tests! { $open, outbox:
            each_recorded_result_is_delivered_once_and_in_order,
            what_was_not_recorded_is_not_delivered,
            a_lease_holds_until_it_ends,
            a_rescheduled_delivery_is_due_at_its_time,
            a_dead_delivery_lets_the_next_one_pass_and_can_be_retried,
            only_the_last_claim_counts,
            deliveries_of_many_requests_are_claimed_the_longest_due_first,
            racing_claims_share_nothing,
            deliveries_are_listed_in_pages,
        }
    };
    ($open:path, $module:ident: $($behaviour:ident),* $(,)?) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $behaviour() {
                    let (_place, stores) = $open($crate::contract::$module::options()).await;
                    $crate::contract::$module::$behaviour(stores).await;
                }
            )*
        }
    };
}
pub(crate) use contract_tests;

pub(crate) fn terms(id: i64) -> Terms {
    Terms {
        request_id: request_id(id),
        language: Language::Kz,
        flow: SessionFlow::Redirect {
            return_url: "https://shop.kz/order?number=7#paid".to_owned(),
            callback_token: Digest::of(CALLBACK_TOKEN),
        },
        customer: Some("Айгүл".to_owned()),
        seed: [7; 16],
        result_token: Digest::of(RESULT_TOKEN),
        created_at: CREATED_AT,
        expires_at: EXPIRES_AT,
    }
}

pub(crate) fn request_id(id: i64) -> RequestId {
    RequestId::from_i64(id).unwrap()
}

pub(crate) fn saved(token: &str) -> FormResult {
    FormResult::Saved(PanToken::parse(token).unwrap())
}

pub(crate) fn failed(code: ErrorCode) -> FormResult {
    FormResult::Failed {
        code,
        message: ErrorMessage::from_text("try again"),
    }
}

pub(crate) fn proof() -> Proof {
    Proof::ResultToken(Digest::of(RESULT_TOKEN))
}

pub(crate) async fn create(store: &impl SessionStore, id: i64) {
    let creation = store.create(terms(id), None).await.unwrap();
    assert!(matches!(creation, Creation::Created(_)), "{creation:?}");
}
