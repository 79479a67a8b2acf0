//! Measures how long a customer waits for the form: from navigation until it is ready, and until it takes the first
//! keystroke. Run `form-times SHOP ROUNDS`, where SHOP is the origin of `bench-pages`.
#![allow(clippy::unwrap_used, clippy::panic)]

use pantoken_tests::{chromium_capabilities, start_chromedriver};
use serde_json::{Map, Value, json};
use thirtyfour::prelude::*;

const PEERS: [&str; 4] = ["pantoken", "hand-written", "penpal", "post-robot"];
const SOURCES: [&str; 3] = ["session-url", "session", "form-url"];
const NETWORKS: [Network; 2] = [
    Network {
        name: "unthrottled",
        conditions: None,
    },
    Network {
        name: "slow 4G",
        conditions: Some(Conditions {
            round_trip: 400,
            bytes_per_second: 50_000,
            slowdown: 4,
        }),
    },
];

/// As on phones with little memory. A frame in a process of its own would not be throttled.
const ARGUMENTS: [&str; 2] = [
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
];

struct Network {
    name: &'static str,
    conditions: Option<Conditions>,
}

struct Conditions {
    /// In milliseconds.
    round_trip: u32,
    bytes_per_second: u32,
    /// How many times slower the processor is.
    slowdown: u32,
}

struct Machine {
    shop: String,
    driver: String,
}

/// The times of each peer in milliseconds, by what was measured.
type Times = Map<String, Value>;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let shop = arguments.next().unwrap();
    let rounds: u32 = arguments.next().unwrap().parse().unwrap();
    let (_process, driver) = start_chromedriver();
    let machine = Machine { shop, driver };
    let mut result = Map::new();
    for network in &NETWORKS {
        for source in SOURCES {
            let times = machine.measure(network, source, rounds).await;
            for (what, medians) in times {
                result.insert(format!("{source}, {}, {what}", network.name), medians);
            }
        }
    }
    println!("result: {}", Value::Object(result));
}

impl Machine {
    /// Measures the peers in turns and returns the medians.
    async fn measure(&self, network: &Network, source: &str, rounds: u32) -> Times {
        let mut all: Vec<(&str, &str, f64)> = Vec::new();
        for _ in 0..rounds {
            for peer in PEERS {
                for (what, time) in self.customer(network, source, peer).await {
                    all.push((what, peer, time));
                }
            }
        }
        let mut times = Times::new();
        for what in ["cold ready", "cold typed", "warm ready", "warm typed"] {
            let medians = PEERS.map(|peer| {
                let these = all.iter().filter(|one| (one.0, one.1) == (what, peer));
                (
                    peer.to_owned(),
                    median(these.map(|one| one.2).collect()).into(),
                )
            });
            times.insert(what.to_owned(), Map::from_iter(medians).into());
        }
        eprintln!(
            "  {source}, {}: {}",
            network.name,
            Value::Object(times.clone())
        );
        times
    }

    /// Opens the page twice in a new browser, so that the first time nothing is cached or compiled.
    async fn customer(
        &self,
        network: &Network,
        source: &str,
        peer: &str,
    ) -> [(&'static str, f64); 4] {
        let driver = WebDriver::new(&self.driver, chromium_capabilities(&ARGUMENTS))
            .await
            .unwrap();
        if let Some(conditions) = &network.conditions {
            throttle(&driver, conditions).await;
        }
        let url = format!("{}/timed/{source}/{peer}", self.shop);
        let [cold_ready, cold_typed] = open_and_type(&driver, &url).await;
        let [warm_ready, warm_typed] = open_and_type(&driver, &url).await;
        driver.quit().await.unwrap();
        [
            ("cold ready", cold_ready),
            ("cold typed", cold_typed),
            ("warm ready", warm_ready),
            ("warm typed", warm_typed),
        ]
    }
}

async fn throttle(driver: &WebDriver, conditions: &Conditions) {
    let network = json!({
        "offline": false,
        "latency": conditions.round_trip,
        "downloadThroughput": conditions.bytes_per_second,
        "uploadThroughput": conditions.bytes_per_second,
    });
    devtools(driver, "Network.enable", json!({})).await;
    devtools(driver, "Network.emulateNetworkConditions", network).await;
    let processor = json!({"rate": conditions.slowdown});
    devtools(driver, "Emulation.setCPUThrottlingRate", processor).await;
}

/// Returns the milliseconds from navigation to Ready, and to the first keystroke that the form has taken.
async fn open_and_type(driver: &WebDriver, url: &str) -> [f64; 2] {
    driver.goto(url).await.unwrap();
    let ready = time(driver, "ready").await;
    let place =
        |kind: &str| json!({"type": kind, "x": 150, "y": 250, "button": "left", "clickCount": 1});
    devtools(driver, "Input.dispatchMouseEvent", place("mousePressed")).await;
    devtools(driver, "Input.dispatchMouseEvent", place("mouseReleased")).await;
    let key = json!({"type": "keyDown", "text": "4", "key": "4"});
    devtools(driver, "Input.dispatchKeyEvent", key).await;
    [ready, time(driver, "typed").await]
}

/// Waits for a promise of the page, and returns its time.
async fn time(driver: &WebDriver, promise: &str) -> f64 {
    let script = format!("{promise}.then(arguments[0])");
    let answer = driver.execute_async(script, Vec::new()).await.unwrap();
    answer.json().as_f64().unwrap()
}

async fn devtools(driver: &WebDriver, command: &str, parameters: Value) {
    driver.cdp().send_raw(command, parameters).await.unwrap();
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
