//! The same rows over each base service and at each MTU: the same strokes come out.

use rowing::Event;
use sim::{BaseService, DataEvent, Faults, Monitor, Session, row};

use crate::support::{Recorded, record};

pub(crate) const SERVICES: [BaseService; 3] = [
    BaseService::CyclingPower,
    BaseService::CyclingSpeedAndCadence,
    BaseService::FitnessMachine,
];
pub(crate) const MTUS: [usize; 4] = [23, 185, 247, 512];

/// The engine's events at which a stroke was counted, by the stroke's number from 1.
pub(crate) fn truth(row: &[DataEvent]) -> Vec<&DataEvent> {
    let pairs = row.windows(2);
    pairs
        .filter(|pair| pair[1].strokes > pair[0].strokes)
        .map(|pair| &pair[1])
        .collect()
}

/// How far two numbers may be apart.
fn near(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() <= tolerance
}

fn check(row: &[DataEvent], service: BaseService, recorded: &Recorded) {
    let truth = truth(row);
    let metres = match service {
        BaseService::FitnessMachine => 0.5,
        _ => 0.005,
    };
    assert_eq!(recorded.strokes().count(), truth.len());
    for (stroke, event) in recorded.strokes().zip(&truth) {
        let sample = &stroke.sample;
        assert_eq!((stroke.count, sample.strokes), (1, event.strokes));
        assert!(near(
            recorded.seconds(sample.time),
            event.time.as_secs_f64(),
            1e-6
        ));
        assert!(near(sample.distance, event.distance / 100.0, metres + 1e-9));
        assert_eq!(stroke.forces, event.forces);
        assert!(near(stroke.drive_time, micros(event.drive), 1.0 / 8192.0));
        if !stroke.recovery_time.is_nan() {
            assert!(near(
                stroke.recovery_time,
                micros(event.recovery),
                1.0 / 8192.0
            ));
            let rate = 60.0 / (micros(event.drive) + micros(event.recovery));
            assert!(near(sample.stroke_rate, rate, 0.02));
        }
        if !sample.power.is_nan() {
            assert!(near(sample.power, event.power, 0.5));
        }
        assert!(sample.speed.is_nan() || (0.0..7.0).contains(&sample.speed));
        let length = 0.0..=60.0;
        assert!(length.contains(&stroke.length), "{stroke:?}");
    }
    let last = row.last().unwrap();
    let distance = recorded.totals.distance;
    assert!(
        near(distance, last.distance / 100.0, metres + 1e-9),
        "{distance}"
    );
}

/// Seconds of the engine's microseconds.
#[expect(clippy::cast_precision_loss, reason = "durations of strokes")]
fn micros(micros: u64) -> f64 {
    micros as f64 / 1e6
}

fn every_combination(row: &[DataEvent], strokes: u64) {
    for service in SERVICES {
        for mtu in MTUS {
            let monitor = Monitor::new(row.to_vec(), service);
            let recorded = record(Session::new(monitor, mtu, Faults::default()));
            assert_eq!(recorded.totals.strokes, strokes, "{service:?} at {mtu}");
            check(row, service, &recorded);
            // The monitor's clock, from the first drive on.
            let active = recorded.totals.active.as_secs_f64();
            let clock = micros(row.last().unwrap().wheel_time);
            assert!(
                near(active, clock, 2.0),
                "{service:?} at {mtu}: {active} {clock}"
            );
            assert_eq!(recorded.totals.gaps, 0);
            assert_eq!(
                recorded.count(|event| matches!(event, Event::Warning(_))),
                0
            );
        }
    }
}

#[test]
fn a_steady_row() {
    every_combination(&row::steady(), 635);
}

/// With stops, partial curves between strokes, and negative forces.
#[test]
fn intervals() {
    every_combination(&row::interval(), 595);
}

/// First and after a stop, a stroke has no recovery and no rate, and no power is known.
#[test]
fn strokes_without_a_stroke_before() {
    let monitor = Monitor::new(row::steady(), BaseService::CyclingPower);
    let recorded = record(Session::new(monitor, 247, Faults::default()));
    let first = |number: &u64| {
        let stroke = recorded
            .strokes()
            .find(|stroke| stroke.sample.strokes == *number);
        let stroke = stroke.unwrap();
        stroke.recovery_time.is_nan()
            && stroke.sample.stroke_rate.is_nan()
            && stroke.sample.power.is_nan()
    };
    let numbers: Vec<u64> = (1..=635).filter(first).collect();
    assert_eq!(numbers, [1, 124, 133]);
}

/// Pauses are where the engine's clock stands still, whatever the service says of time.
#[test]
fn pauses_are_the_monitors() {
    let row = row::interval();
    let mut stood = Vec::new();
    for service in SERVICES {
        let monitor = Monitor::new(row.clone(), service);
        let recorded = record(Session::new(monitor, 185, Faults::default()));
        let times = recorded.events.iter().filter_map(|event| match event {
            Event::Paused { time } | Event::Resumed { time } => Some(recorded.seconds(*time)),
            _ => None,
        });
        stood.push(times.collect::<Vec<_>>());
    }
    assert_eq!(stood[0], stood[1]);
    assert_eq!(stood[0], stood[2]);
    // Between data events 249 and 252, for a moment before 255, and at the end.
    assert_eq!(stood[0].len(), 5);
    assert!(near(stood[0][0], 594.02, 0.01), "{stood:?}");
}

/// Firmware before 2025-12-10 has seven bytes of metrics; nothing else differs.
#[test]
fn older_firmware() {
    let row = row::steady();
    let monitor = Monitor::new(row.clone(), BaseService::CyclingPower).with_legacy_metrics();
    let recorded = record(Session::new(monitor, 247, Faults::default()));
    check(&row, BaseService::CyclingPower, &recorded);
}
