//! Tests the server, the sandbox and the demo page in real browsers, as customers and agents use them. The
//! page and the form are on different sites (localhost and 127.0.0.1).
//!
//! `cargo xtask test` builds the page and runs these tests. `cargo test -p pantoken-tests` runs them on the
//! page in `dist`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::ExitCode;

use pantoken_tests::{Engine, Page, Suite, tests};

mod accessibility;
mod admin;
mod another_language;
mod answer;
mod demo_jetpay;
mod demo_payin;
mod demo_qiwi_pay;
mod demo_tabs;
mod early_form;
mod embedding;
mod error_codes;
mod events;
mod examples;
mod form_url;
mod handled_frame;
mod hostile_messages;
mod hostile_scripts;
mod hostile_windows;
mod iframe_flow;
mod jumping_clock;
mod languages;
mod late_form;
mod layout;
mod life_cycle;
mod misbehaviour;
mod payin;
mod polluted_objects;
mod redirect_button;
mod redirect_flow;
mod removal;
mod resources;
mod sandbox_form;
mod secrecy;
mod session_endpoint;
mod stage;
mod stages;
mod states;
mod strict_policy;
mod tampered_page;
mod timeline;
mod unmounted;

fn main() -> ExitCode {
    let suite = match Suite::new() {
        Ok(suite) => suite,
        Err(reason) => {
            eprintln!("error: {reason}");
            return ExitCode::FAILURE;
        }
    };
    suite
        .without_browser(
            "secrecy::the_secret_is_in_no_file_that_a_browser_loads",
            secrecy::the_secret_is_in_no_file_that_a_browser_loads,
        )
        // Engines differ in how they deliver messages, load frames, send keys, apply policies and keep
        // requests alive, so these run in each of them.
        .with(
            &Engine::ALL,
            &Page::ALL,
            tests![
                iframe_flow::a_saved_card_is_a_token_in_the_page_and_in_the_store,
                iframe_flow::a_wrong_number_is_corrected_in_the_same_form,
                iframe_flow::a_customer_needs_no_mouse,
                iframe_flow::a_press_counts_whatever_the_form_says_meanwhile,
                iframe_flow::a_token_is_not_lost_while_the_server_is_down,
                hostile_windows::a_frame_of_another_site_is_not_heard,
                hostile_windows::another_frame_of_the_forms_origin_is_not_heard,
                hostile_windows::a_popup_is_not_heard,
                hostile_windows::the_forms_frame_gone_to_another_site_is_not_heard,
                answer::another_document_in_the_forms_frame_gets_no_answer,
                misbehaviour::never_ready_is_an_error_that_may_be_tried_again,
                misbehaviour::reload_is_ready_for_each_load,
                redirect_flow::a_card_saved_by_redirect_is_in_the_store_and_in_no_address,
                session_endpoint::a_card_is_reported_until_the_report_is_acknowledged,
                payin::a_verified_card_is_saved_and_its_token_is_the_servers_alone,
                payin::a_card_is_verified_after_the_banks_page,
                payin::a_refused_card_is_told_and_another_may_be_tried,
                payin::what_another_window_says_saves_nothing,
                strict_policy::the_page_works_under_a_policy_without_inline_or_eval,
                handled_frame::moved_or_reloaded_when_ready_it_is_ready_again,
                handled_frame::moved_or_reloaded_while_it_reports_its_card_is_told_once,
            ],
        )
        // The demo's tabs have frames and events of their own.
        .with(
            &Engine::ALL,
            &[Page::Yew],
            tests![
                demo_payin::a_card_is_verified_charged_refunded_and_its_token_deleted,
                demo_jetpay::a_deposit_at_the_kiosk_raises_the_balance_once,
                demo_jetpay::a_declined_payout_is_given_back_and_a_paid_one_is_not,
                demo_qiwi_pay::an_order_is_paid_captured_and_given_back_in_part,
            ],
        )
        .with(
            &[Engine::Chromium],
            &[Page::Yew],
            tests![
                demo_payin::a_refused_card_leaves_another_one_to_try,
                demo_payin::a_card_is_verified_after_the_banks_page,
                demo_jetpay::the_kiosk_needs_no_mouse,
                demo_qiwi_pay::a_declined_order_can_be_followed_by_a_new_one,
                demo_tabs::the_links_are_the_same_on_each_tab_and_keep_the_language,
                demo_tabs::the_tabs_fit_on_the_screen_and_axe_finds_nothing,
                demo_tabs::without_the_shop_a_tab_says_what_it_needs,
            ],
        )
        .with(
            &[Engine::Chromium, Engine::Firefox],
            &[Page::Element],
            tests![embedding::a_form_whose_children_were_replaced_takes_a_card],
        )
        // The same applies to these tests of the element.
        .with(
            &Engine::ALL,
            &[Page::Element],
            tests![
                early_form::loaded_before_the_module_it_is_the_form_that_takes_the_card,
                early_form::a_form_that_the_machine_does_not_order_is_gone_unseen,
                embedding::an_address_is_resolved_once_by_the_url_parser,
                embedding::a_session_in_use_is_left_alone,
                embedding::without_webassembly_it_leads_to_the_providers_page,
                embedding::what_libraries_do_to_its_children_and_title_does_not_matter,
                events::the_details_of_the_events_are_the_golden_ones,
                examples::the_html_page_takes_a_card,
                form_url::a_form_url_that_the_server_signed_takes_a_card,
                life_cycle::inserted_twice_in_one_task_it_is_one_form,
                life_cycle::a_moved_form_takes_a_card,
                life_cycle::without_its_module_it_says_so_and_can_be_reloaded,
                life_cycle::a_page_from_the_back_forward_cache_has_a_fresh_session,
                life_cycle::the_way_back_to_the_page_leads_to_a_fresh_session,
                payin::the_customer_verifies_a_card_by_redirect_and_returns,
                redirect_flow::the_element_offers_the_way_when_its_frame_is_blocked,
                strict_policy::a_policy_that_only_reports_does_not_stop_the_form,
                removal::removed_before_its_module_arrives_it_emits_nothing,
                removal::removed_when_ready_it_emits_nothing_more,
                removal::removed_while_it_reports_its_card_is_not_lost,
                resources::a_thousand_forms_leave_no_listener_no_timer_and_no_memory,
            ],
        )
        .with(
            &Engine::ALL,
            &[Page::Element],
            tests![
                redirect_button::it_leads_to_the_providers_page_and_back,
                redirect_button::a_failure_is_told_in_each_language_and_a_press_tries_again,
                redirect_button::a_page_from_the_back_forward_cache_has_a_button_that_works,
                redirect_button::a_form_arrives_with_exactly_its_fields,
                redirect_button::a_policy_that_forbids_its_form_is_an_error,
                redirect_button::a_customer_pays_by_the_form_of_qiwi_pay,
                redirect_button::it_goes_to_no_other_scheme_and_no_other_origin,
                redirect_button::without_its_module_it_says_so_when_it_is_pressed,
            ],
        )
        // The state machine and the page's scripts decide these in the same way in each engine.
        .with(
            &[Engine::Chromium],
            &Page::ALL,
            tests![
                another_language::chosen_while_its_session_is_made_it_has_another,
                another_language::chosen_while_its_frame_loads_it_has_another,
                another_language::chosen_when_ready_it_has_another,
                another_language::chosen_while_it_reports_its_card_is_not_lost,
                another_language::chosen_before_a_report_is_repeated_its_card_is_not_lost,
                another_language::chosen_when_saved_it_has_another,
                error_codes::forbidden_and_invalid_session_reach_the_page_and_the_store,
                error_codes::a_second_card_for_a_request_is_refused,
                error_codes::an_agent_that_the_provider_does_not_know_is_told,
                error_codes::a_wrong_secret_is_told,
                error_codes::a_damaged_parameter_is_told,
                handled_frame::taken_out_before_it_is_ready_it_may_be_tried_again,
                handled_frame::moved_or_reloaded_before_it_is_ready_it_is_ready_once,
                handled_frame::taken_out_when_ready_another_takes_the_card,
                handled_frame::taken_out_while_it_reports_its_card_is_told_once,
                handled_frame::moved_or_reloaded_when_saved_it_stays_saved,
                handled_frame::taken_out_when_saved_it_stays_saved,
                hostile_messages::what_no_form_says_is_a_warning_each,
                hostile_messages::half_a_character_in_an_errors_words_is_replaced,
                hostile_messages::ten_thousand_messages_of_another_window_are_not_heard,
                hostile_scripts::a_page_that_freezes_everything_takes_a_card,
                hostile_scripts::a_page_with_functions_of_its_own_takes_a_card,
                hostile_scripts::a_page_whose_clock_jumps_takes_a_card,
                hostile_scripts::a_browser_without_newer_functions_takes_a_card,
                hostile_scripts::what_a_page_puts_on_every_object_is_no_message_and_no_attribute,
                hostile_windows::a_frame_of_the_pages_own_origin_is_not_heard,
                hostile_windows::a_frame_without_an_origin_is_not_heard,
                hostile_windows::a_popup_of_the_forms_origin_is_not_heard,
                hostile_windows::the_page_itself_is_not_heard,
                hostile_windows::events_that_a_script_made_up_are_not_read,
                iframe_flow::another_card_gets_a_session_of_its_own,
                iframe_flow::a_page_on_a_host_that_is_not_registered_is_shown_no_form,
                jumping_clock::a_timeout_before_its_time_lets_the_customer_go_on,
                jumping_clock::a_timeout_after_ready_is_none,
                jumping_clock::a_timeout_after_saved_is_none,
                jumping_clock::a_report_goes_on_when_its_wait_was_longer,
                languages::the_page_the_widget_and_the_form_speak_one_language,
                languages::another_language_starts_another_form,
                misbehaviour::late_ready_lets_the_customer_go_on,
                misbehaviour::double_ready_is_answered_each_time_and_told_once,
                misbehaviour::json_text_is_as_usual,
                misbehaviour::numeric_request_id_is_as_usual,
                misbehaviour::slow_load_is_as_usual,
                misbehaviour::wrong_request_id_is_a_warning_and_no_result,
                misbehaviour::wrong_origin_frame_is_not_heard,
                misbehaviour::result_before_ready_is_a_warning_and_saved,
                misbehaviour::duplicate_result_is_saved_once,
                misbehaviour::conflicting_result_is_saved_with_the_first_token,
                misbehaviour::huge_message_is_a_warning_and_then_as_usual,
                misbehaviour::error_then_saved_is_both,
                polluted_objects::values_that_no_script_can_hide_are_not_read,
                polluted_objects::accessors_give_nothing_and_get_nothing,
                polluted_objects::accessors_that_are_frozen_give_nothing_and_get_nothing,
                payin::what_the_form_says_without_the_providers_agreement_saves_nothing,
                payin::a_card_is_verified_though_the_form_says_nothing,
                redirect_flow::a_refused_card_comes_back_as_failed_with_its_code_in_the_store,
                redirect_flow::a_wrong_number_is_corrected_on_the_providers_page,
                session_endpoint::without_a_session_the_page_says_why_and_a_retry_helps,
                session_endpoint::a_report_that_is_refused_is_told,
                secrecy::the_secret_the_card_number_and_the_token_stay_in_their_place,
                strict_policy::the_browser_has_nothing_to_complain_about,
                accessibility::axe_finds_nothing_in_any_state,
                layout::nothing_is_wider_than_the_screen,
            ],
        )
        .with(
            &[Engine::Chromium],
            &[Page::Yew],
            tests![
                unmounted::unmounted_while_its_session_is_made_it_tells_nothing,
                unmounted::unmounted_while_its_frame_loads_it_tells_nothing,
                unmounted::unmounted_when_ready_it_tells_nothing_more,
                unmounted::unmounted_while_it_reports_its_card_is_not_lost,
                unmounted::unmounted_before_a_report_is_repeated_its_card_is_not_lost,
                unmounted::unmounted_when_saved_it_tells_nothing_more,
            ],
        )
        .with(
            &[Engine::Chromium],
            &[Page::Element],
            tests![
                accessibility::axe_finds_nothing_on_the_pages_of_qiwi_pay,
                admin::axe_finds_nothing_and_nothing_is_wider_than_the_screen,
                admin::an_operator_needs_no_mouse,
                early_form::a_form_on_another_origin_is_not_loaded_before_the_module,
                early_form::a_form_whose_module_does_not_load_is_gone,
                embedding::a_refusal_tells_status_code_and_detail,
                embedding::a_session_that_a_back_end_made_takes_a_card,
                payin::a_verification_that_a_back_end_made_is_shown,
                payin::a_form_of_an_unknown_kind_is_refused,
                embedding::a_clone_and_html_that_is_put_back_are_one_form_each,
                embedding::properties_are_attributes,
                embedding::properties_that_were_set_before_it_was_defined_count,
                embedding::a_page_that_is_isolated_leads_to_the_providers_page,
                embedding::a_form_without_its_cookies_leads_to_the_providers_page,
                embedding::a_page_with_a_tracing_script_takes_a_card,
                embedding::moved_before_another_element_it_keeps_its_form,
                embedding::a_module_of_another_version_is_refused_by_name,
                embedding::a_policy_without_webassembly_leads_to_the_providers_page,
                embedding::a_return_url_is_relative_to_the_page,
                embedding::its_module_may_be_elsewhere,
                embedding::with_its_module_inside_it_loads_no_other_file,
                embedding::a_page_loads_the_modules_of_what_it_shows,
                embedding::a_page_says_where_the_modules_are,
                embedding::an_untouched_session_is_renewed_before_it_expires,
                embedding::nothing_starts_while_the_page_is_prerendered,
                embedding::a_page_that_is_not_left_offers_the_way_again,
                embedding::what_the_page_shows_meanwhile_is_gone_when_the_form_is_there,
                events::a_customer_who_cannot_see_it_is_told_what_it_does,
                events::a_silent_form_may_be_tried_again,
                examples::the_back_end_in_php_knows_whose_card_it_is,
                examples::the_back_end_in_node_knows_whose_card_it_is,
                examples::the_back_end_in_python_knows_whose_card_it_is,
                examples::the_back_end_in_go_knows_whose_card_it_is,
                examples::the_page_with_the_redirect_button_takes_a_payment,
                examples::the_page_of_the_elements_readme_takes_a_card,
                examples::the_react_page_takes_a_card,
                examples::the_vue_page_takes_a_card,
                examples::a_page_that_webpack_bundled_takes_a_card,
                examples::a_page_of_a_bundler_without_asset_urls_takes_a_card,
                examples::a_page_with_an_import_map_takes_a_card,
                examples::the_helper_for_playwright_saves_a_card,
                hostile_messages::ten_thousand_messages_of_the_form_do_not_hide_its_result,
                form_url::a_form_url_may_lead_to_a_form_that_misbehaves,
                form_url::a_wrong_form_url_opens_nothing_and_the_console_says_why,
                form_url::without_any_url_it_waits_for_one,
                life_cycle::another_language_is_one_new_session,
                life_cycle::several_changes_in_one_task_are_one_new_session,
                life_cycle::a_value_that_stays_the_same_changes_nothing,
                life_cycle::several_forms_take_each_its_own_card,
                life_cycle::in_a_shadow_root_it_takes_a_card,
                life_cycle::a_reload_is_a_new_session_until_a_card_is_saved,
                redirect_flow::the_element_asks_for_no_session_before_its_button_is_pressed,
                removal::removed_while_its_session_is_made_it_emits_nothing,
                removal::removed_while_its_frame_loads_it_emits_nothing,
                removal::removed_by_its_own_event_it_emits_nothing_more,
                removal::removed_when_saved_it_emits_nothing_more,
                removal::removed_before_a_report_is_repeated_its_card_is_not_lost,
                stages::moved_while_its_session_is_made_it_has_another,
                stages::reloaded_while_its_session_is_made_it_has_another,
                stages::moved_while_its_frame_loads_it_has_another,
                stages::reloaded_while_its_frame_loads_it_has_another,
                stages::moved_while_it_reports_its_card_is_not_lost,
                stages::reloaded_while_it_reports_it_goes_on,
                stages::moved_when_saved_it_has_another_session,
                stages::without_its_frame_a_reload_brings_another,
                sandbox_form::it_takes_no_card_for_a_page_that_is_not_registered,
                sandbox_form::an_answer_of_another_window_does_not_count,
                sandbox_form::its_result_is_for_the_origin_that_answered_alone,
                resources::forms_that_were_ready_or_saved_leave_nothing_either,
                resources::a_form_holds_its_listeners_and_a_timer_until_it_is_removed,
            ],
        )
        .with(
            engines_of_long_tests(),
            &[Page::Element],
            tests![
                examples::the_angular_app_knows_whose_card_it_is,
                examples::the_back_end_with_fastapi_knows_whose_card_it_is,
                examples::the_next_app_knows_whose_card_it_is,
                examples::the_nuxt_app_knows_whose_card_it_is,
                examples::the_svelte_app_knows_whose_card_it_is,
            ],
        )
        .run()
}

/// Frameworks take minutes to install and to build, which `cargo xtask test --long` does.
fn engines_of_long_tests() -> &'static [Engine] {
    match std::env::var_os("PANTOKEN_LONG") {
        Some(_) => &[Engine::Chromium],
        None => &[],
    }
}
