//! Rowers of other makes: Fitness Machines that tell the row every second.

use std::time::Duration;

use gatt::{ControlRefused, DeviceInformation};
use rowing::{BaseService, Event};
use sim::row::{Piece, made};
use sim::{
    BaseService as Simulated, Belt, Faults, Happening, Monitor, Outage, Rower, Session, Start, row,
};

use crate::support::{Recorded, device, record};

/// Somebody rowed before.
const USED: Start = Start {
    strokes: 65_400,
    distance: 16_770_000,
};

fn play(fields: u16, start: Start, mtu: usize, faults: Faults) -> Recorded {
    let rower = Rower::new(row::steady(), fields, start);
    record(Session::new(rower, mtu, faults))
}

#[test]
fn every_make_at_every_mtu() {
    for fields in [Rower::KAYAK_PRO, Rower::SKILLROW, Rower::ALL] {
        for mtu in [23, 185, 247, 512] {
            let Recorded { totals, .. } = play(fields, Start::default(), mtu, Faults::default());
            assert_eq!(totals.strokes, 635, "{fields:#x} at {mtu}");
            assert!((totals.distance - 5466.38).abs() <= 1.0, "{totals:?}");
            let active = totals.active.as_secs_f64();
            assert!((1500.0..1566.0).contains(&active), "{totals:?}");
            assert_eq!((totals.gaps, totals.segments), (0, 0));
        }
    }
}

/// Some show what was rowed before until they are reset; the counters wrap in this row.
#[test]
fn a_rower_that_was_used_before() {
    let Recorded { totals, .. } = play(Rower::KAYAK_PRO, USED, 247, Faults::default());
    assert_eq!(totals.strokes, 635);
    assert!((totals.distance - 5466.38).abs() <= 1.0, "{totals:?}");
    assert_eq!(totals.segments, 0);
}

#[test]
fn samples_of_another_make() {
    let recorded = play(Rower::SKILLROW, Start::default(), 247, Faults::default());
    let stroke = recorded.strokes().nth(99).unwrap();
    let sample = &stroke.sample;
    assert_eq!(sample.strokes, 100);
    assert!((20.0..30.0).contains(&sample.stroke_rate), "{stroke:?}");
    assert!((2.0..5.0).contains(&sample.speed));
    assert!((50.0..300.0).contains(&sample.power));
    assert!((5.0..12.0).contains(&stroke.length));
    // Its resistance is no drag factor, and it tells nothing of the drive.
    assert!(sample.drag_factor.is_nan() && stroke.drive_time.is_nan());
    assert!(stroke.forces.is_empty() && stroke.handle.average_force.is_nan());
}

#[test]
fn an_outage_of_another_make() {
    let outage = Outage {
        start: Duration::from_secs(600),
        end: Duration::from_secs(700),
    };
    let faults = Faults {
        outages: vec![outage],
        ..Faults::default()
    };
    let recorded = play(Rower::ALL, USED, 23, faults);
    assert_eq!(recorded.totals.strokes, 635);
    assert!((recorded.totals.distance - 5466.38).abs() <= 1.0);
    assert_eq!(recorded.totals.gaps, 1);
}

/// Nobody rows for a minute: the rower says nothing of it but that nothing moves.
#[test]
fn pauses_of_another_make() {
    let strokes = Piece::Strokes {
        count: 30,
        rate: 24.0,
        power: 150.0,
    };
    let row = made(9, &[strokes, Piece::Rest(60.0), strokes]);
    let rower = Rower::new(row, Rower::KAYAK_PRO, Start::default());
    let recorded = record(Session::new(rower, 247, Faults::default()));
    assert_eq!(recorded.totals.strokes, 60);
    assert_eq!(
        recorded.count(|event| matches!(event, Event::Resumed { .. })),
        1
    );
    let totals = recorded.totals;
    let paused = totals.elapsed.as_secs_f64() - totals.active.as_secs_f64();
    // The boat glides for seven seconds, and the second stroke's drive began before it was told.
    assert!((48.0..56.0).contains(&paused), "{paused}");
}

#[test]
fn what_to_subscribe_to() {
    let rower = Rower::new(row::steady(), Rower::ALL, Start::default());
    let other = device(&rower);
    assert_eq!(other.base(), BaseService::FitnessMachine);
    assert!(!other.is_esp_rowing_monitor());
    assert_eq!(other.subscriptions().len(), 1);
    let control = other.control(&DeviceInformation::default());
    assert!(control.is_ok());

    for service in [
        Simulated::CyclingPower,
        Simulated::CyclingSpeedAndCadence,
        Simulated::FitnessMachine,
    ] {
        let monitor = device(&Monitor::new(row::steady(), service));
        assert!(monitor.is_esp_rowing_monitor());
        // Measurement, metrics, forces, settings, battery.
        assert_eq!(monitor.subscriptions().len(), 5);
        assert_eq!(monitor.clone().without_forces().subscriptions().len(), 4);
        let control = monitor.control(&DeviceInformation::default());
        assert_eq!(control.unwrap_err(), ControlRefused::OtherMeanings);
    }
}

/// A belt has a link of its own; its heart rate is in the strokes.
#[test]
fn a_belt_beside_the_rower() {
    let monitor = Monitor::new(row::steady(), Simulated::CyclingPower);
    let device = device(&monitor);
    // The belt is lost for a while.
    let outage = Outage {
        start: Duration::from_secs(600),
        end: Duration::from_secs(660),
    };
    let faults = Faults {
        outages: vec![outage],
        ..Faults::default()
    };
    let rates = (0..1600).map(|second| 100 + second / 40).collect();
    let belt = Session::new(Belt::new(rates), 23, faults);
    let mut both: Vec<_> = Session::new(monitor, 247, Faults::default()).collect();
    let values = belt.filter(|(_, happening)| matches!(happening, Happening::Value { .. }));
    both.extend(values);
    both.sort_by_key(|(time, _)| *time);

    let start = std::time::Instant::now();
    let mut recorder = rowing::Recorder::default();
    let mut end = start;
    for (time, happening) in both {
        end = start + time;
        match happening {
            Happening::Connected => recorder.handle_connected(end, device.clone()),
            Happening::Disconnected => unreachable!("the monitor stays"),
            Happening::Value {
                characteristic,
                value,
            } => recorder.handle_value(end, characteristic, &value),
        }
    }
    let row = crate::support::finish(recorder, start, end);
    assert_eq!(row.totals.strokes, 635);
    for stroke in row.strokes() {
        let seconds = row.seconds(stroke.sample.time);
        let told = stroke.sample.heart_rate;
        if (605.0..660.0).contains(&seconds) {
            assert!(told.is_nan(), "{seconds} {told}");
        } else if !(600.0..605.0).contains(&seconds) {
            let expected = 100.0 + (seconds / 40.0).floor();
            assert!(
                (told - expected).abs() <= 1.0,
                "{seconds} {told} {expected}"
            );
        }
    }
}
