use std::time::Duration;

use fossibot::{Event, Options, Outcome};
use sim::{Station, StationFaults};

use crate::support::Central;

const SECOND: Duration = Duration::from_secs(1);

fn central(faults: StationFaults) -> Central {
    let station = Station::new(1, 0.6).with(faults);
    let mut central = Central::new(station, 160, "sydpower", Options::default());
    central.run_for(2 * SECOND);
    central
}

fn outcome(name: &str, outcome: Outcome) -> (String, Outcome) {
    (name.to_owned(), outcome)
}

#[test]
fn what_the_unit_does_is_applied() {
    let mut central = central(StationFaults::default());
    central.set("usb", "off");
    central.set("charge-limit", "80");
    central.run_for(15 * SECOND);
    assert_eq!(central.station.writes(), [(24, 0), (67, 800)]);
    let applied = [
        outcome("usb=off", Outcome::Applied),
        outcome("charge-limit=80 %", Outcome::Applied),
    ];
    assert_eq!(central.outcomes(), applied);
    let status = central.statuses().last().unwrap();
    let profile = central.poller.profile();
    assert_eq!(crate::support::reading(profile, status, "usb_switch"), 0.0);
    assert_eq!(
        crate::support::reading(profile, status, "charge_limit"),
        80.0
    );
}

/// A model with a dial echoes the write and goes by the dial.
#[test]
fn what_the_unit_echoes_and_does_not_do_is_ignored() {
    let faults = StationFaults {
        ignored: [13].into(),
        ..StationFaults::default()
    };
    let mut central = central(faults);
    central.set("ac-charge-level", "5");
    central.run_for(15 * SECOND);
    let ignored = outcome("ac-charge-level=5", Outcome::Ignored { found: 3 });
    assert_eq!(central.outcomes(), [ignored]);
    // Once is enough.
    assert_eq!(central.station.writes().len(), 1);
}

#[test]
fn writes_keep_their_distance() {
    let mut central = central(StationFaults::default());
    let before = central.now;
    for (name, value) in [
        ("charge-limit", "80"),
        ("discharge-limit", "20"),
        ("key-sound", "off"),
    ] {
        central.set(name, value);
    }
    // The first is sent at once.
    assert_eq!(central.station.writes().len(), 1);
    let mut times = vec![before];
    while central.now < before + 30 * SECOND {
        let count = central.station.writes().len();
        central.run_for(Duration::from_millis(50));
        if central.station.writes().len() > count {
            times.push(central.now);
        }
    }
    assert_eq!(times.len(), 3);
    for pair in times.windows(2) {
        assert!(pair[1] >= pair[0] + 2 * SECOND, "{times:?}");
    }
}

#[test]
fn a_later_command_for_the_same_setting_replaces_one_that_waits() {
    let mut central = central(StationFaults::default());
    for value in ["70", "80", "90"] {
        central.set("charge-limit", value);
    }
    central.run_for(15 * SECOND);
    assert_eq!(
        central.outcomes(),
        [
            outcome("charge-limit=80 %", Outcome::Superseded),
            outcome("charge-limit=70 %", Outcome::Applied),
            outcome("charge-limit=90 %", Outcome::Applied),
        ]
    );
}

/// The unit says itself how much it takes.
#[test]
fn more_than_the_unit_takes_is_not_sent() {
    let mut central = central(StationFaults::default());
    central.set("max-charge-current", "20");
    central.run_for(10 * SECOND);
    let applied = outcome("max-charge-current=20 A", Outcome::Applied);
    assert_eq!(central.outcomes(), [applied]);
    central.events.clear();
    // Without an answer nothing is known of the limit.
    let faults = StationFaults {
        exception: 1.0,
        ..StationFaults::default()
    };
    let mut central = self::central(faults);
    central.set("max-charge-current", "20");
    central.run_for(30 * SECOND);
    assert_eq!(central.station.writes(), []);
}

#[test]
fn without_a_link_nothing_is_sent_later() {
    let mut central = central(StationFaults::default());
    central.set("usb", "off");
    central.set("dc", "off");
    central.lose(10 * SECOND);
    central.set("ac", "off");
    central.run_for(60 * SECOND);
    let [unconfirmed, not_sent] = [Outcome::Unconfirmed, Outcome::NotSent];
    assert_eq!(
        central.outcomes(),
        [
            outcome("usb=off", unconfirmed),
            outcome("dc=off", not_sent),
            outcome("ac=off", not_sent),
        ]
    );
    assert_eq!(central.station.writes(), [(24, 0)]);
}

#[test]
fn a_lost_echo_is_no_lost_write() {
    let faults = StationFaults {
        seed: 2,
        piece_loss: 0.35,
        ..StationFaults::default()
    };
    let mut central = central(faults);
    central.run_for(120 * SECOND);
    for round in 0..20 {
        central.set("usb", if round % 2 == 0 { "off" } else { "on" });
        central.run_for(60 * SECOND);
    }
    let outcomes = central.outcomes();
    assert_eq!(outcomes.len(), 20);
    let applied = outcomes.iter().filter(|(_, o)| *o == Outcome::Applied);
    assert!(applied.count() > 5, "{outcomes:?}");
    assert!(central.station.writes().len() <= 20);
    let wrong = outcomes
        .iter()
        .any(|(_, o)| matches!(o, Outcome::Ignored { .. }));
    assert!(!wrong, "{outcomes:?}");
}

#[test]
fn too_many_commands_are_refused() {
    let mut central = central(StationFaults::default());
    // Every setting once waits; none is lost without a word.
    let names: Vec<(String, String)> = central
        .poller
        .profile()
        .controls()
        .iter()
        .filter(|control| !control.needs_confirmation())
        .map(|control| {
            let shown = control.to_string();
            let words = shown.split(&[',', ' '][..]);
            (
                control.name().to_owned(),
                words.into_iter().next().unwrap().to_owned(),
            )
        })
        .collect();
    assert_eq!(names.len(), 16);
    for (name, value) in &names {
        central.set(name, value);
    }
    central.run_for(120 * SECOND);
    let applied = central.outcomes();
    assert_eq!(applied.len(), 16);
    assert!(
        applied.iter().all(|(_, o)| *o == Outcome::Applied),
        "{applied:?}"
    );
    assert!(!central.station.is_destroyed());
}

#[test]
fn a_unit_that_is_shut_down_is_off() {
    let mut central = central(StationFaults::default());
    central.set("power", "off");
    central.run_for(60 * SECOND);
    assert_eq!(central.station.writes(), [(64, 1)]);
    assert_eq!(central.outcomes(), [outcome("power=off", Outcome::Sent)]);
    assert!(!central.connected);
    let silent = central.events.iter();
    assert_eq!(silent.filter(|(_, e)| *e == Event::Silent).count(), 0);
}
