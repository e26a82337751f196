//! The option tables in the documentation are those of the plugins.

use std::fmt::Write;
use std::process::Command;

use expect_test::expect_file;

fn pipeline(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pipeline"))
        .args(args)
        .output();
    let output = output.unwrap_or_else(|error| panic!("{args:?}: {error}"));
    assert!(output.status.success(), "{args:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_option_tables_are_fresh() {
    let mut text = String::from(
        "# Plugins\n\nMade from the plugins themselves; `pipeline describe NAME` prints the same.\n",
    );
    let mut plugins = 0;
    for line in pipeline(&["list", "--json"]).lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        if line["type"] != "plugin" {
            continue;
        }
        let word = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let (name, role, about) = (word("name"), word("role"), word("about"));
        let table = pipeline(&["describe", &name, "--role", &role, "--markdown"]);
        write!(
            text,
            "\n## {name} ({role})\n\n{}{}.\n\n{table}",
            about[..1].to_uppercase(),
            &about[1..]
        )
        .unwrap_or_default();
        plugins += 1;
    }
    assert!(plugins >= 6, "{text}");
    expect_file!["../../../docs/plugins.md"].assert_eq(&text);
}

/// What a wrong name or option is answered with stands in the documentation.
#[test]
fn every_simulated_device_and_option_is_described() {
    let known = |device: &str| -> Vec<String> {
        let output = Command::new(env!("CARGO_BIN_EXE_pipeline"))
            .args(["devices", "--device", device])
            .output();
        let output = output.unwrap_or_else(|error| panic!("{device}: {error}"));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let all = text.lines().find_map(|line| line.split_once("here are "));
        let (_, all) = all.unwrap_or_else(|| panic!("{device}: {text}"));
        all.split(", ").map(str::to_owned).collect()
    };
    let page = include_str!("../../../docs/devices.md");
    let devices = known("sim:");
    assert!(devices.len() > 10, "{devices:?}");
    for device in devices {
        assert!(page.contains(&format!("`{device}`")), "{device}");
        for option in known(&format!("sim:{device}?=")) {
            assert!(
                page.contains(&format!("`{option}=")) || page.contains(&format!("`{option}`")),
                "{option}"
            );
        }
    }
}
