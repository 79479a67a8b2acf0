use std::path::Path;

use futures_util::future::join_all;
use pantoken_a2c::SignedRequest;
use pantoken_test_support::Process;
use pantoken_test_support::postgres::Server;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::load::cards::{Card, Cards};
use crate::load::program;
use crate::load::{API_KEY, Agent, figures, short_or_long};
use crate::site;

/// The number of cards before the kill, between it and the restart, and after that.
const CARDS: usize = 120;

/// Three servers on one Postgres, and nginx in front of them.
struct Replicas {
    postgres: Server,
    database: String,
    replicas: Vec<(Process, Agent)>,
    through_nginx: Agent,
    nginx: Process,
    _folder: tempfile::TempDir,
}

fn start() -> Replicas {
    let postgres = Server::start().unwrap();
    let database = postgres.create_database().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = site::client("127.0.0.1");
    let started = [(); 3].map(|()| program::start(&mut replica(folder.path(), &database)));
    let addresses = started.each_ref().map(|(_, address)| address.as_str());
    let (nginx, url) = site::start(folder.path(), &addresses);
    let replicas = started.into_iter().map(|(program, address)| {
        let agent = Agent::new(client.clone(), format!("http://{address}"));
        (program, agent)
    });
    Replicas {
        replicas: replicas.collect(),
        postgres,
        database,
        through_nginx: Agent::new(client.clone(), url),
        nginx,
        _folder: folder,
    }
}

/// The command of a replica with webhooks, which are never delivered.
fn replica(folder: &Path, database: &str) -> std::process::Command {
    let mut serve = program::serve(folder);
    serve
        .args(["--return-urls", "https://shop.kz/paid"])
        .env("PANTOKEN_DATABASE_URL", database)
        .env("PANTOKEN_API_KEY", API_KEY)
        .env("PANTOKEN_WEBHOOK_URL", "http://127.0.0.1:9/")
        .env("PANTOKEN_WEBHOOK_SECRET", "a-webhook-secret-of-tests")
        .env("PANTOKEN_WEBHOOK_ALLOW_PRIVATE", "true");
    serve
}

pub(crate) fn a_session_of_one_is_finished_on_another() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = start();
    runtime.block_on(async {
        let [first, second, third] = [0, 1, 2].map(|index| &site.replicas[index].1);
        let iframe = first.create("order-1", &json!({"flow": "iframe"})).await;
        assert!(second.save(&iframe, "token-1").await);
        assert!(!first.save(&iframe, "token-2").await);
        let token = third.pan_token(&iframe.request_id).await;
        assert_eq!(token.as_deref(), Some("token-1"));

        let flow = json!({"flow": "redirect", "returnUrl": "https://shop.kz/paid"});
        let redirect = second.create("order-2", &flow).await;
        come_back(third, &redirect.form_url, "token-3").await;
        let token = first.pan_token(&redirect.request_id).await;
        assert_eq!(token.as_deref(), Some("token-3"));

        let same = site.replicas.iter();
        let same = same.map(|(_, agent)| agent.create("order-3", &flow));
        let same = join_all(same).await;
        assert!(same.iter().all(|session| *session == same[0]), "{same:?}");
    });
}

/// Calls the callback as the customer's browser does.
async fn come_back(agent: &Agent, form_url: &str, pan_token: &str) {
    let url = SignedRequest::parse(form_url).unwrap();
    let callback = url.request().callback_url().unwrap().as_str();
    let path = callback.strip_prefix("https://pay.shop.kz").unwrap();
    let id = url.request().request_id();
    let path = format!("{path}?requestId={id}&panToken={pan_token}");
    let answer = agent.client.get(agent.url(&path)).send().await.unwrap();
    assert_eq!(answer.status(), 303);
}

pub(crate) fn nothing_acknowledged_is_lost_or_doubled_by_a_kill_and_a_restart() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut site = start();
    runtime.block_on(async {
        let mut cards = Cards::start(&site.through_nginx);
        let mut acknowledged = cards.next(CARDS).await;
        site.replicas.remove(0).0.kill();
        acknowledged.extend(cards.next(CARDS).await);
        restart_database(&site).await;
        acknowledged.extend(cards.next(CARDS).await);
        acknowledged.extend(cards.finish().await);
        for card in &acknowledged {
            is_kept(&site, card).await;
        }
        assert_eq!(counts(&site.database).await, [acknowledged.len(); 3]);
    });
}

pub(crate) fn nothing_acknowledged_is_lost_or_doubled_by_a_proxy_that_drops_connections() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = start();
    let times = short_or_long(10, 100);
    runtime.block_on(async {
        let mut cards = Cards::start(&site.through_nginx);
        let mut acknowledged = Vec::new();
        for _ in 0..times {
            acknowledged.extend(cards.next(20).await);
            drop_connections(&site.nginx);
        }
        acknowledged.extend(cards.finish().await);
        let [sessions, deliveries, _] = counts(&site.database).await;
        let fault = format!("a TLS proxy that drops its connections, {times} times");
        let kept = [sessions, deliveries];
        figures::check(&fault, &site.through_nginx, &acknowledged, kept).await;
        assert!(site.through_nginx.answers.of(None) > 0);
    });
}

/// Kills nginx's workers with all their connections. nginx starts new ones.
fn drop_connections(nginx: &Process) {
    let id = nginx.id();
    let workers = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    let mut kill = std::process::Command::new("kill");
    let killed = kill.arg("-KILL").args(workers.split_whitespace()).status();
    assert!(killed.unwrap().success());
}

/// Restarts Postgres after a client has noticed that it is gone.
async fn restart_database(site: &Replicas) {
    site.postgres.stop().unwrap();
    site.through_nginx.wait_for_answers(Some(503), 1).await;
    site.postgres.start_again().unwrap();
}

/// Checks that every remaining replica has the token, and that a repeated request returns it.
async fn is_kept(site: &Replicas, card: &Card) {
    for (_, agent) in &site.replicas {
        let token = agent.pan_token(&card.request_id).await;
        assert_eq!(token.as_ref(), Some(&card.pan_token));
    }
    let again = site
        .through_nginx
        .create(&card.idempotency_key, &json!({"flow": "iframe"}))
        .await;
    assert_eq!(again.request_id, card.request_id);
    assert!(site.through_nginx.save(&again, &card.pan_token).await);
}

/// Counts the sessions, the deliveries, and the sessions with deliveries.
async fn counts(database: &str) -> [usize; 3] {
    let mut connection = PgConnection::connect(database).await.unwrap();
    let counts: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM sessions), count(*), count(DISTINCT request_id) FROM deliveries",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    [counts.0, counts.1, counts.2].map(|count| usize::try_from(count).unwrap())
}
