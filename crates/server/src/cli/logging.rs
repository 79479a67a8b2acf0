use std::io::{self, BufWriter, Stderr, Write, stderr};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::debug_fn;

use crate::settings::LogFormat;

/// The number of lines that can wait to be written. Beyond it, lines are dropped and counted: a log that nobody reads
/// must not stop the service.
const MAX_WAITING: usize = 4096;
/// The pause after lines were written. Lines that arrive meanwhile are written together.
const PAUSE: Duration = Duration::from_millis(5);

static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// Returns how many lines were dropped since the start.
pub(crate) fn dropped_lines() -> u64 {
    let dropped = DROPPED.get().map_or(0, ErrorCounter::dropped_lines);
    u64::try_from(dropped).unwrap_or(u64::MAX)
}

/// Writes the log to stderr until the guard is dropped, which waits for the last line. The level is
/// fixed, because libraries log headers and queries at lower ones.
#[must_use = "lines are lost without the guard"]
pub(super) fn start(format: LogFormat) -> WorkerGuard {
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(MAX_WAITING)
        .finish(BatchedStderr::default());
    // There is one log in a process.
    let _ = DROPPED.set(writer.error_counter());
    let builder = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .with_ansi(false);
    match format {
        LogFormat::Text => builder.fmt_fields(escaped_fields()).init(),
        LogFormat::Json => builder.json().with_span_list(false).init(),
    }
    guard
}

/// Formats fields as `name=value` and escapes control characters, so that no text can end its line and
/// forge another. The library's default escapes them in strings, but not line breaks in errors.
fn escaped_fields() -> impl for<'a> FormatFields<'a> + Send + Sync + 'static {
    let format = debug_fn(|line, field, value| {
        let text = format!("{value:?}");
        let text = match text.contains(char::is_control) {
            true => text.escape_debug().to_string(),
            false => text,
        };
        match field.name() {
            "message" => write!(line, "{text}"),
            name => write!(line, "{name}={text}"),
        }
    });
    format.delimited(" ")
}

/// Stderr, which the thread that writes the log flushes whenever no line waits.
struct BatchedStderr {
    stderr: BufWriter<Stderr>,
    /// The number of dropped lines that the log has reported.
    reported: u64,
}

impl Default for BatchedStderr {
    fn default() -> Self {
        Self {
            stderr: BufWriter::new(stderr()),
            reported: 0,
        }
    }
}

impl Write for BatchedStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stderr.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stderr.flush()?;
        let dropped = dropped_lines();
        if dropped > self.reported {
            self.reported = dropped;
            // This line waits like any other.
            tracing::warn!(dropped, "log lines were dropped, because nobody read them");
        }
        thread::sleep(PAUSE);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_log::TestLog;

    fn logged(log: impl Fn()) -> String {
        let written = TestLog::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(written.clone())
            .with_target(false)
            .with_ansi(false)
            .fmt_fields(escaped_fields());
        tracing::subscriber::with_default(subscriber.finish(), log);
        written.text()
    }

    #[test]
    fn a_line_has_the_fields_of_its_span_and_its_own() {
        let text = logged(|| {
            let span = tracing::error_span!(
                "request",
                method = "POST",
                requestId = tracing::field::Empty
            );
            let _entered = span.enter();
            span.record("requestId", tracing::field::display(7));
            tracing::info!(
                none = None::<u64>,
                status = 201_u16,
                code = Some("NOT_FOUND"),
                failed = false,
                "answered"
            );
            tracing::error!(error = %"төлем: the disk is full");
        });
        let lines: Vec<_> = text.lines().collect();
        let [first, second] = lines[..] else {
            panic!("{text}")
        };
        let span = r#"request{method="POST" requestId=7}: "#;
        let fields = r#"answered status=201 code="NOT_FOUND" failed=false"#;
        assert!(first.ends_with(&format!("{span}{fields}")), "{first}");
        assert!(
            second.ends_with("error=төлем: the disk is full"),
            "{second}"
        );
    }

    #[test]
    fn no_text_can_start_a_line_or_colour_one() {
        let text = logged(|| {
            let forged = "one\n2026 INFO two\u{1b}[31m\u{9b}31m\r";
            tracing::error!(error = %forged, text = forged, "a\nb");
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.trim_end().contains(char::is_control), "{text}");
        assert!(
            text.contains(r"error=one\n2026 INFO two\u{1b}[31m"),
            "{text}"
        );
    }
}
