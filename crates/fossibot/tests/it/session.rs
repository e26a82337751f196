use std::time::{Duration, Instant};

use fossibot::{Bank, Event, Options, Poller, Warning};
use sim::{Model, Station, StationFaults};

use crate::support::{Central, bytes, profile, reading};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn it_polls_on_the_beat_whatever_the_mtu() {
    for mtu in [23, 160, 171, 517] {
        let station = Station::new(1, 0.6);
        let mut central = Central::new(station, mtu, "sydpower", Options::default());
        central.run_until(299 * SECOND);
        let asked = central.statuses().filter(|status| !status.pushed);
        let times: Vec<Duration> = asked.map(|status| central.time_of(status.time)).collect();
        assert_eq!(times.len(), 60, "{mtu}");
        for (index, time) in (0_u32..).zip(&times) {
            let beat = 5 * SECOND * index;
            assert!(*time >= beat && *time < beat + SECOND, "{mtu} {time:?}");
        }
        let settings = central.events.iter();
        let settings = settings.filter(|(_, event)| matches!(event, Event::Settings(_)));
        assert_eq!(settings.count(), 5);
        assert!(central.statuses().any(|status| status.pushed));
        let counts = central.poller.counts();
        assert_eq!(counts.asked, counts.answered);
        assert_eq!(counts.link.skipped, 0);
    }
}

#[test]
fn readings_are_what_happens_in_the_station() {
    for (model, name) in [(Model::Common, "sydpower"), (Model::Newer, "sydpower-v1")] {
        let station = Station::new(2, 0.25).of(model);
        let mut central = Central::new(station, 517, name, Options::default());
        for minute in 1..200 {
            central.run_until(60 * SECOND * minute + SECOND);
            let profile = profile(name);
            let status = central.statuses().last().unwrap().clone();
            let at = central.time_of(status.time);
            // The state may have changed within the second before it.
            if at + SECOND < central.now {
                continue;
            }
            let [input, output, charging, charge] = central.station.truth(central.now);
            for (name, truth, within) in [
                ("total_input_power", input, 40.0),
                ("total_output_power", output, 40.0),
                ("state_of_charge", charge * 100.0, 0.6),
                ("charge_power", charging, 400.0),
            ] {
                let found = reading(&profile, &status, name);
                assert!((found - truth).abs() <= within, "{name} {found} {truth}");
            }
        }
        assert!(central.station.answered() > 2000);
    }
}

#[test]
fn the_other_bank_is_taken_for_what_it_is() {
    let faults = StationFaults {
        seed: 3,
        other_bank: 0.3,
        stale_echo: true,
        ..StationFaults::default()
    };
    let station = Station::new(1, 0.6).with(faults);
    let mut central = Central::new(station, 517, "sydpower", Options::default());
    central.run_until(3600 * SECOND);
    let profile = profile("sydpower");
    for status in central.statuses() {
        assert_eq!(status.registers.bank, Bank::Input);
        let charge = reading(&profile, status, "state_of_charge");
        assert!((40.0..95.0).contains(&charge), "{charge}");
    }
    let counts = central.poller.counts();
    assert!(counts.unanswered > 100 && counts.stray > 0, "{counts:?}");
}

/// A frame that stays incomplete is given up, and the next question is answered.
#[test]
fn what_is_cut_short_is_a_question_without_reply() {
    let now = Instant::now();
    let mut poller = Poller::new(profile("sydpower"), Options::default());
    poller.handle_connected(now);
    assert!(poller.poll_request().is_some());
    poller.handle_notification(now, &bytes("1103000000500000000000030282007600000389"));
    assert_eq!(poller.poll_event(), None);
    let at = poller.poll_timeout().unwrap();
    assert_eq!(at, now + 3 * SECOND);
    poller.handle_timeout(at);
    assert_eq!(poller.poll_event(), Some(Event::Unanswered(Bank::Holding)));
    // The status is next.
    let request = poller.poll_request().unwrap();
    assert_eq!(request.reads(), Some((Bank::Input, 80)));
}

#[test]
fn a_unit_of_another_kind_is_not_logged() {
    let station = Station::new(1, 0.6).of(Model::Newer);
    let mut central = Central::new(station, 517, "sydpower", Options::default());
    central.set("usb", "off");
    central.run_until(600 * SECOND);
    assert_eq!(central.statuses().count(), 0);
    // It answers with 80 registers, which are not at those places.
    let wrong: Vec<String> = central
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::WrongProfile(implausible) => Some(implausible.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(
        wrong[0].starts_with("wrong profile? by `sydpower`, "),
        "{wrong:?}"
    );
    assert!(central.poller.counts().implausible > 50);
    assert_eq!(central.station.writes(), []);
}

#[test]
fn a_unit_of_another_address_is_named() {
    let now = Instant::now();
    let mut poller = Poller::new(profile("sydpower"), Options::default());
    poller.handle_connected(now);
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let other = vectors["negative"]["wrong_address_0x12"]["hex"].as_str();
    poller.handle_notification(now, &bytes(other.unwrap()));
    let warned = Event::Warning(Warning::Address(0x12));
    assert_eq!(poller.poll_event(), Some(warned));
    assert_eq!(poller.poll_event(), None);
}

#[test]
fn other_headers_and_orders_are_told_once() {
    for (faults, warning) in [
        (
            StationFaults {
                rtu: true,
                ..StationFaults::default()
            },
            Warning::Layout(modbus::Layout::ByteCount),
        ),
        (
            StationFaults {
                low_byte_first: true,
                ..StationFaults::default()
            },
            Warning::LowByteFirst,
        ),
        (
            StationFaults {
                text: 1.0,
                ..StationFaults::default()
            },
            Warning::Text,
        ),
    ] {
        let station = Station::new(1, 0.6).with(faults);
        let options = Options {
            either_order: true,
            ..Options::default()
        };
        let mut central = Central::new(station, 160, "sydpower", options);
        central.run_until(60 * SECOND);
        assert!(central.statuses().count() > 10, "{warning:?}");
        let warnings = central.events.iter();
        let warnings = warnings.filter(|(_, event)| *event == Event::Warning(warning));
        assert_eq!(warnings.count(), 1, "{warning:?}");
    }
}

#[test]
fn a_silent_unit_is_given_up_without_a_spin() {
    let faults = StationFaults {
        silence: 1.0,
        ..StationFaults::default()
    };
    let station = Station::new(1, 0.6).with(faults);
    let mut central = Central::new(station, 517, "sydpower", Options::default());
    central.run_until(3600 * SECOND);
    let silent = central.events.iter();
    let silent = silent.filter(|(_, event)| *event == Event::Silent).count();
    // Each time: 4 questions without reply, 5 s without a link.
    assert!((150..260).contains(&silent), "{silent}");
    assert!(central.steps < 6000, "{}", central.steps);
}
