use std::io::{self, BufWriter, Stderr, Write, stderr};
use std::time::{Duration, SystemTime};
use std::{fmt, thread};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::format;
use tracing_subscriber::fmt::time::FormatTime;

use super::log_fields::LogFields;
use crate::settings::LogFormat;

/// Lines that wait to be written, each of some hundred bytes; then those who log wait with them.
const MAX_WAITING: usize = 4096;
/// After lines were written; what comes in the meantime goes together, and wakes nobody.
const PAUSE: Duration = Duration::from_millis(5);

/// Sends log lines to stderr until the guard is dropped, which waits for the last one. The level is
/// fixed: below it, libraries print headers and queries.
#[must_use = "without it, lines are lost"]
pub(super) fn start(format: LogFormat) -> WorkerGuard {
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(false)
        .buffered_lines_limit(MAX_WAITING)
        .finish(Batches(BufWriter::new(stderr())));
    let builder = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_timer(Moment)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .with_ansi(false);
    match format {
        LogFormat::Text => builder.fmt_fields(LogFields).init(),
        LogFormat::Json => builder.json().with_span_list(false).init(),
    }
    guard
}

/// Where the thread that writes lines puts them; it flushes when no line waits.
struct Batches(BufWriter<Stderr>);

impl Write for Batches {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()?;
        thread::sleep(PAUSE);
        Ok(())
    }
}

/// When a line was logged, in RFC 3339.
struct Moment;

impl FormatTime for Moment {
    // What a line tells is the machine's time, also where the server goes by another.
    #[allow(clippy::disallowed_methods)]
    fn format_time(&self, line: &mut format::Writer<'_>) -> fmt::Result {
        let now = SystemTime::now();
        write!(line, "{}", humantime::format_rfc3339_micros(now))
    }
}
