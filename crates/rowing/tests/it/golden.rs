//! Captures that another encoder made, in Python, from the firmware's source.

use std::io::Read;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use gatt::assigned::uuid16;
use gatt::{Uuid, assigned};
use rowing::{BaseService, Device, Event, Recorder};
use serde_json::Value;

use crate::support::{Recorded, finish, wait};

fn uuid(name: &str) -> Uuid {
    match u16::from_str_radix(name, 16) {
        Ok(short) => uuid16(short),
        Err(_) => Uuid::parse_str(name).unwrap(),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(&hex[place..place + 2], 16).unwrap())
        .collect()
}

fn play(capture: &[u8], base: BaseService) -> Recorded {
    let mut text = String::new();
    GzDecoder::new(capture).read_to_string(&mut text).unwrap();
    let services = [
        assigned::service::CYCLING_POWER,
        esprm::assigned::service::EXTENDED_METRICS,
    ];
    let characteristics = [
        base.measurement(),
        esprm::assigned::characteristic::EXTENDED_METRICS,
        esprm::assigned::characteristic::HANDLE_FORCES,
    ];
    let start = Instant::now();
    let mut now = start;
    let mut recorder = Recorder::default();
    let device = Device::of(&services, &characteristics).unwrap();
    assert_eq!(device.base(), base);
    recorder.handle_connected(start, device);
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        now = start + Duration::from_secs_f64(line["t"].as_f64().unwrap());
        wait(&mut recorder, now);
        let name = uuid(line["uuid"].as_str().unwrap());
        recorder.handle_value(now, name, &bytes(line["hex"].as_str().unwrap()));
    }
    finish(recorder, start, now)
}

/// 635 strokes and 5,466.38 m; 1,565.3 s by the clock on the wall and 1,555.54 s by the monitor's,
/// which counts from its first impulse and stands still in the stops.
#[test]
fn the_whole_row() {
    let capture = include_bytes!("../../../sim/tests/data/cps_full635.jsonl.gz");
    let recorded = play(capture, BaseService::CyclingPower);
    assert_eq!(recorded.totals.strokes, 635);
    assert_eq!(recorded.strokes().count(), 635);
    assert!((recorded.totals.distance - 5466.38).abs() < 1e-9);
    assert_eq!(
        recorded
            .strokes()
            .filter(|stroke| !stroke.forces.is_empty())
            .count(),
        635
    );
    let active = recorded.totals.active.as_secs_f64();
    assert!((active - 1555.54).abs() < 0.5, "{active}");
    let end = recorded.start + recorded.totals.elapsed;
    assert!(recorded.seconds(end) < 1565.3);
    // Three stops, and the one at the end.
    assert_eq!(
        recorded.count(|event| matches!(event, Event::Paused { .. })),
        3
    );
}

#[test]
fn sixty_strokes_in_each_service() {
    let captures: [(&[u8], _); 3] = [
        (
            include_bytes!("../../../sim/tests/data/cps_60strokes.jsonl.gz"),
            BaseService::CyclingPower,
        ),
        (
            include_bytes!("../../../sim/tests/data/csc_60strokes.jsonl.gz"),
            BaseService::CyclingSpeedAndCadence,
        ),
        (
            include_bytes!("../../../sim/tests/data/ftms_mtu23_60strokes.jsonl.gz"),
            BaseService::FitnessMachine,
        ),
    ];
    for (capture, base) in captures {
        let recorded = play(capture, base);
        assert_eq!(recorded.totals.strokes, 60, "{base:?}");
        let distance = recorded.totals.distance;
        assert!((distance - 482.38).abs() < 0.5, "{base:?} {distance}");
        assert!(
            recorded.strokes().all(|stroke| !stroke.forces.is_empty()),
            "{base:?}"
        );
    }
}
