//! The README says what each provider can do, and a test shows each of it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

const PROVIDERS: [&str; 5] = ["a2c", "payin", "jetpay", "qiwi-pay", "qiwi-master"];

/// How a capability is offered.
const YES: &str = "yes";
const CRATE: &str = "crate";

const SERVER: &str = "crates/server/tests/server";
const SANDBOX: &str = "crates/sandbox/tests/sandbox";
const BROWSER: &str = "tests/end_to_end";

/// Who offers it, how, and the file and the name of the test that shows it.
type Offer = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Each row of the README's table.
const CAPABILITIES: [(&str, &[Offer]); 17] = [
    (
        "shows the provider's form in your page",
        &[
            (
                "a2c",
                YES,
                BROWSER,
                "iframe_flow",
                "a_saved_card_is_a_token_in_the_page_and_in_the_store",
            ),
            (
                "payin",
                YES,
                BROWSER,
                "payin",
                "a_verified_card_is_saved_and_its_token_is_the_servers_alone",
            ),
        ],
    ),
    (
        "leads to the provider's page and back",
        &[
            (
                "a2c",
                YES,
                BROWSER,
                "redirect_flow",
                "a_card_saved_by_redirect_is_in_the_store_and_in_no_address",
            ),
            (
                "payin",
                YES,
                BROWSER,
                "payin",
                "the_customer_verifies_a_card_by_redirect_and_returns",
            ),
            (
                "qiwi-pay",
                YES,
                BROWSER,
                "redirect_button",
                "a_form_arrives_with_exactly_its_fields",
            ),
        ],
    ),
    (
        "saves a card as a token",
        &[
            (
                "a2c",
                YES,
                SERVER,
                "record_result",
                "a_token_is_recorded_and_confirmed_again_after_expiry",
            ),
            (
                "payin",
                YES,
                SERVER,
                "payin",
                "a_card_is_verified_charged_given_back_and_forgotten",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_forms",
                "without_the_api_a_signed_notification_with_the_forms_amount_counts",
            ),
        ],
    ),
    (
        "charges a saved card",
        &[
            (
                "payin",
                YES,
                SERVER,
                "payin",
                "a_token_is_charged_for_its_own_customer_alone",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_payments",
                "a_saved_card_is_charged_once",
            ),
        ],
    ),
    (
        "takes a payment on the provider's form",
        &[
            (
                "payin",
                YES,
                SERVER,
                "payin",
                "a_bill_is_paid_on_the_form_and_its_payment_is_given_back",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_forms",
                "a_form_is_signed_and_the_same_order_gives_the_same_form",
            ),
        ],
    ),
    (
        "holds money and captures it later",
        &[
            (
                "payin",
                YES,
                SERVER,
                "payin",
                "a_held_sum_is_captured_once_or_given_back",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_payments",
                "a_held_sum_is_captured_once_and_given_back_in_parts",
            ),
        ],
    ),
    (
        "gives money back, also in parts",
        &[
            (
                "payin",
                YES,
                SERVER,
                "payin",
                "a_card_is_verified_charged_given_back_and_forgotten",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_payments",
                "a_held_sum_is_released_in_parts",
            ),
        ],
    ),
    (
        "asks for 3-D Secure outside the form",
        &[
            (
                "payin",
                CRATE,
                "crates/providers/payin/tests/client",
                "requests",
                "a_card_is_charged_after_3d_secure",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_payments",
                "three_d_secure_is_finished_by_the_payer",
            ),
        ],
    ),
    (
        "takes payments by QR code",
        &[(
            "payin",
            YES,
            SERVER,
            "payin_qr_codes",
            "a_qr_code_is_scanned_and_its_payment_is_given_back",
        )],
    ),
    (
        "takes deposits at kiosks and from wallets",
        &[(
            "jetpay",
            YES,
            SERVER,
            "jetpay",
            "a_deposit_is_reserved_and_paid_by_a_callback",
        )],
    ),
    (
        "pays out",
        &[
            (
                "payin",
                CRATE,
                "crates/providers/payin/tests/client",
                "requests",
                "a_payout_is_signed_over_the_bytes_that_arrive",
            ),
            (
                "jetpay",
                YES,
                SERVER,
                "jetpay_payouts",
                "a_payout_is_sent_once_and_paid_by_a_callback",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_payments",
                "a_payout_pays_once",
            ),
        ],
    ),
    (
        "sends receipts (54-FZ)",
        &[(
            "qiwi-pay",
            YES,
            SERVER,
            "qiwi_pay_forms",
            "a_receipt_is_encoded_and_must_add_up",
        )],
    ),
    (
        "sends data of airline tickets",
        &[(
            "qiwi-pay",
            YES,
            SERVER,
            "qiwi_pay_documents",
            "tickets_travel_with_a_payment_and_a_capture_signed_or_not",
        )],
    ),
    (
        "divides a payment between a receiver and a marketplace",
        &[(
            "qiwi-pay",
            YES,
            SERVER,
            "qiwi_pay_documents",
            "the_parts_of_a_safe_deal_travel_at_each_step",
        )],
    ),
    (
        "issues virtual cards",
        &[(
            "qiwi-master",
            CRATE,
            "crates/providers/qiwi-master/tests",
            "client",
            "a_card_is_ordered_and_paid_for",
        )],
    ),
    (
        "checks the provider's signed notifications",
        &[
            (
                "payin",
                YES,
                SERVER,
                "payin",
                "a_notification_is_a_hint_and_its_status_is_not_believed",
            ),
            (
                "jetpay",
                YES,
                SERVER,
                "jetpay",
                "a_wrong_callback_is_refused_by_its_code_and_leaves_nothing",
            ),
            (
                "qiwi-pay",
                YES,
                SERVER,
                "qiwi_pay_forms",
                "a_notification_without_a_right_signature_is_refused",
            ),
        ],
    ),
    (
        "has a sandbox",
        &[
            (
                "a2c",
                YES,
                SANDBOX,
                "save",
                "a_saved_card_is_answered_with_its_token",
            ),
            (
                "payin",
                YES,
                SANDBOX,
                "payin",
                "a_card_is_verified_charged_refunded_and_its_token_deleted",
            ),
            (
                "jetpay",
                YES,
                SANDBOX,
                "jetpay",
                "a_deposit_is_verified_checked_created_and_told",
            ),
            (
                "qiwi-pay",
                YES,
                SANDBOX,
                "qiwi_pay",
                "a_held_sum_is_captured_once_and_given_back_in_parts",
            ),
            (
                "qiwi-master",
                YES,
                SANDBOX,
                "qiwi_master",
                "five_cards_are_free_and_the_sixth_is_paid_for",
            ),
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Returns the cells of each row under this heading, but for the two of the table's head.
fn table(text: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) = text.split_once(heading).unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|'));
    let cells = |row: &str| {
        let inner = row
            .trim()
            .strip_prefix('|')
            .and_then(|row| row.strip_suffix('|'));
        let cells = inner.unwrap().split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(cells).collect()
}

#[test]
fn the_readme_says_what_each_provider_can_do_and_a_test_shows_it() {
    let root = root();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let mut rows = table(&readme, "## What each provider can do").into_iter();
    let head = rows.next().unwrap();
    assert_eq!(head[1..], PROVIDERS);
    let written: Vec<_> = rows.skip(1).collect();
    let shown: Vec<_> = CAPABILITIES
        .iter()
        .map(|(capability, offers)| {
            let of = |provider: &&str| {
                let offer = offers.iter().find(|offer| offer.0 == *provider);
                offer.map_or("", |offer| offer.1).to_owned()
            };
            let cells = PROVIDERS.iter().map(of);
            [(*capability).to_owned()]
                .into_iter()
                .chain(cells)
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(written, shown);
    for (capability, offers) in CAPABILITIES {
        assert!(!offers.is_empty(), "{capability}");
        for (provider, _, folder, file, test) in offers {
            assert!(PROVIDERS.contains(provider), "{capability}: {provider}");
            let path = root.join(folder).join(file).with_extension("rs");
            let source = fs::read_to_string(&path).unwrap();
            let is_there = source.contains(&format!("fn {test}("));
            assert!(is_there, "{capability}: {} has no {test}", path.display());
        }
    }
}
