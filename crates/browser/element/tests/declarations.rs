//! The TypeScript declarations and docs/a2c.md list the same error codes as `ErrorCode`.
#![allow(clippy::unwrap_used)]

use pantoken_a2c::ErrorCode;

const DECLARATIONS: &str = include_str!("../../../../web/element/index.d.ts");
const PROTOCOL: &str = include_str!("../../../../docs/a2c.md");

fn listed() -> Vec<String> {
    ErrorCode::listed().map(|code| code.to_string()).to_vec()
}

#[test]
fn the_types_list_the_codes_of_the_provider() {
    let (_, union) = DECLARATIONS.split_once("type FormErrorCode =").unwrap();
    let (union, _) = union.split_once("(string & {})").unwrap();
    let declared: Vec<_> = union.split('"').skip(1).step_by(2).collect();
    assert_eq!(declared, listed());
}

#[test]
fn the_protocol_lists_the_codes_of_the_provider() {
    let (_, section) = PROTOCOL.split_once("## Error codes").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    assert_eq!(documented, listed());
}
