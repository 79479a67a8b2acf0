//! Says what a plain `cargo test` leaves out.
#![allow(missing_docs)]

const LEFT_OUT: &str = "
`cargo test` leaves out:
  - the pages in browsers: `cargo test -p pantoken-tests`, after `trunk build --release` and `cargo xtask examples`
  - the tests that it names as skipped because a program is missing
  - the tests for wasm32 in a browser
  - formatting, clippy, documentation, features, dependencies, fuzzing, sizes and the API against its document
`cargo xtask test` installs what these need and runs everything.
";

fn main() {
    // `cargo xtask test` says so, and runs the rest itself.
    if std::env::var_os("PANTOKEN_COMPLETE").is_none() {
        println!("{LEFT_OUT}");
    }
}
