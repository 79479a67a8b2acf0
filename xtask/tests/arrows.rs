//! Which crate of the workspace may depend on which: the arrows of docs/architecture.md.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Each crate of the workspace, what it is compiled for, and the crates of the workspace that its code may
/// use. A crate for a `browser` must never reach a secret, a database or a server, so it may use no `native`
/// one. Each name is without its prefix `pantoken-`.
///
/// A crate that is not listed here fails the test: give it a row, with as few crates as it needs.
const ARROWS: &str = "
core          browser

a2c           browser  core
a2c-signing   native   core a2c
payin         native   core
jetpay        native   core
qiwi-pay      native   core
qiwi-master   native   core

widget        browser  core a2c
yew           browser  core a2c widget
element       browser  core a2c widget
demo          browser  core a2c widget yew

store         native   core
sandbox       native   core a2c a2c-signing payin jetpay qiwi-pay qiwi-master
server        native   core a2c a2c-signing payin jetpay qiwi-pay store sandbox

test-support  native   core
properties    native   core a2c a2c-signing payin jetpay qiwi-pay widget store server sandbox
tests         native   core a2c store test-support
benches       native   core a2c a2c-signing payin
xtask         native   a2c test-support widget
";

/// The only crate that another crate's tests may use in addition.
const FOR_TESTS: &str = "test-support";

#[test]
fn every_dependency_between_crates_is_allowed() {
    assert_eq!(violations(&metadata()), Vec::<String>::new());
}

#[test]
fn no_allowed_path_leads_from_a_browser_to_native_code() {
    for row in rows().filter(|row| row.target == "browser") {
        let reached = reachable(row.name);
        let native = reached.iter().find(|name| find(name).target != "browser");
        assert_eq!(native, None, "{}", row.name);
    }
}

#[test]
fn no_allowed_path_leads_from_the_store_or_a_provider_to_another_provider() {
    assert_eq!(reachable("store"), BTreeSet::from(["core"]));
    assert_eq!(reachable("a2c"), BTreeSet::from(["core"]));
    assert_eq!(reachable("payin"), BTreeSet::from(["core"]));
    assert_eq!(reachable("jetpay"), BTreeSet::from(["core"]));
    assert_eq!(reachable("qiwi-pay"), BTreeSet::from(["core"]));
    assert_eq!(reachable("qiwi-master"), BTreeSet::from(["core"]));
    // Of the same provider.
    assert_eq!(reachable("a2c-signing"), BTreeSet::from(["core", "a2c"]));
}

#[test]
fn a_broken_arrow_is_found() {
    for kind in [DependencyKind::Normal, DependencyKind::Build] {
        let with_arrow = with("widget", "a2c-signing", kind);
        let expected = "widget must not depend on a2c-signing";
        assert!(violations(&with_arrow).contains(&expected.to_owned()));
    }
}

#[test]
fn a_test_may_use_the_test_support_and_nothing_else_that_is_not_allowed() {
    let before = violations(&metadata());
    let kind = DependencyKind::Development;
    let allowed = with("a2c", FOR_TESTS, kind);
    assert_eq!(violations(&allowed), before);
    let refused = with("a2c", "server", kind);
    assert_eq!(violations(&refused).len(), before.len() + 1);
}

#[test]
fn a_crate_without_a_row_is_found() {
    let mut metadata = metadata();
    metadata.packages[0].name = "pantoken-new".parse().unwrap();
    let expected = "new has no row in xtask/tests/arrows.rs";
    assert!(violations(&metadata).contains(&expected.to_owned()));
}

/// The workspace as its manifests describe it, without the packages of the registry.
fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path("../Cargo.toml").no_deps();
    let offline = ["--locked", "--offline"].map(str::to_owned);
    command.other_options(offline).exec().unwrap()
}

/// The workspace, if one of its crates depended on another one.
fn with(user: &str, used: &str, kind: DependencyKind) -> Metadata {
    let mut metadata = metadata();
    let mut packages = metadata.packages.iter_mut();
    let user = packages
        .find(|package| short(&package.name) == user)
        .unwrap();
    let mut dependency = user.dependencies[0].clone();
    (dependency.name, dependency.kind) = (format!("pantoken-{used}"), kind);
    user.dependencies.push(dependency);
    metadata
}

fn violations(metadata: &Metadata) -> Vec<String> {
    let mut violations = Vec::new();
    for package in &metadata.packages {
        let name = short(&package.name);
        let Some(row) = rows().find(|row| row.name == name) else {
            violations.push(format!("{name} has no row in xtask/tests/arrows.rs"));
            continue;
        };
        for dependency in &package.dependencies {
            let used = short(&dependency.name);
            let ours = dependency.name.starts_with("pantoken-");
            let in_tests = dependency.kind == DependencyKind::Development;
            let is_for_tests = in_tests && (used == FOR_TESTS || used == name);
            if ours && !is_for_tests && !row.may_use.contains(&used) {
                violations.push(format!("{name} must not depend on {used}"));
            }
        }
    }
    violations
}

fn short(name: &str) -> &str {
    name.strip_prefix("pantoken-").unwrap_or(name)
}

struct Row {
    name: &'static str,
    target: &'static str,
    may_use: Vec<&'static str>,
}

fn rows() -> impl Iterator<Item = Row> {
    ARROWS.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some(Row {
            name: words.next()?,
            target: words.next()?,
            may_use: words.collect(),
        })
    })
}

fn find(name: &str) -> Row {
    let row = rows().find(|row| row.name == name);
    row.unwrap_or_else(|| panic!("{name} has no row"))
}

/// The crates that a crate may use, directly or through another one.
fn reachable(name: &str) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    let mut open = find(name).may_use;
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(find(next).may_use);
        }
    }
    reached
}
