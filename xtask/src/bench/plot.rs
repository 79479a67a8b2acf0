//! Plots as SVG, for documents with a light or a dark background.

use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;

/// In pixels, before the page scales it to its width.
const SIZE: (u32, u32) = (760, 400);
/// Readable on white and on black.
const TEXT: RGBColor = RGBColor(122, 122, 122);
/// Colours that people with colour blindness tell apart, of a brightness between the two backgrounds.
const COLOURS: [RGBColor; 4] = [
    RGBColor(31, 139, 204),
    RGBColor(224, 112, 32),
    RGBColor(42, 157, 110),
    RGBColor(190, 100, 170),
];
const FONT: &str = "sans-serif";

/// What a plot shows.
pub(crate) struct Plot<'a> {
    pub(crate) title: &'a str,
    /// What the figures depend on.
    pub(crate) across: &'a str,
    /// What was measured, with its unit.
    pub(crate) up: &'a str,
    /// Whether each step to the right is the same factor, and not the same number.
    pub(crate) is_logarithmic: bool,
    pub(crate) series: Vec<Series<'a>>,
}

/// A line of a plot. Its points are in the order in which they are connected.
pub(crate) struct Series<'a> {
    pub(crate) name: &'a str,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Plot<'_> {
    /// Writes the plot into a file.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        let drawn = self.draw(file).map_err(|error| anyhow!("{error}"));
        drawn.with_context(|| format!("cannot draw {}", file.display()))
    }

    fn draw(&self, file: &Path) -> Result<(), DrawingError> {
        let area = SVGBackend::new(file, SIZE).into_drawing_area();
        let (across, up) = self.ranges();
        match self.is_logarithmic {
            true => {
                // Only what was measured has a tick.
                let mut ticks: Vec<_> = self.points().map(|point| point.0).collect();
                ticks.sort_by(f64::total_cmp);
                ticks.dedup();
                self.draw_with(&area, across.log_scale().with_key_points(ticks), up)?;
            }
            false => self.draw_with(&area, across, up)?,
        }
        area.present()
    }

    fn points(&self) -> impl Iterator<Item = &(f64, f64)> {
        self.series.iter().flat_map(|series| &series.points)
    }

    fn longest(&self) -> usize {
        let lengths = self.series.iter().map(|series| series.points.len());
        lengths.max().unwrap_or_default()
    }

    /// Returns the values that the axes show. Upwards they begin with nought, and leave room for the legend.
    fn ranges(&self) -> (Range<f64>, Range<f64>) {
        const ROOM: f64 = 1.05;
        const ROOM_FOR_A_NAME: f64 = 0.09;
        let least = self.points().map(|point| point.0);
        let least = least.fold(f64::INFINITY, f64::min);
        let most = self.points().map(|point| point.0).fold(0.0, f64::max);
        let highest = self.points().map(|point| point.1).fold(0.0, f64::max);
        let names = self.series.iter().map(|_| ROOM_FOR_A_NAME);
        let room = ROOM + names.sum::<f64>();
        (least..most, 0.0..highest * room)
    }

    fn draw_with<X>(&self, area: &Area<'_>, across: X, up: Range<f64>) -> Result<(), DrawingError>
    where
        X: AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let text = (FONT, 14).into_font().color(&TEXT);
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, (FONT, 17).into_font().color(&TEXT))
            .margin(12)
            // The last number on the axis, such as 10,000,000, extends to the right of it by half its width.
            .margin_right(40)
            .x_label_area_size(44)
            .y_label_area_size(72)
            .build_cartesian_2d(across, up)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(TEXT.mix(0.3))
            .axis_style(TEXT)
            .label_style(text.clone())
            .axis_desc_style(text.clone())
            .x_labels(self.longest())
            .x_desc(self.across)
            .y_desc(self.up)
            .x_label_formatter(&|value| grouped(*value))
            .y_label_formatter(&|value| grouped(*value))
            .draw()?;
        for (series, colour) in self.series.iter().zip(COLOURS) {
            let line = LineSeries::new(series.points.clone(), colour.stroke_width(2)).point_size(3);
            let sample =
                move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2));
            chart.draw_series(line)?.label(series.name).legend(sample);
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .label_font(text)
            .draw()
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type DrawingError = DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>;

/// Writes a number with a comma before each three digits; a small one with decimals.
pub(crate) fn grouped(value: f64) -> String {
    if value != 0.0 && value.abs() < 10.0 && value.fract() != 0.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let table = [
            (0.0, "0"),
            (0.25, "0.2"),
            (7.0, "7"),
            (512.4, "512"),
            (10_000.0, "10,000"),
            (1e7, "10,000,000"),
        ];
        for (value, text) in table {
            assert_eq!(grouped(value), text);
        }
    }

    #[test]
    fn a_plot_says_what_it_shows_and_has_no_background() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plot.svg");
        let series = |name| Series {
            name,
            points: vec![(1e4, 90.0), (1e5, 95.0), (1e6, 118.0)],
        };
        let plot = Plot {
            title: "Creating a session",
            across: "stored sessions",
            up: "microseconds",
            is_logarithmic: true,
            series: vec![series("SQLite"), series("Postgres")],
        };
        plot.write(&file).unwrap();
        let svg = std::fs::read_to_string(file).unwrap();
        for text in [
            "Creating a session",
            "stored sessions",
            "microseconds",
            "SQLite",
            "Postgres",
            "10,000",
            "1,000,000",
        ] {
            assert!(svg.contains(text), "{text} is not in:\n{svg}");
        }
        assert!(!svg.contains("#FFFFFF"), "{svg}");
    }
}
