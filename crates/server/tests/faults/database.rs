use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::faulty_site::FaultySite;
use crate::load::cards::Cards;
use crate::load::short_or_long;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_becomes_read_only_is_refused_with_its_cause_until_it_is_not() {
    let Some(postgres) = pantoken_test_support::postgres::Server::start_or_skip() else {
        return;
    };
    let url = postgres.create_database().unwrap();
    let site = FaultySite::open_on(Some(url.clone()));
    let times = short_or_long(2, 20);
    let mut cards = Cards::start(&site.agent);
    let mut acknowledged = Vec::new();
    for _ in 0..times {
        acknowledged.extend(cards.next(40).await);
        read_only(&url, "on").await;
        site.agent.wait_for_answers(Some(503), 20).await;
        read_only(&url, "off").await;
    }
    acknowledged.extend(cards.next(40).await);
    acknowledged.extend(cards.finish().await);
    let fault = format!("Postgres becomes read-only, {times} times");
    site.check_cards(&fault, &acknowledged).await;
    site.wait_for_log("the database is read-only");
}

/// Makes the database read-only, as when its machine becomes a standby: connections end, and new ones
/// cannot write.
async fn read_only(url: &str, state: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    // Otherwise this could not be undone.
    connection
        .execute("SET default_transaction_read_only = off")
        .await
        .unwrap();
    let (_, name) = url.split('?').next().unwrap().rsplit_once('/').unwrap();
    let alter = format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = {state}");
    connection.execute(AssertSqlSafe(alter)).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    connection.execute(end).await.unwrap();
    connection.close().await.unwrap();
}
