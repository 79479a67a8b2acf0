//! The table of what was measured.

/// Writes a number with three significant digits.
pub(crate) fn rounded(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{value:.digits$}")
}

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
        let figure = format!("{}{unit}", rounded(value));
        eprintln!("  {what}: {figure}");
        self.rows.push((what.to_owned(), figure));
    }

    /// Adds a figure that may not be lower.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, bar: f64, unit: &str) {
        self.figure(what, value, unit);
        self.compare(&format!("≥ {bar}{unit}"), value >= bar);
    }

    /// Adds a figure that may not be higher.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, bar: f64, unit: &str) {
        self.figure(what, value, unit);
        self.compare(&format!("≤ {bar}{unit}"), value <= bar);
    }

    fn compare(&mut self, bar: &str, met: bool) {
        self.missed += usize::from(!met);
        if let Some((_, figure)) = self.rows.last_mut() {
            let verdict = if met { "met" } else { "MISSED" };
            *figure = format!("{figure:<14}  {bar:<12} {verdict}");
        }
    }

    pub(crate) fn print(&self) {
        println!();
        for (what, figure) in &self.rows {
            println!("{what:52}  {figure}");
        }
    }
}
