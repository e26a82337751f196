//! Dependencies point one way: `pipeline -> engine -> plugin (SDK) <- plugins -> formats`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The packages of the workspace: name, folder, and the ones of ours that it depends on.
fn packages() -> BTreeMap<String, (String, BTreeSet<String>)> {
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
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
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
            let needs = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().unwrap())
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
    let is_format = |name: &str| {
        packages[name].0 == "crates"
            && !matches!(
                name,
                "pipeline" | "pipeline-engine" | "pipeline-plugin" | "track-xml"
            )
    };
    match name {
        "pipeline" => true,
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
