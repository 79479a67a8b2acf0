use std::io::{BufWriter, stderr};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};

use crate::settings::LogFormat;

/// Lines that wait for a slow stderr, each of some hundred bytes; then those who log wait with them.
const MAX_WAITING: usize = 4096;

/// Sends log lines to stderr until the guard is dropped, which waits for the last one. The level is
/// fixed: below it, libraries print headers and queries.
#[must_use = "without it, lines are lost"]
pub(super) fn start(format: LogFormat) -> WorkerGuard {
    // It is flushed as soon as no line waits.
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(false)
        .buffered_lines_limit(MAX_WAITING)
        .finish(BufWriter::new(stderr()));
    let builder = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .with_ansi(false);
    match format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().with_span_list(false).init(),
    }
    guard
}
