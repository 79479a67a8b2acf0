//! A log line's fields as text: the message, and `name=value` for each of the others. The library's
//! own formatter writes the same, at twice the cost.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

pub(super) struct LogFields;

impl<'a> FormatFields<'a> for LogFields {
    fn format_fields<R: RecordFields>(&self, line: Writer<'a>, fields: R) -> fmt::Result {
        let mut fields_of_line = Line {
            line,
            is_begun: false,
            result: Ok(()),
        };
        fields.record(&mut fields_of_line);
        fields_of_line.result
    }
}

struct Line<'a> {
    line: Writer<'a>,
    is_begun: bool,
    result: fmt::Result,
}

impl<'a> Line<'a> {
    fn write(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'a>) -> fmt::Result) {
        let written = self.begin(field).and_then(|()| value(&mut self.line));
        self.result = self.result.and(written);
    }

    fn begin(&mut self, field: &Field) -> fmt::Result {
        if self.is_begun {
            self.line.write_char(' ')?;
        }
        self.is_begun = true;
        if field.name() == "message" {
            return Ok(());
        }
        self.line.write_str(field.name())?;
        self.line.write_char('=')
    }
}

impl Visit for Line<'_> {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, |line| {
            line.write_str(itoa::Buffer::new().format(value))
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.write(field, |line| write!(OneLine(line), "{value:?}"));
    }
}

/// Escapes control characters, so that nothing that is logged can end the line and begin another.
struct OneLine<'a, 'b>(&'a mut Writer<'b>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return self.0.write_str(text);
        }
        for character in text.chars() {
            if character.is_control() {
                write!(self.0, "{}", character.escape_default())?;
            } else {
                self.0.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_log::TestLog;

    /// What is logged, with this formatter and with the library's own.
    fn logged(log: impl Fn()) -> [String; 2] {
        let [ours, theirs] = [TestLog::default(), TestLog::default()];
        let plain = tracing_subscriber::fmt().without_time().with_ansi(false);
        let subscriber = plain.with_writer(ours.clone()).fmt_fields(LogFields);
        tracing::subscriber::with_default(subscriber.finish(), &log);
        let plain = tracing_subscriber::fmt().without_time().with_ansi(false);
        let subscriber = plain.with_writer(theirs.clone());
        tracing::subscriber::with_default(subscriber.finish(), &log);
        [ours.text(), theirs.text()]
    }

    #[test]
    fn a_line_is_as_the_library_writes_it() {
        let [ours, theirs] = logged(|| {
            tracing::info!(
                method = %"POST",
                requestId = Some(tracing::field::display(7)),
                none = None::<u64>,
                status = 201_u16,
                code = Some("NOT_FOUND"),
                took = 0.5,
                failed = false,
                "answered"
            );
            tracing::error!(error = %"төлем: the disk is full");
            tracing::warn!("{} waits", 1);
        });
        assert_eq!(ours, theirs);
        assert!(ours.contains(r#"answered method=POST requestId=7 status=201 code="NOT_FOUND""#));
    }

    #[test]
    fn nothing_that_is_logged_begins_a_line_or_colours_one() {
        let [ours, _] = logged(|| {
            tracing::error!(error = %"one\n2026 INFO two\u{1b}[31m\u{9b}31m\r", "a\nb");
        });
        assert_eq!(ours.lines().count(), 1, "{ours}");
        assert!(!ours.trim_end().contains(char::is_control), "{ours}");
        assert!(
            ours.contains(r"error=one\n2026 INFO two\u{1b}[31m"),
            "{ours}"
        );
    }
}
