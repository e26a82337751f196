//! `devices`, `doctor`, and what a run says when Bluetooth can't be used.

use serde_json::Value;
use sim::row;
use sim::xoss::Computer;
use sim::{BaseService, Belt, Monitor, Station};
use sim_bluez::{Policy, Setup};

use super::stage::{Stage, device};

#[test]
fn devices_in_range_are_told() {
    let monitor = Monitor::new(row::steady(), BaseService::CyclingPower);
    let mut monitor = device(1, 247, &[], monitor);
    // Names mostly come with a second packet.
    monitor.late_name = std::time::Duration::from_secs(1);
    let devices = vec![
        monitor,
        device(2, 23, &[], Belt::made(1, 600)),
        device(3, 247, &[], Computer::named("xoss-nav").unwrap()),
        device(4, 247, &[], Station::new(1, 50.0).named("POWER-0084")),
        device(5, 247, &[[0, 60]], Belt::made(1, 600)),
    ];
    let Some(stage) = Stage::new(devices) else {
        return;
    };
    let said = stage.run("devices --for 4s --json");
    assert_eq!(said.code, Some(0), "{said:?}");
    let found: Vec<Value> = said
        .results
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut kinds: Vec<_> = found
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    kinds.sort_unstable();
    let expected = [
        "cycle-computer",
        "esp-rowing-monitor",
        "heart-rate",
        "power-station",
    ];
    assert_eq!(kinds, expected);
    let only = stage.run("devices --for 2s --device power-*");
    assert!(
        only.results.starts_with("POWER-0084  C0:FF:EE:00:00:04"),
        "{only:?}"
    );
    let none = stage.run("devices --for 1s --device nobody");
    assert_eq!(none.code, Some(6), "{none:?}");
    assert!(none.words.contains("`nobody` was not seen"), "{none:?}");
}

#[test]
fn a_doctor_finds_what_is_wrong() {
    let room = || Setup::new(Vec::new());
    let off = Setup {
        powered: false,
        ..room()
    };
    let bare = Setup {
        adapter: false,
        ..room()
    };
    for (policy, setup, code, problem) in [
        (Policy::Open, room(), 0, None),
        (Policy::Open, off, 7, Some("switched on")),
        (Policy::Open, bare, 7, Some("adapter")),
        (Policy::Closed, room(), 7, Some("permission")),
    ] {
        let Some(stage) = Stage::with(policy, setup) else {
            return;
        };
        let said = stage.run("doctor --json");
        assert_eq!(said.code, Some(code), "{said:?}");
        let findings = said.results.lines();
        let findings = findings.map(|line| serde_json::from_str::<Value>(line).unwrap());
        let bad: Vec<_> = findings.filter(|one| one["level"] == "problem").collect();
        assert_eq!(
            bad.first().and_then(|one| one["what"].as_str()),
            problem,
            "{said:?}"
        );
        assert!(bad.iter().all(|one| one["help"].is_string()));
    }
}

#[test]
fn a_run_says_why_there_is_no_bluetooth() {
    let off = Setup {
        powered: false,
        ..Setup::new(Vec::new())
    };
    let Some(mut stage) = Stage::with(Policy::Open, off) else {
        return;
    };
    let said = stage.run("run @rowing-to-fit --once --out out");
    assert_eq!(said.code, Some(7), "{said:?}");
    assert!(
        said.words.contains("Bluetooth is switched off\nhelp: "),
        "{said:?}"
    );
    stage.bluez = None;
    let said = stage.run("run @xoss-sync --out out");
    assert_eq!(said.code, Some(7), "{said:?}");
    let text = "the Bluetooth service, bluetoothd, is not running";
    assert!(said.words.contains(text), "{said:?}");
}
