use std::path::Path;

use futures_util::future::{join, join_all};
use pantoken_protocol::SignedRequest;
use pantoken_test_postgres::Server;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;

use crate::agent::{API_KEY, Agent};
use crate::program::{self, Program};
use crate::site;

/// Customers at one time, and how many cards each brings one after the other.
const CUSTOMERS: usize = 8;
const CARDS_EACH: usize = 45;
const CARDS: usize = CUSTOMERS * CARDS_EACH;

/// Three servers on one Postgres, and nginx in front of them.
struct Shop {
    postgres: Server,
    database: String,
    replicas: Vec<(Program, Agent)>,
    through_nginx: Agent,
    _nginx: Program,
    _folder: tempfile::TempDir,
}

fn shop() -> Shop {
    let postgres = Server::start().unwrap_or_else(|error| panic!("{error}"));
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
    Shop {
        replicas: replicas.collect(),
        postgres,
        database,
        through_nginx: Agent::new(client.clone(), url),
        _nginx: nginx,
        _folder: folder,
    }
}

/// It keeps what its webhooks have to tell; nobody takes them.
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
    let shop = shop();
    runtime.block_on(async {
        let [first, second, third] = [0, 1, 2].map(|index| &shop.replicas[index].1);
        let iframe = first.create("order-1", &json!({"flow": "iframe"})).await;
        assert!(second.save(&iframe, "token-1").await);
        assert!(!first.save(&iframe, "token-2").await);
        assert_eq!(third.pan_token(&iframe.request_id).await, "token-1");

        let flow = json!({"flow": "redirect", "returnUrl": "https://shop.kz/paid"});
        let redirect = second.create("order-2", &flow).await;
        come_back(third, &redirect.form_url, "token-3").await;
        assert_eq!(first.pan_token(&redirect.request_id).await, "token-3");

        let same = shop.replicas.iter();
        let same = same.map(|(_, agent)| agent.create("order-3", &flow));
        let same = join_all(same).await;
        assert!(same.iter().all(|session| *session == same[0]), "{same:?}");
    });
}

/// The customer's browser comes back from the provider.
async fn come_back(agent: &Agent, form_url: &str, pan_token: &str) {
    let url = SignedRequest::parse(form_url).unwrap();
    let callback = url.request().callback_url().unwrap().as_str();
    let path = callback.strip_prefix("https://pay.shop.kz").unwrap();
    let id = url.request().request_id();
    let path = format!("{}{path}?requestId={id}&panToken={pan_token}", agent.url);
    let answer = agent.client.get(path).send().await.unwrap();
    assert_eq!(answer.status(), 303);
}

/// What the agent and the customer were told.
struct Acknowledged {
    idempotency_key: String,
    request_id: String,
    pan_token: String,
}

pub(crate) fn nothing_acknowledged_is_lost_or_doubled_by_a_kill_and_a_restart() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut shop = shop();
    runtime.block_on(async {
        let (tell, mut told) = mpsc::unbounded_channel();
        for customer in 0..CUSTOMERS {
            tokio::spawn(bring_cards(
                shop.through_nginx.clone(),
                customer,
                tell.clone(),
            ));
        }
        drop(tell);
        let mut acknowledged = Vec::new();
        while let Some(card) = told.recv().await {
            acknowledged.push(card);
            if acknowledged.len() == CARDS / 3 {
                shop.replicas.remove(0).0.kill();
            }
            if acknowledged.len() == CARDS * 2 / 3 {
                restart_database(&shop).await;
            }
        }
        assert_eq!(acknowledged.len(), CARDS);
        for card in &acknowledged {
            is_kept(&shop, card).await;
        }
        assert_eq!(counts(&shop.database).await, [CARDS, CARDS, CARDS]);
    });
}

/// Each card with two panTokens at once, of which one is to win.
async fn bring_cards(agent: Agent, customer: usize, tell: mpsc::UnboundedSender<Acknowledged>) {
    for number in 0..CARDS_EACH {
        let idempotency_key = format!("order-{customer}-{number}");
        let session = agent
            .create(&idempotency_key, &json!({"flow": "iframe"}))
            .await;
        let tokens = ["a", "b"].map(|rival| format!("token-{customer}-{number}-{rival}"));
        let [a, b] = tokens;
        let won = join(agent.save(&session, &a), agent.save(&session, &b)).await;
        let pan_token = match won {
            (true, false) => a,
            (false, true) => b,
            _ => panic!("{idempotency_key}: {won:?}"),
        };
        let request_id = session.request_id;
        let card = Acknowledged {
            idempotency_key,
            request_id,
            pan_token,
        };
        tell.send(card).unwrap();
    }
}

/// It stays away until somebody has noticed.
async fn restart_database(shop: &Shop) {
    shop.postgres.stop().unwrap();
    let mut refused = shop.through_nginx.refused.subscribe();
    refused.mark_unchanged();
    refused.changed().await.unwrap();
    shop.postgres.start_again().unwrap();
}

/// On each replica that is left, and for whoever asks again.
async fn is_kept(shop: &Shop, card: &Acknowledged) {
    for (_, agent) in &shop.replicas {
        assert_eq!(agent.pan_token(&card.request_id).await, card.pan_token);
    }
    let again = shop
        .through_nginx
        .create(&card.idempotency_key, &json!({"flow": "iframe"}))
        .await;
    assert_eq!(again.request_id, card.request_id);
    assert!(shop.through_nginx.save(&again, &card.pan_token).await);
}

/// Of sessions, of results to be told, and of sessions that have any to be told.
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
