//! Reports for machines.

use expect_test::expect_file;

use crate::{FILES, inspect};

#[test]
fn a_sound_row_for_machines() {
    let printed = inspect(
        FILES.as_ref(),
        &["--json", "golden/golden-row-3s-min.fit"],
        b"",
    );
    let object = printed.lines().next().unwrap();
    let object: serde_json::Value = serde_json::from_str(object).unwrap();
    let pretty = serde_json::to_string_pretty(&object).unwrap();
    expect_file!["row.json"].assert_eq(&format!("{pretty}\n"));
}
