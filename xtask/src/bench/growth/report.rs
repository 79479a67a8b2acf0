//! The tables and the plots of what was measured.

use std::path::Path;
use std::thread;

use anyhow::Result;
use fs_err as fs;

use super::super::plot::{Plot, Series, grouped};
use super::super::table::rounded;
use super::super::turns::Outcome;
use super::{Calls, Cost, Growth};

impl Growth {
    /// Returns the tables, for docs/performance.md.
    pub(super) fn markdown(&self) -> String {
        let cores = thread::available_parallelism().map_or(0, usize::from);
        let (calls, loads) = (self.scale.rounds_of_calls, self.scale.rounds);
        [
            format!(
                "Measured on a machine with {cores} cores. The figures are medians of {calls} rounds for calls to the \
                 store,\nand of {loads} for requests over HTTP.\n"
            ),
            self.table_of_sessions(),
            self.table_of_operations(),
            self.table_of_bytes(),
            self.table_of_connections(),
            self.table_of_replicas(),
        ]
        .join("\n")
    }

    fn table_of_sessions(&self) -> String {
        let columns = [
            "stored sessions",
            "SQLite: creation",
            "p99",
            "status",
            "p99",
            "Postgres: creation",
            "p99",
            "status",
            "p99",
        ];
        self.table_by_size(&columns, |calls| {
            [calls.created, calls.read].map(cells).concat()
        })
    }

    fn table_of_operations(&self) -> String {
        let columns = [
            "finished operations",
            "SQLite: creation",
            "p99",
            "16 due ones claimed",
            "nothing due",
            "Postgres: creation",
            "p99",
            "16 due ones claimed",
            "nothing due",
        ];
        let table = self.table_by_size(&columns, |calls| {
            let [claims, idle] = [calls.claims, calls.idle].map(|cost| time(cost.each));
            let mut row = cells(calls.created_operations).to_vec();
            row.extend([claims, idle]);
            row
        });
        let open = grouped(f64::from(self.scale.open));
        format!("With {open} open operations besides:\n\n{table}")
    }

    /// Returns a table with a row for each size, and with the same columns for each database.
    fn table_by_size(&self, columns: &[&str], row: impl Fn(&Calls) -> Vec<String>) -> String {
        let rows = self.sqlite.iter().zip(&self.postgres);
        let rows = rows.map(|(sqlite, postgres)| {
            let mut cells = vec![grouped(sqlite.size)];
            cells.extend(row(sqlite));
            cells.extend(row(postgres));
            cells
        });
        table(columns, rows)
    }

    fn table_of_bytes(&self) -> String {
        let row = |what: &str, bytes: fn(&Calls) -> f64| {
            let of = |calls: &[Calls]| {
                let largest = calls.last().map_or(f64::NAN, bytes);
                format!("{} MB", rounded(largest))
            };
            vec![what.to_owned(), of(&self.sqlite), of(&self.postgres)]
        };
        // A byte for each row is a megabyte for a million of them.
        let rows = [
            row("a million sessions", |calls| calls.bytes_of_session),
            row("a million operations", |calls| calls.bytes_of_operation),
        ];
        table(&["on the disk", "SQLite", "Postgres"], rows.into_iter())
    }

    fn table_of_connections(&self) -> String {
        let columns = ["connections", "SQLite", "p99", "Postgres", "p99"];
        let both = self
            .connections_sqlite
            .iter()
            .zip(&self.connections_postgres);
        let rows = self.scale.connections.iter().zip(both);
        let rows = rows.map(|(connections, (sqlite, postgres))| {
            let mut row = vec![connections.to_string()];
            row.extend(rates(sqlite));
            row.extend(rates(postgres));
            row
        });
        format!("Sessions created over HTTP:\n\n{}", table(&columns, rows))
    }

    fn table_of_replicas(&self) -> String {
        let rows = (1..)
            .zip(&self.replicas)
            .map(|(replicas, outcome): (u32, _)| {
                let mut row = vec![replicas.to_string()];
                row.extend(rates(outcome));
                row
            });
        format!(
            "Requests over HTTP that create sessions and record their results, on one Postgres:\n\n{}",
            table(&["replicas", "requests", "p99"], rows)
        )
    }

    /// Writes a plot of each dimension into the folder.
    pub(super) fn plot(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        let plots = [
            ("sessions.svg", self.plot_of_sessions()),
            ("operations.svg", self.plot_of_operations()),
            ("reconciler.svg", self.plot_of_reconciler()),
            ("connections.svg", self.plot_of_connections()),
            ("waiting.svg", self.plot_of_waiting()),
            ("replicas.svg", self.plot_of_replicas()),
        ];
        for (name, plot) in plots {
            plot.write(&folder.join(name))?;
        }
        Ok(())
    }

    fn plot_of_sessions(&self) -> Plot<'_> {
        self.plot_by_size(
            "Sessions: what a call costs, with 64 callers",
            "stored sessions",
            [
                ("SQLite, creation", "Postgres, creation", |calls| {
                    calls.created
                }),
                ("SQLite, status", "Postgres, status", |calls| calls.read),
            ],
        )
    }

    fn plot_of_operations(&self) -> Plot<'_> {
        self.plot_by_size(
            "Operations: what a creation costs, with 64 callers",
            "finished operations",
            [("SQLite", "Postgres", |calls| calls.created_operations)],
        )
    }

    fn plot_of_reconciler(&self) -> Plot<'_> {
        self.plot_by_size(
            "The reconciler: what a claim costs",
            "finished operations",
            [
                ("SQLite, 16 due", "Postgres, 16 due", |calls| calls.claims),
                ("SQLite, nothing due", "Postgres, nothing due", |calls| {
                    calls.idle
                }),
            ],
        )
    }

    fn plot_by_size<'a, const N: usize>(
        &self,
        title: &'a str,
        across: &'a str,
        costs: [CostOfBoth<'a>; N],
    ) -> Plot<'a> {
        let series = costs.into_iter().flat_map(|(sqlite, postgres, cost)| {
            let of = |name, calls: &[Calls]| Series {
                name,
                points: calls.iter().map(|it| (it.size, cost(it).each)).collect(),
            };
            [of(sqlite, &self.sqlite), of(postgres, &self.postgres)]
        });
        Plot {
            title,
            across,
            up: "microseconds",
            is_logarithmic: true,
            series: series.collect(),
        }
    }

    fn plot_of_connections(&self) -> Plot<'_> {
        self.plot_by_connections(
            "Connections: how many sessions are created",
            "sessions per second",
            |outcome| outcome.per_second,
        )
    }

    fn plot_of_waiting(&self) -> Plot<'_> {
        self.plot_by_connections(
            "Connections: how long a creation takes",
            "milliseconds, 99th percentile",
            |outcome| outcome.p99_ms,
        )
    }

    fn plot_by_connections<'a>(
        &self,
        title: &'a str,
        up: &'a str,
        figure: fn(&Outcome) -> f64,
    ) -> Plot<'a> {
        let numbers = || self.scale.connections.iter().copied().map(f64::from);
        let series = |name, outcomes: &[Outcome]| Series {
            name,
            points: numbers().zip(outcomes.iter().map(figure)).collect(),
        };
        Plot {
            title,
            across: "connections",
            up,
            is_logarithmic: true,
            series: vec![
                series("SQLite", &self.connections_sqlite),
                series("Postgres", &self.connections_postgres),
            ],
        }
    }

    fn plot_of_replicas(&self) -> Plot<'_> {
        let rates = self.replicas.iter().map(|outcome| outcome.per_second);
        let points = (1_u32..).map(f64::from).zip(rates).collect();
        Plot {
            title: "Replicas: how many requests one Postgres takes",
            across: "replicas",
            up: "requests per second",
            is_logarithmic: false,
            series: vec![Series {
                name: "create a session, record its result",
                points,
            }],
        }
    }
}

/// The names of a cost in SQLite and in Postgres, and where it is.
type CostOfBoth<'a> = (&'a str, &'a str, fn(&Calls) -> Cost);

fn cells(cost: Cost) -> [String; 2] {
    [cost.each, cost.p99].map(time)
}

/// Writes microseconds, or milliseconds if there are a thousand or more.
fn time(microseconds: f64) -> String {
    match microseconds {
        1000.0.. => format!("{} ms", rounded(microseconds / 1000.0)),
        _ => format!("{} µs", rounded(microseconds)),
    }
}

fn rates(outcome: &Outcome) -> [String; 2] {
    let rate = format!("{}/s", grouped(outcome.per_second.round()));
    [rate, time(outcome.p99_ms * 1000.0)]
}

fn table(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<_> = columns.iter().map(ToString::to_string).collect();
    let mut text = line(&head) + &"|---".repeat(columns.len()) + "|\n";
    for row in rows {
        text += &line(&row);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_unit_that_keeps_it_short() {
        assert_eq!(time(87.34), "87.3 µs");
        assert_eq!(time(999.0), "999 µs");
        assert_eq!(time(12_340.0), "12.3 ms");
    }

    #[test]
    fn a_table_has_a_line_for_each_row() {
        let rows = vec![vec!["10,000".to_owned(), "87.3 µs".to_owned()]];
        let expected = "| rows | each |\n|---|---|\n| 10,000 | 87.3 µs |\n";
        assert_eq!(table(&["rows", "each"], rows.into_iter()), expected);
    }
}
