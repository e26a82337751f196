//! Dependencies point one way: `pipeline -> engine -> plugin (SDK) <- plugins -> formats`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What `cargo` says of the workspace.
fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"),
        ])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a package depends on, but for tests and benchmarks.
fn dependencies(package: &serde_json::Value) -> impl Iterator<Item = &str> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|dependency| dependency["kind"] != "dev")
        .map(|dependency| dependency["name"].as_str().unwrap())
}

/// The packages of the workspace: name, folder, and the ones of ours that it depends on.
fn packages() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<_> = packages
        .iter()
        .map(|p| p["name"].as_str().unwrap())
        .collect();
    packages
        .iter()
        .map(|package| {
            let manifest = package["manifest_path"].as_str().unwrap();
            let folder = manifest.rsplit('/').nth(2).unwrap().to_owned();
            let needs = dependencies(package)
                .filter(|name| names.contains(name))
                .map(str::to_owned)
                .collect();
            (
                package["name"].as_str().unwrap().to_owned(),
                (folder, needs),
            )
        })
        .collect()
}

/// What a package may depend on, of ours.
fn allowed(
    name: &str,
    folder: &str,
    needs: &str,
    packages: &BTreeMap<String, (String, BTreeSet<String>)>,
) -> bool {
    let is_plugin = |name: &str| packages[name].0 == "plugins";
    // Formats and protocols. Bluetooth and the simulators are known to the binary only.
    let is_format = |name: &str| {
        packages[name].0 == "crates"
            && !matches!(
                name,
                "pipeline"
                    | "pipeline-engine"
                    | "pipeline-plugin"
                    | "track-xml"
                    | "ble"
                    | "sim"
                    | "sim-bluez"
            )
    };
    match name {
        // Not on what only tests and benchmarks use.
        "pipeline" => needs != "sim-bluez" && matches!(&*packages[needs].0, "crates" | "plugins"),
        "pipeline-engine" => needs == "pipeline-plugin",
        // One sink that two plugins share: the outbox writes the files of `fit`.
        "plugin-garmin" => matches!(needs, "pipeline-plugin" | "plugin-fit"),
        // A ride that a computer hands over is a FIT file, and becomes what the reader of `fit` makes
        // of the same file on a disk: its header, its checks, its activities.
        "plugin-xoss" => matches!(needs, "pipeline-plugin" | "plugin-fit" | "xoss"),
        _ if folder == "examples" => needs == "pipeline-plugin",
        _ if folder == "plugins" => {
            needs == "pipeline-plugin" || (is_format(needs) && !is_plugin(needs))
        }
        // Two formats that are XML around points share how such files are read and written: the window
        // over the input, numbers, times, repairs. It has no format of its own, and only they use it.
        "tcx" | "gpx" => needs == "track-xml",
        // A row is made of what two protocols say; they don't know one another.
        "rowing" => matches!(needs, "esprm" | "gatt"),
        // A file transfer is one step of the conversation with a XOSS computer: its state machine
        // drives the one of YMODEM, and both are without I/O.
        "xoss" => needs == "ymodem",
        // A power station speaks Modbus, nearly: registers and their meaning are `fossibot`'s.
        "fossibot" => needs == "modbus",
        // Bluetooth implements the SDK's transport, also with simulated devices.
        "ble" => matches!(needs, "pipeline-plugin" | "sim"),
        // The stand-in for the system's Bluetooth service has the simulators' devices.
        "sim-bluez" => needs == "sim",
        // The SDK, the formats, the protocols, the simulators and the benchmarks' yardstick.
        _ => false,
    }
}

#[test]
fn dependencies_point_one_way() {
    let packages = packages();
    assert!(packages.len() > 10, "{packages:?}");
    for (name, (folder, needs)) in &packages {
        for need in needs {
            assert!(
                allowed(name, folder, need, &packages),
                "`{name}` must not depend on `{need}`"
            );
        }
    }
}

/// What only one crate knows, so that it can be exchanged and nothing else sees its types.
#[test]
fn what_stands_behind_a_border_is_known_to_one_crate_only() {
    let known_to: [(&str, &[&str]); 8] = [
        ("btleplug", &["ble"]),
        ("bluez-async", &["ble"]),
        ("dbus", &["ble"]),
        ("libloading", &["pipeline-engine"]),
        ("quick-xml", &["benches", "track-xml"]),
        ("clap", &["pipeline"]),
        ("rumqttc", &["plugin-mqtt"]),
        ("ureq", &["plugin-influx"]),
    ];
    let metadata = metadata();
    for (name, expected) in known_to {
        let all = metadata["packages"].as_array().unwrap().iter();
        let found: BTreeSet<&str> = all
            .filter(|package| dependencies(package).any(|dependency| dependency == name))
            .map(|package| package["name"].as_str().unwrap())
            .collect();
        assert_eq!(found, expected.iter().copied().collect(), "{name}");
    }
}

/// Every dependency is named in the code that it is for; what is in no line of code can go.
#[test]
fn every_dependency_is_used() {
    let metadata = metadata();
    let mut unused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let mut code = String::new();
        for part in ["src", "tests", "benches", "examples", "build"] {
            collect(&manifest.parent().unwrap().join(part), &mut code);
        }
        let words: BTreeSet<&str> = code
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .collect();
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = &dependency["name"];
            let word = dependency["rename"].as_str().or(name.as_str()).unwrap();
            let word = match word {
                "md-5" => "md5".to_owned(),
                _ => word.replace('-', "_"),
            };
            if !words.contains(&*word) {
                unused.push(format!("{} in {}", name, package["name"]));
            }
        }
    }
    assert!(unused.is_empty(), "{unused:?}");
}

/// The Rust code of a file, or of all files in a folder.
fn collect(path: &Path, code: &mut String) {
    if path.is_file() && path.extension().is_some_and(|ending| ending == "rs") {
        code.push_str(&fs::read_to_string(path).unwrap());
    }
    for entry in fs::read_dir(path).into_iter().flatten() {
        collect(&entry.unwrap().path(), code);
    }
}

#[test]
fn the_layout_is_the_documented_one() {
    let packages = packages();
    for (name, (folder, _)) in &packages {
        let as_documented = match folder.as_str() {
            "plugins" => name.starts_with("plugin-"),
            "examples" => name.starts_with("example-"),
            "crates" => !name.starts_with("plugin-"),
            _ => name == "benches",
        };
        assert!(as_documented, "`{name}` stands in `{folder}`");
    }
}
