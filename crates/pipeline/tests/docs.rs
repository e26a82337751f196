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

/// Every sort of line that the transcripts show, and every member of it.
#[test]
fn what_json_prints_is_described() {
    let page = include_str!("../../../docs/json.md");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut lines = 0;
    for entry in entries.flatten() {
        if entry.path().extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        // What differs from run to run is left out of transcripts.
        for line in text.lines().filter(|line| line.starts_with(r#"{"v":1,"#)) {
            let line = line.replace(r#""ms":[..]"#, r#""ms":1"#);
            let line: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            let kind = line["type"].as_str().unwrap_or_default();
            assert!(page.contains(&format!("`{kind}`")), "type {kind}");
            for member in line.keys() {
                assert!(page.contains(&format!("`{member}`")), "{kind}: {member}");
            }
            lines += 1;
        }
    }
    assert!(lines > 50, "{lines}");
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
