use std::time::{Duration, Instant};

use esprm::{ForceEvent, ForceTally, HandleForces};
use serde_json::Value;

use crate::support::{frames, hex, vectors};

fn events(forces: &mut HandleForces) -> Vec<ForceEvent> {
    std::iter::from_fn(|| forces.poll_event()).collect()
}

/// What comes of frames that arrive 10 ms after one another.
fn told(frames: &[Vec<u8>]) -> (Vec<ForceEvent>, ForceTally) {
    let mut now = Instant::now();
    let mut forces = HandleForces::default();
    for frame in frames {
        now += Duration::from_millis(10);
        forces.handle_frame(now, frame);
    }
    (events(&mut forces), forces.tally())
}

/// An event in the words of the vectors.
fn in_words(event: &ForceEvent) -> (&str, Option<usize>) {
    match event {
        ForceEvent::Curve(values) => ("curve", Some(values.len())),
        ForceEvent::Incomplete { received } => ("incomplete", Some(*received)),
        ForceEvent::Gap { received } => ("gap", Some(*received)),
        ForceEvent::Skipped => ("skipped", None),
        ForceEvent::Malformed => ("malformed", None),
    }
}

/// The one case in which the vectors have less than the rules that they illustrate: there the
/// repeated frame costs the curve, while the rules ignore an exact repetition.
const REPEATED: &str = "duplicate of frame 2";

#[test]
fn every_vector() {
    let cases = &vectors("handle_forces")["reassembly_cases"];
    let cases = cases.as_object().unwrap();
    assert_eq!(cases.len(), 10);
    for (name, case) in cases {
        let (events, _) = told(&frames(&case["frames"]));
        let events: Vec<_> = events.iter().map(in_words).collect();
        let expected = case["events"].as_array().unwrap().iter();
        let expected: Vec<_> = expected
            .map(|event| {
                let count = event[1]
                    .as_u64()
                    .map(|count| usize::try_from(count).unwrap());
                (event[0].as_str().unwrap(), count)
            })
            .collect();
        if name == REPEATED {
            assert_eq!(events, [("curve", Some(14))], "{name}");
        } else {
            assert_eq!(events, expected, "{name}");
        }
    }
}

fn curve(frames: &[Vec<u8>]) -> Vec<f32> {
    let (events, _) = told(frames);
    let [ForceEvent::Curve(values)] = events.as_slice() else {
        panic!("{events:?}");
    };
    values.clone()
}

fn numbers(list: &Value) -> Vec<f64> {
    let numbers = list.as_array().unwrap().iter();
    numbers.map(|number| number.as_f64().unwrap()).collect()
}

/// The documentation's example decodes to its values, which are rounded there.
#[test]
fn the_documented_example() {
    let vectors = vectors("handle_forces");
    let values = curve(&frames(&vectors["seed_packets"]));
    for (value, expected) in values.iter().zip(numbers(&vectors["decoded_seed_bytes"])) {
        assert!((f64::from(*value) - expected).abs() < 1e-12);
    }
    for (value, expected) in values.iter().zip(numbers(&vectors["seed_values"])) {
        assert!((f64::from(*value) - expected).abs() < 1e-4);
    }
    let (_, tally) = told(&frames(&vectors["seed_packets"]));
    assert_eq!(tally.changed_totals, 1);
}

#[test]
fn the_same_curve_in_large_frames() {
    let vectors = vectors("handle_forces");
    assert_eq!(
        curve(&frames(&vectors["firmware_packets_mtu23"])),
        curve(&frames(&vectors["packets_mtu185"]))
    );
}

/// A burst that stops is given up after a second, and its rest can't join the next one's.
#[test]
fn a_burst_that_stops_is_incomplete() {
    let mut now = Instant::now();
    let mut forces = HandleForces::default();
    forces.handle_frame(now, &frame(3, 1, 4));
    forces.handle_frame(now, &frame(3, 2, 4));
    assert_eq!(forces.poll_timeout(), Some(now + Duration::from_secs(1)));
    now += Duration::from_millis(999);
    forces.handle_timeout(now);
    assert_eq!(forces.poll_event(), None);
    now += Duration::from_millis(1);
    forces.handle_frame(now, &frame(3, 3, 4));
    assert_eq!(
        events(&mut forces),
        [ForceEvent::Incomplete { received: 8 }, ForceEvent::Skipped]
    );
    assert_eq!(forces.poll_timeout(), None);
}

/// What is a repetition on one link is news on the next.
#[test]
fn after_a_reset_the_same_frame_counts() {
    let now = Instant::now();
    let mut forces = HandleForces::default();
    forces.handle_frame(now, &frame(1, 1, 3));
    forces.handle_frame(now, &frame(1, 1, 3));
    assert_eq!(events(&mut forces).len(), 1);
    assert_eq!(forces.tally().repeated, 1);
    forces.reset();
    forces.handle_frame(now, &frame(1, 1, 3));
    assert_eq!(events(&mut forces).len(), 1);
}

/// A curve with a value that is none is dropped whole.
#[test]
fn values_that_are_not_finite() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut bytes = frame(1, 1, 3);
        bytes[6..10].copy_from_slice(&bad.to_le_bytes());
        let (events, tally) = told(&[bytes]);
        assert_eq!(events, []);
        assert_eq!((tally.curves, tally.not_finite), (0, 1));
    }
    let mut negative = frame(1, 1, 1);
    negative[2..6].copy_from_slice(&(-193.3_f32).to_le_bytes());
    assert_eq!(curve(&[negative]), [-193.3]);
}

/// The most that there can be: 255 frames of 126 values.
#[test]
fn the_longest_burst() {
    let frames: Vec<_> = (1..=255).map(|index| frame(255, index, 126)).collect();
    assert_eq!(curve(&frames).len(), 255 * 126);
}

#[test]
fn too_short_for_a_value() {
    for bytes in ["", "01", "01 01", "01 01 00 00 00", "01 01 00 00 00 00 00"] {
        assert_eq!(told(&[hex(bytes)]).0, [ForceEvent::Malformed], "{bytes}");
    }
}

fn frame(total: u8, index: u8, values: u8) -> Vec<u8> {
    let values = (0..values).flat_map(|value| f32::from(value).to_le_bytes());
    [total, index].into_iter().chain(values).collect()
}
