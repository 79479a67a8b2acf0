use std::fmt;

/// What was measured, each with the bar that it is held to, if there is one.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    figure: String,
    bar: Option<Bar>,
}

struct Bar {
    text: String,
    met: bool,
}

impl Table {
    /// A figure that is held to nothing.
    pub(crate) fn figure(&mut self, what: &str, value: f64, unit: &str) {
        self.push(what, value, unit, None);
    }

    /// One that may not be lower.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, bar: f64, unit: &str) {
        let bar = Bar {
            text: format!("≥ {bar}{unit}"),
            met: value >= bar,
        };
        self.push(what, value, unit, Some(bar));
    }

    /// One that may not be higher.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, bar: f64, unit: &str) {
        let bar = Bar {
            text: format!("≤ {bar}{unit}"),
            met: value <= bar,
        };
        self.push(what, value, unit, Some(bar));
    }

    /// How many bars are missed.
    pub(crate) fn missed(&self) -> usize {
        let bars = self.rows.iter().filter_map(|row| row.bar.as_ref());
        bars.filter(|bar| !bar.met).count()
    }

    fn push(&mut self, what: &str, value: f64, unit: &str, bar: Option<Bar>) {
        // Three digits that count.
        let figure = match value.abs() {
            100.0.. => format!("{value:.0}{unit}"),
            10.0.. => format!("{value:.1}{unit}"),
            1.0.. => format!("{value:.2}{unit}"),
            _ => format!("{value:.3}{unit}"),
        };
        eprintln!("  {what}: {figure}");
        self.rows.push(Row {
            what: what.to_owned(),
            figure,
            bar,
        });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |row: &Row| row.what.chars().count();
        let width = self.rows.iter().map(width).max().unwrap_or_default();
        for Row { what, figure, bar } in &self.rows {
            write!(f, "{what:width$}  {figure:>12}")?;
            match bar {
                None => writeln!(f)?,
                Some(Bar { text, met }) => {
                    let verdict = if *met { "met" } else { "MISSED" };
                    writeln!(f, "  {text:<10}  {verdict}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_on_the_wrong_side_of_its_bar_is_counted_and_shown() {
        let mut table = Table::default();
        table.figure("one", 5.0, " ms");
        table.at_least("two", 0.69, 0.7, " times");
        table.at_most("three", 25.1, 25.0, " ms");
        table.at_least("four", 0.7, 0.7, " times");
        assert_eq!(table.missed(), 2);
        let text = table.to_string();
        assert_eq!(text.matches("MISSED").count(), 2, "{text}");
        assert!(text.contains("≥ 0.7 times"), "{text}");
    }
}
