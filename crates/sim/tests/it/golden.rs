//! What the simulated monitor sends is, byte by byte, what the captures have. They were made by
//! another encoder, in Python, from the firmware's source.

use std::io::Read;
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::Value;
use sim::{BaseService, Faults, Happening, Monitor, Session, row};

/// Time in microseconds, short name of the characteristic, bytes as hexadecimal digits.
type Sent = (u64, String, String);

fn golden(compressed: &[u8]) -> Vec<Sent> {
    let mut text = String::new();
    GzDecoder::new(compressed)
        .read_to_string(&mut text)
        .unwrap();
    let sent = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let time = Duration::from_secs_f64(line["t"].as_f64().unwrap() + 5e-7);
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        (
            u64::try_from(time.as_micros()).unwrap(),
            text("uuid"),
            text("hex"),
        )
    };
    text.lines().map(sent).collect()
}

fn simulated(service: BaseService, mtu: usize) -> Vec<Sent> {
    let monitor = Monitor::new(row::steady(), service);
    let session = Session::new(monitor, mtu, Faults::default());
    let sent = |(time, happening): (Duration, Happening)| {
        let Happening::Value {
            characteristic,
            value,
        } = happening
        else {
            return None;
        };
        let name = characteristic.to_string();
        let name = match name.strip_suffix("-0000-1000-8000-00805f9b34fb") {
            Some(short) => short.trim_start_matches('0').to_owned(),
            None => name,
        };
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap();
        let digits = value
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        let hex = digits.collect();
        // The recording has microseconds; a nanosecond of rounding is none.
        let time = time + Duration::from_nanos(500);
        Some((u64::try_from(time.as_micros()).unwrap(), name, hex))
    };
    session.filter_map(sent).collect()
}

fn check(service: BaseService, mtu: usize, capture: &[u8]) {
    let expected = golden(capture);
    let sent = simulated(service, mtu);
    assert!(sent.len() >= expected.len());
    for (index, (sent, expected)) in sent.iter().zip(&expected).enumerate() {
        assert_eq!(sent, expected, "notification {index}");
    }
}

#[test]
fn whole_row_over_cycling_power() {
    let capture = include_bytes!("../data/cps_full635.jsonl.gz");
    check(BaseService::CyclingPower, 247, capture);
    let sent = simulated(BaseService::CyclingPower, 247);
    assert_eq!(sent.len(), golden(capture).len());
}

#[test]
fn cycling_power_with_frames_of_45_forces() {
    let capture = include_bytes!("../data/cps_60strokes.jsonl.gz");
    check(BaseService::CyclingPower, 185, capture);
}

#[test]
fn speed_and_cadence_with_the_largest_frames() {
    let capture = include_bytes!("../data/csc_60strokes.jsonl.gz");
    check(BaseService::CyclingSpeedAndCadence, 512, capture);
}

#[test]
fn fitness_machine_with_the_smallest_frames() {
    let capture = include_bytes!("../data/ftms_mtu23_60strokes.jsonl.gz");
    check(BaseService::FitnessMachine, 23, capture);
}

#[test]
fn the_recordings_are_whole() {
    for (row, strokes, metres) in [
        (row::steady(), 635, 5466.38),
        (row::interval(), 595, 5248.57),
    ] {
        let last = row.last().unwrap();
        assert_eq!(last.strokes, strokes);
        assert!((last.distance / 100.0 - metres).abs() < 0.005);
        assert!(row.is_sorted_by_key(|event| event.time));
    }
    assert_eq!(row::steady().len(), 645);
    assert_eq!(row::interval().len(), 610);
}
