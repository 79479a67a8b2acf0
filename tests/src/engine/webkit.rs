//! WebKit only: it needs a virtual screen, and its driver cannot choose a port by itself.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use thirtyfour::Capabilities;
use tokio::sync::Mutex;

use super::{Driver, Screen, program};
use pantoken_test_support::{Process, free_port};

pub(super) const DRIVER: (&str, &str) = ("WEBKITWEBDRIVER", "WebKitWebDriver");
pub(super) const SCREEN: (&str, &str) = ("XVFB", "Xvfb");

const INTERVAL: Duration = Duration::from_millis(20);

/// Changes the page all the time. The driver takes a screenshot at the next paint, and would wait for
/// ever without one.
pub(crate) const KEEP_PAINTING: &str = "
    let width = 0;
    setInterval(() => {
        width = 1 - width;
        document.documentElement.style.outline = `${width}px solid transparent`;
    }, 20);";

pub(super) async fn start() -> Driver {
    let (screen, display) = start_screen();
    // Two drivers with the same port could not be distinguished.
    static STARTING: Mutex<()> = Mutex::const_new(());
    let _one_at_a_time = STARTING.lock().await;
    for _ in 0..10 {
        let port = free_port();
        let mut process = start_driver(&display, port);
        let url = format!("http://127.0.0.1:{port}");
        if listens(&mut process, &url).await {
            return Driver {
                url,
                capabilities: Capabilities::new(),
                process,
                _screen: Some(screen),
            };
        }
        // Another program has taken the port in the meantime.
    }
    panic!("WebKitWebDriver found no free port in ten tries");
}

/// Starts a virtual screen, and returns it with its display name.
fn start_screen() -> (Process, String) {
    let Screen { width, height, .. } = Screen::ORDINARY;
    let screen = Process::start(
        Command::new(program(SCREEN))
            // It prints its number once it accepts windows.
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .args(["-screen", "0", &format!("{width}x{height}x24")]),
    );
    let number = screen
        .wait_for_line(|line| line.parse::<u32>().ok())
        .unwrap_or_else(|| panic!("Xvfb does not start:\n{}", screen.log()));
    (screen, format!(":{number}"))
}

fn start_driver(display: &str, port: u16) -> Process {
    Process::start(
        Command::new(program(DRIVER))
            .arg(format!("--port={port}"))
            .env("DISPLAY", display)
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11")
            // The virtual screen has no graphics card for compositing.
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
    )
}

/// Waits until the driver answers. Returns `false` if it ends instead.
async fn listens(process: &mut Process, url: &str) -> bool {
    loop {
        let is_ready = is_ready(url).await;
        if process.has_ended() {
            return false;
        }
        if is_ready {
            return true;
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Returns whether a driver answers, and not another program that has taken the port.
async fn is_ready(url: &str) -> bool {
    let Ok(answer) = reqwest::get(format!("{url}/status")).await else {
        return false;
    };
    let answer = answer.json::<Value>().await;
    answer.is_ok_and(|status| status["value"]["ready"] == true)
}
