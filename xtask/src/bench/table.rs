//! The table of what was measured.

/// Figures, each with the bar that it must meet, if there is one.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<(String, String)>,
    /// How many bars are missed.
    pub(crate) missed: usize,
}

impl Table {
    /// Adds a figure without a bar.
    pub(crate) fn figure(&mut self, what: &str, value: f64, unit: &str) {
        self.push(what, value, unit, "");
    }

    /// Adds a figure that may not be lower.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, bar: f64, unit: &str) {
        self.push_with_bar(what, value, unit, &format!("≥ {bar}"), value >= bar);
    }

    /// Adds a figure that may not be higher.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, bar: f64, unit: &str) {
        self.push_with_bar(what, value, unit, &format!("≤ {bar}"), value <= bar);
    }

    fn push_with_bar(&mut self, what: &str, value: f64, unit: &str, bar: &str, met: bool) {
        self.missed += usize::from(!met);
        let verdict = if met { "met" } else { "MISSED" };
        self.push(
            what,
            value,
            unit,
            &format!("  {:<12}{verdict}", format!("{bar}{unit}")),
        );
    }

    fn push(&mut self, what: &str, value: f64, unit: &str, bar: &str) {
        // Three significant digits.
        let digits = match value.abs() {
            100.0.. => 0,
            10.0.. => 1,
            1.0.. => 2,
            _ => 3,
        };
        let figure = format!("{value:.digits$}{unit}");
        eprintln!("  {what}: {figure}");
        self.rows
            .push((what.to_owned(), format!("{figure:>12}{bar}")));
    }

    pub(crate) fn print(&self) {
        let width = self.rows.iter().map(|(what, _)| what.chars().count()).max();
        let width = width.unwrap_or_default();
        println!();
        for (what, figure) in &self.rows {
            println!("{what:width$}  {figure}");
        }
    }
}
