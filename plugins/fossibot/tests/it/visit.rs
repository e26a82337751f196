use std::time::Duration;

use fossibot::{Bank, Consent, Outcome};
use pipeline_plugin::testing::block_on;
use pipeline_plugin::{ErrorKind, StateStore};
use plugin_fossibot::{Station, StationOptions, outcome};

use crate::support::{NOON, bench};

fn options() -> StationOptions {
    StationOptions {
        device: None,
        profile: "auto".to_owned(),
        profiles: Vec::new(),
        patience: Duration::from_secs(60),
        every: Duration::from_secs(2),
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn a_visit_reads_everything_once() {
    let bench = bench("fossibot?mtu=23", NOON, StateStore::default());
    let snapshot = block_on(async {
        let mut station = Station::reach(&bench.cx, &options()).await.unwrap();
        assert_eq!(station.title(), "POWER-0084");
        assert_eq!(station.profile().name(), "sydpower");
        assert_eq!(station.mtu(), 23);
        let snapshot = station.read().await.unwrap();
        station.leave().await;
        snapshot
    });
    assert_eq!(snapshot.readings[0].name, "state_of_charge");
    assert_eq!(snapshot.readings[0].value, 64.0);
    assert_eq!(snapshot.facts.len(), 4);
    let limit = snapshot
        .settings
        .iter()
        .find(|(name, ..)| name == "charge-limit");
    let (_, value, choices) = limit.unwrap();
    assert_eq!((value.as_str(), choices.as_str()), ("90 %", "10 to 100 %"));
    assert!(snapshot.settings.iter().all(|(name, ..)| name != "power"));
    assert_eq!(snapshot.wrong, None);
}

#[test]
fn a_visit_sets_and_reads_back() {
    let bench = bench("fossibot?ignored=13", NOON, StateStore::default());
    let settings = [
        pair("usb", "off"),
        pair("ac-charge-level", "5"),
        pair("charge-limit", "80"),
    ];
    let mut told = Vec::new();
    block_on(async {
        let mut station = Station::reach(&bench.cx, &options()).await.unwrap();
        let done = |profile: &fossibot::Profile, written: &fossibot::Written| {
            told.push((outcome(profile, written).is_ok(), written.outcome));
        };
        station
            .set(&settings, Consent::default(), done)
            .await
            .unwrap();
    });
    assert_eq!(
        told,
        [
            (true, Outcome::Applied),
            (false, Outcome::Ignored { found: 3 }),
            (true, Outcome::Applied),
        ]
    );
}

/// One that is wrong keeps all of them from being sent.
#[test]
fn nothing_is_set_when_one_is_wrong() {
    let bench = bench("fossibot", NOON, StateStore::default());
    let settings = [pair("usb", "off"), pair("idle-off", "0")];
    let error = block_on(async {
        let mut station = Station::reach(&bench.cx, &options()).await.unwrap();
        let never = |_: &fossibot::Profile, _: &fossibot::Written| panic!("something was sent");
        station
            .set(&settings, Consent::default(), never)
            .await
            .unwrap_err()
    });
    let text = "`0` is no value of `idle-off`: it takes 5, 10, 30, 480 min";
    assert_eq!(error.to_string(), text);
}

#[test]
fn registers_come_one_after_another() {
    let bench = bench("fossibot", NOON, StateStore::default());
    let banks = block_on(async {
        let mut station = Station::reach(&bench.cx, &options()).await.unwrap();
        let mut banks = Vec::new();
        for _ in 0..6 {
            banks.push(station.registers().await.unwrap().1.bank);
        }
        banks
    });
    assert_eq!(banks[0], Bank::Holding);
    assert!(
        banks[1..]
            .iter()
            .filter(|bank| **bank == Bank::Input)
            .count()
            >= 4
    );
}

#[test]
fn a_station_that_is_not_there_is_an_error_with_an_advice() {
    let bench = bench("fossibot?off=0&off-for=100000", NOON, StateStore::default());
    let error = block_on(Station::reach(&bench.cx, &options())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Device);
    assert_eq!(error.to_string(), "a power station was not seen for 60 s");
    assert!(error.help().is_some());
}
